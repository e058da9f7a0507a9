"""Reloadly: what its products have in common, which is the token, the errors and the webhook.

A token lives for hours and an adapter for one call: tokens are kept here, by account, in memory.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from hmac import compare_digest
from typing import Any, ClassVar
from urllib.parse import urlencode

from core.secrets import Secret
from suppliers.adapters.canon import compact, read_exact
from suppliers.adapters.reloadly_words import Refused, read_refusal, rounded_e4, sign_webhook
from suppliers.errors import BadSignature, NoAnswer, NothingSent, Unspeakable
from suppliers.types import MOST_BYTES, Account, Callback, Reply, Request, Transport

_AUTH = "https://auth.reloadly.com"
_EARLY = 60.0  # seconds before its end in which a token is used no more
_UNAUTHORIZED = 401
_Who = tuple[str, str, Secret]
_tokens: dict[_Who, tuple[Secret, float]] = {}
_same_currency: set[tuple[_Who, str]] = set()


class Reloadly:
    """`app_id` is the client id, the secret the client's; `further` may have more:

    `webhook`, which webhooks are signed with, `audience`, where it is not the live product's, and
    `auth`, the house that gives tokens, where it is not Reloadly's own.
    """

    acknowledgement = b""  # any 2xx
    # Their reports are the only way to ask by our number, and nobody says how late they are.
    settle_window = timedelta(minutes=30)
    is_plain = False
    audience: ClassVar[str]
    accept: ClassVar[str]

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def balance_e4(self) -> int:
        """Raises Unspeakable where the account counts in another currency than the shop."""
        found = self._get("/accounts/balance")
        theirs, ours = str(found.get("currencyCode")), self._account.currency
        if ours and theirs != ours:
            raise Unspeakable(f"the account counts in {theirs}, the shop in {ours}")
        _same_currency.add((self._who(), ours))
        return rounded_e4(found["balance"])

    def _check_currency(self) -> None:
        """Before its first order: a dollar booked as a yuan is a loss that nobody sees."""
        ours = self._account.currency
        if not ours or (self._who(), ours) in _same_currency:
            return
        try:
            self.balance_e4()
        except NothingSent:
            raise
        except Exception as why:  # noqa: BLE001 -- whatever was wrong with it, no order has left
            raise NothingSent(f"the account's currency is not known: {why}") from None

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        given = {name.lower(): value for name, value in headers.items()}
        stamp = given.get("x-reloadly-request-timestamp", "")
        signature = given.get("x-reloadly-signature", "")
        key = self._account.further.get("webhook")
        if key is None or not compare_digest(
            signature.encode(), sign_webhook(body, stamp=stamp, key=key).encode()
        ):
            raise BadSignature("the callback is not signed by this supplier")
        data = json.loads(body)["data"]
        return Callback(
            number=str(data["customIdentifier"]), supplier_ref=str(data["transactionId"])
        )

    def _post(self, path: str, said: Mapping[str, Any]) -> Any:
        return self._ask("POST", path, compact(said).encode())

    def _get(self, path: str, *, most_bytes: int = MOST_BYTES) -> Any:
        return self._ask("GET", path, b"", most_bytes=most_bytes)

    def _found(self, path: str, number: str) -> dict[str, Any] | None:
        """The one transaction under our number in a report, None if there is none."""
        page = self._get(f"{path}?{urlencode({'customIdentifier': number})}")
        rows = page if isinstance(page, list) else page["content"]
        if not isinstance(rows, list):
            raise NoAnswer("the transactions are no list")
        found: list[dict[str, Any]] = [row for row in rows if row["customIdentifier"] == number]
        if len(found) != len(rows) or len(found) > 1:
            raise NoAnswer("other transactions than the one under our number")
        return found[0] if found else None

    def _ask(self, method: str, path: str, body: bytes, *, most_bytes: int = MOST_BYTES) -> Any:
        """Raises Refused for what is on their list; a 401 gets a new token, once."""
        request = Request(method=method, path=path, body=body, most_bytes=most_bytes)
        reply = self._send(request)
        if reply.status == _UNAUTHORIZED:
            _tokens.pop(self._who(), None)
            reply = self._send(request)
        if 200 <= reply.status < 300:
            return read_exact(reply)
        code, message = read_refusal(reply)
        raise Refused(f"{code} {message}"[:200], code=code)

    def _send(self, request: Request) -> Reply:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": self.accept}
        if request.body:
            headers["Content-Type"] = "application/json"
        return self._http.send(replace(request, headers=headers))

    def _token(self) -> str:
        token, ends = _tokens.get(self._who(), (Secret(""), 0.0))
        return token.reveal() if self._clock() < ends else self._new_token()

    def _new_token(self) -> str:
        audience, client, secret = self._who()
        said = {"client_id": client, "client_secret": secret.reveal(), "audience": audience}
        body = compact(said | {"grant_type": "client_credentials"}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        reply = self._http.send(self._token_request(body, headers))
        if reply.status != 200:  # what was to be ordered has not left the house
            raise NothingSent(f"no token: HTTP {reply.status}")
        found = read_exact(reply)
        token, now = Secret(str(found["access_token"])), self._clock()
        for who in [who for who, (_, ends) in list(_tokens.items()) if ends <= now]:
            _tokens.pop(who, None)
        _tokens[self._who()] = (token, now + float(found["expires_in"]) - _EARLY)
        return token.reveal()

    def _who(self) -> _Who:
        audience = self._account.further.get("audience")
        where = audience.reveal() if audience else self.audience
        return where, self._account.app_id, self._account.secret

    def _token_request(self, body: bytes, headers: Mapping[str, str]) -> Request:
        auth = self._account.further.get("auth")
        origin = auth.reveal() if auth else _AUTH
        return Request(path="/oauth/token", origin=origin, body=body, headers=headers)
