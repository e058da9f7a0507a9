"""Fulu open platform v2 (福禄): cards, direct top-ups, phone credit.

Its quirk: the signature is made over the sorted *characters* of the text, so that white space and
escaping matter and the order of the keys does not. No table of its errors is public: an order that
was refused is asked after before anything is concluded.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from hmac import compare_digest
from typing import Any

from core.secrets import Secret
from suppliers.adapters.canon import compact, read_body
from suppliers.adapters.fulu_sealing import open_card, sign
from suppliers.errors import BadSignature, NoAnswer, Unspeakable
from suppliers.types import (
    Account,
    Answer,
    BoughtCode,
    Callback,
    Kind,
    Outcome,
    PurchaseOrder,
    Request,
    Transport,
    read_e4,
    write_e4,
)

_BEIJING = timezone(timedelta(hours=8))
_STATES = {
    "untreated": Outcome.ACCEPTED,
    "processing": Outcome.ACCEPTED,
    "success": Outcome.SUCCESS,
    "failed": Outcome.FAILED,
}
_ORDER, _ABSENT = "订单", ("不存在", "未找到")  # an app_key or a product may be missing as well


class Fulu:
    name = "fulu"
    acknowledgement = b"success"
    settle_window = timedelta(seconds=60)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        method, content = _ADD[order.kind](order)
        content["customer_order_no"] = number
        if order.most_e4 is not None:
            content["customer_price"] = write_e4(order.most_e4 // order.quantity)
        return self._answer(self._ask(method, content), kind=order.kind)

    def query(self, *, number: str) -> Answer:
        try:
            found = self._ask("fulu.order.info.get", {"customer_order_no": number})
        except _Refused as refusal:
            if _ORDER in refusal.message and any(word in refusal.message for word in _ABSENT):
                return Answer(outcome=Outcome.UNKNOWN, reason=refusal.message, is_absent=True)
            raise
        if found.get("customer_order_no") != number:
            raise NoAnswer("an answer about another order")
        return self._answer(found, kind=_KINDS.get(str(found.get("order_type"))))

    def balance_e4(self) -> int:
        return read_e4(self._ask("fulu.user.info.get", {})["balance"])

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        said = read_body(body)
        signature = str(said.pop("sign", ""))
        if not compare_digest(signature.encode(), self._sign(compact(said)).encode()):
            raise BadSignature("the callback is not signed by this supplier")
        return Callback(number=said["customer_order_no"], supplier_ref=said["order_id"])

    def _ask(self, method: str, content: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {
            "app_key": self._account.app_id,
            "method": method,
            "timestamp": datetime.fromtimestamp(self._clock(), _BEIJING).strftime("%F %T"),
            "version": "2.0",
            "format": "json",
            "charset": "utf-8",
            "sign_type": "md5",
            "app_auth_token": "",
            "biz_content": compact(content),
        }
        said["sign"] = self._sign(compact(said))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = Request(path="", body=compact(said).encode(), headers=headers)
        return self._read(self._http.ask_json(request))

    def _read(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        if reply["code"] != 0:
            raise _Refused(f"{reply['code']} {reply.get('message', '')}"[:200])
        result = reply["result"]
        if not compare_digest(str(reply["sign"]).encode(), self._sign(result).encode()):
            raise BadSignature("the reply is not signed by this supplier")
        found: dict[str, Any] = json.loads(result)
        return found

    def _answer(self, found: Mapping[str, Any], *, kind: Kind | None) -> Answer:
        outcome = _STATES.get(found["order_state"], Outcome.UNKNOWN)
        is_done = outcome is Outcome.SUCCESS
        codes = tuple(map(self._code, found.get("cards") or ())) if is_done else ()
        if is_done and kind is Kind.CODES and not codes:
            outcome = Outcome.ACCEPTED  # an order's reply never has its cards: they are asked for
        cost = found.get("order_price")
        return Answer(
            outcome=outcome,
            supplier_ref=str(found["order_id"]),
            codes=codes,
            cost_e4=None if cost is None else read_e4(cost),
            reason=str(found["order_state"]),
            # A phone's credit is ordered by its value: the product is the supplier's own choice.
            product="" if kind is Kind.PHONE else str(found.get("product_id", "")),
            quantity=int(found["buy_num"]) if "buy_num" in found else None,
            target=str(found.get("charge_account") or ""),
        )

    def _code(self, card: Mapping[str, str]) -> BoughtCode:
        number, until = card.get("card_number"), card.get("card_deadline")
        return BoughtCode(
            number=Secret(self._open(number)) if number else None,
            secret=Secret(self._open(card["card_pwd"])),
            expires_on=_day(until),
        )

    def _open(self, sealed: str) -> str:
        return open_card(sealed, self._account.secret)

    def _sign(self, text: str) -> str:
        return sign(text, self._account.secret)


def _day(text: str | None) -> date | None:
    """None too for a day in words ("for ever"): a code is not lost for its date."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


class _Refused(NoAnswer):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _cards(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    return "fulu.order.card.add", {"product_id": int(order.product), "buy_num": order.quantity}


def _top_up(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    account = {"charge_account": order.target, "buy_num": order.quantity}
    return "fulu.order.direct.add", {**order.fields, "product_id": int(order.product), **account}


def _phone(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    if order.quantity != 1:
        raise Unspeakable("phone credit is bought one by one")
    phone = {"charge_phone": order.target, "charge_value": order.face_value}
    return "fulu.order.mobile.add", phone


_ADD = {Kind.CODES: _cards, Kind.TOP_UP: _top_up, Kind.PHONE: _phone}
_KINDS = {"1": Kind.PHONE, "3": Kind.CODES, "4": Kind.TOP_UP}
