"""Kakayun v3 (卡卡云): a shop system of many wholesalers, at an address that most of them share.

Its quirks: an error page is no failure (their own document says so), and a failed order may wait
for its money: it has ended only when all of it is back.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from core.money import read_e4, write_e4
from suppliers.abilities import ListedProduct
from suppliers.adapters.canon import compact, read_body
from suppliers.adapters.kakayun_words import (
    is_absent,
    is_duplicate,
    is_refusal,
    read_order,
    read_product,
)
from suppliers.adapters.listing import Line, every_page, list_in, read_lines
from suppliers.errors import BadSignature, NoAnswer
from suppliers.types import (
    Account,
    Answer,
    Callback,
    Outcome,
    PurchaseOrder,
    Request,
    Transport,
)

_OK = "1"
_ON_A_PAGE, _MOST_PAGES = 200, 100
_ACCOUNT_FIELD = "1"  # their number for the account, where an order has several fields


class Kakayun:
    name = "kakayun"
    acknowledgement = b"ok"
    settle_window = timedelta(seconds=60)
    is_plain = True
    page_seconds = 5.0  # their list may be asked for once in this time

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        """`order.fields` is named by their types of field: `9` the name, `15` the address."""
        said: dict[str, Any] = {
            "goodsid": order.product,
            "buynum": order.quantity,
            "usorderno": number,
            "attach": _attached(order),
            "callbackurl": order.callback_url,
        }
        if order.most_e4 is not None:
            said["maxmoney"] = write_e4(order.most_e4)  # of the whole order, not of one piece
        code, message, data = self._ask("order/create", said)
        if is_duplicate(code, message):
            return Answer(outcome=Outcome.ACCEPTED, reason=f"{code} {message}")
        if is_refusal(code, message):
            return Answer(outcome=Outcome.REJECTED, reason=f"{code} {message}")
        self._check(code, message, data, number=number)
        if "status" in data:
            return read_order(data)
        return Answer(outcome=Outcome.ACCEPTED, supplier_ref=str(data["orderno"]))

    def query(self, *, number: str) -> Answer:
        code, message, data = self._ask("order/get", {"usorderno": number})
        if is_absent(code, message):
            return Answer(outcome=Outcome.UNKNOWN, reason=f"{code} {message}", is_absent=True)
        self._check(code, message, data, number=number)
        return read_order(data)

    def balance_e4(self) -> int:
        code, message, data = self._ask("user/info", {})
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        return read_e4(data["money"])

    def products(self, *, only: str = "") -> Iterator[ListedProduct]:
        """It takes its time: their list is asked for slowly."""

        def ask(number: int) -> list[Line]:
            if number > 1:
                time.sleep(self.page_seconds)
            return self._listed({"page": number, "limit": _ON_A_PAGE})

        if only:
            return _lines(self._listed({"page": 1, "limit": 1, "goodsid": only}))
        return every_page(ask, read=_lines, most=_MOST_PAGES)

    def _listed(self, said: Mapping[str, Any]) -> list[Line]:
        code, message, data = self._ask("goods/all", said)
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        return list_in(data)

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        said = read_body(body)
        if not compare_digest(str(said.get("sign", "")).encode(), self._sign(said).encode()):
            raise BadSignature("the callback is not signed by this supplier")
        if not said.get("usorderno"):
            raise NoAnswer("news of goods, not of an order")
        return Callback(number=str(said["usorderno"]), supplier_ref=str(said["orderno"]))

    def _check(self, code: str, message: str, data: Any, *, number: str) -> None:
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        if data["usorderno"] != number:
            raise NoAnswer("an answer about another order")

    def _ask(self, path: str, said: Mapping[str, Any]) -> tuple[str, str, Any]:
        known = {"userid": self._account.app_id, "timestamp": int(self._clock())}
        words = {name: value for name, value in said.items() if value != ""} | known
        words["sign"] = self._sign(words)
        headers = {"Content-Type": "application/json;charset=utf-8"}
        body = compact(words).encode()
        request = Request(path=f"/dockapiv3/{path}", body=body, headers=headers)
        reply = self._http.ask_json(request)
        message = reply.get("msg") or reply.get("message") or ""
        return str(reply["code"]), str(message)[:180], reply.get("data")

    def _sign(self, said: Mapping[str, Any]) -> str:
        """MD5 over the sorted `name=value` of all that is not empty, then the key at once."""
        words = "&".join(
            f"{name}={_text(said[name])}"
            for name in sorted(said)
            if name != "sign" and said[name] not in ("", None)
        )
        key = self._account.secret.reveal()
        return hashlib.md5((words + key).encode()).hexdigest()  # noqa: S324 -- the protocol's


def _lines(lines: list[Line]) -> Iterator[ListedProduct]:
    return read_lines(lines, key="goodsid", read=read_product)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else compact(value)


def _attached(order: PurchaseOrder) -> str | list[dict[str, str]]:
    """The account alone, or their list of fields with the account among them."""
    if not order.fields:
        return order.target
    fields = {**order.fields} | ({_ACCOUNT_FIELD: order.target} if order.target else {})
    return [{"attachtype": kind, "value": value} for kind, value in fields.items()]
