"""Juhe (聚合数据): phone credit. Its quirk: the state in its callback is outside the signature."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from core.money import read_e4
from suppliers.abilities import Target, Verified
from suppliers.adapters import juhe_accounts
from suppliers.adapters.canon import read_form
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

_STATES = {"0": Outcome.ACCEPTED, "1": Outcome.SUCCESS, "9": Outcome.FAILED}
_REFUSALS = {208515, 208517}  # no money; a business rule: nothing was made
FACE_VALUES = frozenset({5, 10, 20, 30, 50, 100, 300})


class Juhe:
    """`app_id` is the OpenID, the secret is the interface's key."""

    name = "juhe"
    acknowledgement = b"success"
    settle_window = timedelta(seconds=60)
    is_plain = True

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        if order.kind is not Kind.PHONE or order.quantity != 1:
            raise Unspeakable("only phone credit is bought here, one by one")
        if order.face_value not in FACE_VALUES:
            raise Unspeakable("phone credit of another value than these is not sold here")
        said = {"phoneno": order.target, "cardnum": str(order.face_value), "orderid": number}
        said["sign"] = self._sign(self._account.app_id, self._key(), *said.values())
        code, reason, result = self._ask("onlineorder", said)
        if code in _REFUSALS:
            return Answer(outcome=Outcome.REJECTED, reason=reason)
        if code != 0:
            raise NoAnswer(reason)
        if str(result["uorderid"]) != number:
            raise NoAnswer("an answer about another order")
        return _answer(result, cost=result["ordercash"])

    def query(self, *, number: str) -> Answer:
        code, reason, result = self._ask("ordersta", {"orderid": number})
        if code != 0:
            raise NoAnswer(reason)  # its word for "no such order" is in no table
        if str(result.get("uorderid", number)) != number:
            raise NoAnswer("an answer about another order")
        return _answer(result, cost=result["uordercash"])

    def balance_e4(self) -> int:
        stamp = str(int(self._clock()))
        said = {"timestamp": stamp}
        said["sign"] = self._sign(self._account.app_id, self._key(), stamp)
        code, reason, result = self._ask("yue", said)
        if code != 0:
            raise NoAnswer(reason)
        return read_e4(result["money"])

    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        return face_value in FACE_VALUES

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        return juhe_accounts.verify(self._ask, target=target, face_value=face_value)

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        said = read_form(body)
        signed = self._sign(self._key(), said["sporder_id"], said["orderid"])
        if not compare_digest(said["sign"].encode(), signed.encode()):
            raise BadSignature("the callback is not signed by this supplier")
        return Callback(number=said["orderid"], supplier_ref=said["sporder_id"])

    def _ask(self, path: str, said: Mapping[str, str]) -> tuple[int, str, Any]:
        words = urlencode({**said, "key": self._key()}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = Request(path=f"/ofpay/mobile/{path}", body=words, headers=headers)
        reply = self._http.ask_json(request)
        code = int(reply["error_code"])
        return code, f"{code} {reply.get('reason', '')}"[:200], reply.get("result")

    def _key(self) -> str:
        return self._account.secret.reveal()

    @staticmethod
    def _sign(*words: str) -> str:
        return hashlib.md5("".join(words).encode()).hexdigest()  # noqa: S324 -- the protocol's


def _answer(result: Mapping[str, Any], *, cost: object) -> Answer:
    state = str(result["game_state"])
    return Answer(
        outcome=_STATES.get(state, Outcome.UNKNOWN),
        supplier_ref=str(result["sporder_id"]),
        cost_e4=read_e4(cost),
        reason=f"state {state}",
        target=str(result.get("game_userid") or ""),
    )
