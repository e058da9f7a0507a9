"""One shopper, over HTTP as a browser would: form, bank, order page, code; and what he was told.

A step is one request. When the connection dies or the answer is a 5xx he does the same again, with
the same form: that is what people do.
"""

import hashlib
import re
from dataclasses import dataclass, field

import requests

TIMEOUT = (3.0, 20.0)  # connect, read
TRY_AGAIN, LOOK_AGAIN = 0.7, (0.7, 8.0)
_INPUT = re.compile(r'name="(csrfmiddlewaretoken|request_key)" value="([^"]+)"')
_TOKEN = re.compile(r"/o/([^/]+)/")
_BANK = re.compile(r"/sandbox/pay/[^/\"']+/")
_CAN_PAY = 'name="how" value=""'


class TryAgain(Exception):
    """No answer, or one that says "later"."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What this shopper is going to do; `ways` are the sandbox's knobs, tapped one after another.
    No ways: he never pays."""

    comes_at: float
    pays_after: float
    quantity: int
    ways: tuple[str, ...]
    wants_refund: bool


@dataclass(slots=True)
class Told:
    """What the shop acknowledged: it is held to this."""

    has_tried: bool = False
    order_token: str = ""
    has_tapped: bool = False
    is_paid: bool = False
    digests: list[str] = field(default_factory=list)
    tries_again: int = 0
    odd: str = ""  # an answer that no step expects


class Shopper:
    def __init__(self, *, number: int, port: int, host: str, goods: tuple[str, str], plan: Plan):
        self.number, self.plan, self.told = number, plan, Told()
        self._product, self._sku = goods
        self._base, self._host = f"http://127.0.0.1:{port}", host
        self._session = requests.Session()
        self._session.trust_env = False
        self._step = self._look
        self._form: dict[str, str] = {}
        self._bank = ""
        self._ways = list(plan.ways)
        self._pace = LOOK_AGAIN[0]
        self.is_done = False

    def go_on(self) -> float:
        """Do the next step; returns in how many seconds the one after it is due."""
        try:
            return self._step()
        except TryAgain:
            self.told.tries_again += 1
            return TRY_AGAIN

    def give_up(self) -> None:
        self._session.close()

    def _look(self) -> float:
        self._form = dict(_INPUT.findall(self._ask("GET", f"/p/{self._product}/").text))
        self._step = self._order
        return 0.1

    def _order(self) -> float:
        self.told.has_tried = True
        given = {
            "sku": self._sku,
            "quantity": str(self.plan.quantity),
            "contact": f"chaos-{self.number}@example.com",
            "consent": "1",
        }
        answer = self._ask("POST", f"/p/{self._product}/", self._form | given)
        token = _TOKEN.search(answer.headers.get("Location", ""))
        if token is None:
            return self._stop(f"order form answered {answer.status_code}")
        self.told.order_token = token[1]
        self._step = self._open_bank
        if not self.plan.ways:
            return self._stop()
        return self.plan.pays_after

    def _open_bank(self) -> float:
        page = self._ask("GET", f"/o/{self.told.order_token}/pay/")
        bank = _BANK.search(page.text)
        if bank is None:
            return self._stop(f"pay page answered {page.status_code}")
        self._bank = bank[0]
        self._step = self._pay
        return 0.1

    def _pay(self) -> float:
        """Look whether the bank wants money still, and tap if it does."""
        page = self._ask("GET", self._bank)
        if page.status_code != requests.codes.ok:
            return self._stop(f"bank answered {page.status_code}")
        if _CAN_PAY not in page.text:
            self.told.is_paid = True
            self._step, self._pace = self._watch, LOOK_AGAIN[0]
            return 0.1
        fields = dict(_INPUT.findall(page.text))
        how = self._ways[0]
        self.told.has_tapped = True
        self._ask("POST", self._bank, fields | {"how": how})
        if len(self._ways) > 1:
            self._ways.pop(0)
            return 6.0  # until the lie has been refused twice
        return self._slower()  # a lie may be on its way still, and then the tap was in vain

    def _watch(self) -> float:
        news = self._ask("GET", f"/o/{self.told.order_token}/live/")
        if news.status_code != requests.codes.ok:
            return self._stop(f"order page answered {news.status_code}")
        if news.json()["is_final"]:
            self._step = self._read
            return 0.1
        return self._slower()

    def _slower(self) -> float:
        """In how many seconds he looks again: each time it takes him longer."""
        wait, self._pace = self._pace, min(self._pace * 1.3, LOOK_AGAIN[1])
        return wait

    def _read(self) -> float:
        path = f"/o/{self.told.order_token}/codes/"
        answer = self._ask("POST", path, {}, accept="application/json")
        if answer.status_code != requests.codes.ok:
            return self._stop(f"codes answered {answer.status_code}")
        secrets = [unit["secret"] for unit in answer.json()["units"].values()]
        self.told.digests = [digest(secret) for secret in secrets]
        return self._stop()

    def _stop(self, odd: str = "") -> float:
        self.told.odd = odd
        self.is_done = True
        self._session.close()
        return 0.0

    def _ask(
        self, method: str, path: str, data: dict[str, str] | None = None, accept: str = "text/html"
    ) -> requests.Response:
        headers = {"Host": self._host, "Accept": accept, "Connection": "close"}
        if data is not None:
            headers["X-CSRFToken"] = self._session.cookies.get("qy_csrf") or ""
        try:
            answer = self._session.request(
                method, self._base + path, data=data, headers=headers,
                timeout=TIMEOUT, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as why:
            raise TryAgain from why
        if answer.status_code >= requests.codes.server_error:
            raise TryAgain
        return answer


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
