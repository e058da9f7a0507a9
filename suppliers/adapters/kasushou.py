"""Kasushou v2 (卡速售): the shop system of many wholesalers, each under a domain of its own.

Its quirks: without our number there is no protection against buying twice; a callback's card list
is outside the signature; a refunded order may still list its cards.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from core.money import read_e4, write_e4
from suppliers.abilities import AfterSale, Complaint, ListedProduct
from suppliers.adapters import kasushou_complaints as complaints
from suppliers.adapters.canon import compact, read_body
from suppliers.adapters.kasushou_words import read_order, read_product
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

_OK, _REFUSED = 200, 400
_ON_A_PAGE, _MOST_PAGES = 100, 500
# A refusal in words that says it is there already, or that nothing was decided yet.
_NO_REFUSAL = ("重复", "已存在", "繁忙", "超时", "处理中", "稍后")
_UNSIGNED = ("sign", "card_list", "express_list")


class Kasushou:
    name = "kasushou"
    acknowledgement = b"ok"
    settle_window = timedelta(seconds=60)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        account = {"recharge_account": order.target} if order.target else {}
        said: dict[str, Any] = {
            "id": int(order.product),
            "quantity": order.quantity,
            "external_orderno": number,
            "attach": dict(order.fields) | account,
        }
        if order.most_e4 is not None:
            said["safe_price"] = write_e4(order.most_e4 // order.quantity)
        if order.callback_url:
            said["url"] = order.callback_url
        code, message, data = self._ask("order/buy", said)
        if code == _REFUSED and message and not any(word in message for word in _NO_REFUSAL):
            return Answer(outcome=Outcome.REJECTED, reason=message)
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        return Answer(
            outcome=Outcome.ACCEPTED,
            supplier_ref=str(data["ordersn"]),
            cost_e4=read_e4(data["total_price"]),
        )

    def query(self, *, number: str) -> Answer:
        code, message, data = self._ask("order/info", {"external_orderno": number, "day": 0})
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        if not isinstance(data, list):
            raise NoAnswer("the orders are no list")
        found = [each for each in data if each["external_orderno"] == number]
        if not found:
            return Answer(outcome=Outcome.UNKNOWN, reason="no such order", is_absent=True)
        if len(found) > 1:
            raise NoAnswer("several orders under one number of ours")
        return read_order(found[0])

    def balance_e4(self) -> int:
        code, message, data = self._ask("user/info", {})
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        return read_e4(data["balance"])

    def complain(self, *, complaint: Complaint) -> Answer:
        return complaints.complain(self._ask, complaint, no_refusal=_NO_REFUSAL)

    def read_after_sale(self, *, body: bytes, headers: Mapping[str, str]) -> AfterSale:
        return complaints.read_after_sale(body, sign=self._sign)

    def products(self, *, only: str = "") -> Iterator[ListedProduct]:
        if only:
            return _lines([self._listed("goods/info", {"id": int(only)})])

        def ask(number: int) -> list[Line]:
            return list_in(self._listed("goods/list", {"limit": _ON_A_PAGE, "page": number}))

        return every_page(ask, read=_lines, most=_MOST_PAGES)

    def _listed(self, path: str, said: Mapping[str, Any]) -> Any:
        code, message, data = self._ask(path, said)
        if code != _OK:
            raise NoAnswer(f"{code} {message}")
        return data

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        said = read_body(body)
        signed = {name: said[name] for name in sorted(said) if name not in _UNSIGNED}
        # Their callback escapes its slashes, their requests do not.
        words = compact(signed).replace("/", "\\/")
        signature = self._sign(str(said["time"]), words)
        if not compare_digest(str(said["sign"]).encode(), signature.encode()):
            raise BadSignature("the callback is not signed by this supplier")
        return Callback(number=said["external_orderno"], supplier_ref=said["ordersn"])

    def _ask(self, path: str, said: Mapping[str, Any]) -> tuple[int, str, Any]:
        # Only the outer keys are sorted: `attach` stays in the order of the supplier's template.
        words = compact({name: said[name] for name in sorted(said)})
        stamp = str(int(self._clock() * 1000))
        headers = {
            "Content-Type": "application/json",
            "UserId": self._account.app_id,
            "Timestamp": stamp,
            "Sign": self._sign(stamp, words),
        }
        request = Request(path=f"/api/v1/{path}", body=words.encode(), headers=headers)
        reply = self._http.ask_json(request)
        return int(reply["code"]), str(reply.get("msg", ""))[:200], reply.get("data")

    def _sign(self, stamp: str, words: str) -> str:
        said = stamp + words + self._account.secret.reveal()
        return hashlib.sha1(said.encode()).hexdigest()  # noqa: S324 -- the protocol's signature


def _lines(lines: list[Line]) -> Iterator[ListedProduct]:
    return read_lines(lines, key="id", read=read_product)
