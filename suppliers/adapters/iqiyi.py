"""iQIYI TOB (爱奇艺): memberships opened for a phone. It calls nobody back: it is polled.

Its document says "retry or treat as failed" of codes that may come after the order was made: those
are asked after here.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from suppliers.errors import BadSignature, NoAnswer, Unspeakable
from suppliers.types import (
    Account,
    Answer,
    Callback,
    Kind,
    Outcome,
    PurchaseOrder,
    Request,
    Transport,
)

_DONE, _NO_SUCH_ORDER, _REFUNDED = "A00000", "Q00409", "Q00418"
_REFUSALS = {"Q00301", "Q00305", "Q00307"}  # a parameter, the product, the signature
_STATES = {"0": Outcome.ACCEPTED, "1": Outcome.SUCCESS}


class Iqiyi:
    name = "iqiyi"
    acknowledgement = b""
    settle_window = timedelta(seconds=60)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        """`product` is their item; what is paid goes along in fen."""
        if order.kind is not Kind.TOP_UP or order.most_e4 is None:
            raise Unspeakable("a membership for a phone, at a known price, is bought here")
        code, reason, _data = self._ask(
            "subscribe.action",
            {
                **order.fields,
                "orderNo": number,
                "item": order.product,
                "amount": str(order.quantity),
                "sum": str(order.most_e4 // 100),
                "mobile": order.target,
            },
        )
        if code in _REFUSALS:
            return Answer(outcome=Outcome.REJECTED, reason=reason)
        if code != _DONE:
            raise NoAnswer(reason)
        return Answer(outcome=Outcome.ACCEPTED, reason=reason)

    def query(self, *, number: str) -> Answer:
        code, reason, data = self._ask("query.action", {"orderNo": number})
        if code == _NO_SUCH_ORDER:
            return Answer(outcome=Outcome.UNKNOWN, reason=reason, is_absent=True)
        if code == _REFUNDED:
            return Answer(outcome=Outcome.FAILED, reason=reason)
        if code != _DONE:
            raise NoAnswer(reason)
        return Answer(outcome=_STATES.get(str(data["status"]), Outcome.UNKNOWN), reason=reason)

    def balance_e4(self) -> int:
        raise Unspeakable("the partner's balance cannot be asked for")

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        raise BadSignature("this supplier calls nobody back")

    def _ask(self, path: str, said: Mapping[str, str]) -> tuple[str, str, Any]:
        signed = {**said, "partnerNo": self._account.app_id}
        signed["sign"] = sign(signed, self._account.secret.reveal())
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        body = urlencode(signed).encode()
        reply = self._http.ask_json(Request(path=f"/partner/{path}", body=body, headers=headers))
        code = str(reply["code"])
        return code, f"{code} {reply.get('msg', '')}"[:200], reply.get("data")


def sign(said: Mapping[str, str], key: str) -> str:
    """MD5 over `name=value` joined by `&` in the order of the names, then the key."""
    words = "&".join(f"{name}={said[name]}" for name in sorted(said))
    return hashlib.md5((words + key).encode()).hexdigest()  # noqa: S324 -- the protocol's
