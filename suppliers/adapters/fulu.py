"""Fulu open platform v2 (福禄): cards, direct top-ups, phone credit.

Its quirk: the signature is made over the sorted *characters* of the text, so that white space and
escaping matter and the order of the keys does not. No table of its errors is public: an order that
was refused is asked after before anything is concluded.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from hmac import compare_digest
from typing import Any

from core.money import read_e4, write_e4
from suppliers.abilities import ListedProduct, Target, Verified
from suppliers.adapters import fulu_accounts
from suppliers.adapters.canon import compact, read_body
from suppliers.adapters.fulu_sealing import sign
from suppliers.adapters.fulu_words import KINDS, order_words, read_order, read_product
from suppliers.adapters.listing import LONGEST_LIST, list_in, read_lines
from suppliers.errors import BadSignature, NoAnswer
from suppliers.types import (
    MOST_BYTES,
    Account,
    Answer,
    Callback,
    Outcome,
    PurchaseOrder,
    Request,
    Transport,
)

_BEIJING = timezone(timedelta(hours=8))
_ORDER, _ABSENT = "订单", ("不存在", "未找到")  # an app_key or a product may be missing as well


class Fulu:
    name = "fulu"
    acknowledgement = b"success"
    settle_window = timedelta(seconds=60)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        method, content = order_words(order)
        content["customer_order_no"] = number
        if order.most_e4 is not None:
            content["customer_price"] = write_e4(order.most_e4 // order.quantity)
        found = self._ask(method, content)
        return read_order(found, kind=order.kind, secret=self._account.secret)

    def query(self, *, number: str) -> Answer:
        try:
            found = self._ask("fulu.order.info.get", {"customer_order_no": number})
        except _Refused as refusal:
            if _ORDER in refusal.message and any(word in refusal.message for word in _ABSENT):
                return Answer(outcome=Outcome.UNKNOWN, reason=refusal.message, is_absent=True)
            raise
        if found.get("customer_order_no") != number:
            raise NoAnswer("an answer about another order")
        kind = KINDS.get(str(found.get("order_type")))
        return read_order(found, kind=kind, secret=self._account.secret)

    def balance_e4(self) -> int:
        return read_e4(self._ask("fulu.user.info.get", {})["balance"])

    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        return face_value > 0 or kind == "qq"

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        return fulu_accounts.verify(self._ask, target=target, face_value=face_value)

    def products(self, *, only: str = "") -> Iterator[ListedProduct]:
        """All of it in one answer: their list has no pages."""
        wanted = {"product_id": int(only)} if only else {}
        found = self._ask("fulu.goods.list.get", wanted, most_bytes=LONGEST_LIST)
        return read_lines(list_in(found), key="product_id", read=read_product)

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        said = read_body(body)
        signature = str(said.pop("sign", ""))
        if not compare_digest(signature.encode(), self._sign(compact(said)).encode()):
            raise BadSignature("the callback is not signed by this supplier")
        return Callback(number=said["customer_order_no"], supplier_ref=said["order_id"])

    def _ask(self, method: str, content: Mapping[str, Any], *, most_bytes: int = MOST_BYTES) -> Any:
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
        body = compact(said).encode()
        request = Request(path="", body=body, headers=headers, most_bytes=most_bytes)
        return self._read(self._http.ask_json(request))

    def _read(self, reply: Mapping[str, Any]) -> Any:
        if reply["code"] != 0:
            raise _Refused(f"{reply['code']} {reply.get('message', '')}"[:200])
        result = reply["result"]
        if not compare_digest(str(reply["sign"]).encode(), self._sign(result).encode()):
            raise BadSignature("the reply is not signed by this supplier")
        return json.loads(result)

    def _sign(self, text: str) -> str:
        return sign(text, self._account.secret)


class _Refused(NoAnswer):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
