"""Ofpay (欧飞): phone credit. GBK, XML, and an answer to a query that is one digit.

Its quirks: callbacks are not signed at all, and only four of its refusals are named: whatever it
refuses is asked after before anything is concluded.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from core.money import read_e4
from suppliers.abilities import Target, Verified
from suppliers.adapters.canon import read_form
from suppliers.adapters.ofpay_words import read_check, read_children
from suppliers.errors import NoAnswer, Unspeakable
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

_BEIJING = timezone(timedelta(hours=8))
_STATES = {"0": Outcome.ACCEPTED, "1": Outcome.SUCCESS, "9": Outcome.FAILED}
_ABSENT = "-1"
_KEY = "OFCARD"  # theirs, until a contract says another


class Ofpay:
    name = "ofpay"
    acknowledgement = b"success"
    settle_window = timedelta(seconds=60)
    is_plain = True

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        """`product` is the card id: `140101` quick, `170101` slow."""
        if order.kind is not Kind.PHONE or order.quantity != 1:
            raise Unspeakable("only phone credit is bought here, one by one")
        said = self._who() | {
            "cardid": order.product,
            "cardnum": str(order.face_value),
            "sporder_id": number,
            "sporder_time": datetime.fromtimestamp(self._clock(), _BEIJING).strftime(
                "%Y%m%d%H%M%S"
            ),
            "game_userid": order.target,
        }
        said["md5_str"] = _md5("".join(said.values()) + self._key()).upper()
        said = {**order.fields, **said, "ret_url": order.callback_url, "version": "6.0"}
        found = read_children(self._ask("onlineorder.do", said))
        if found.get("retcode") != "1":
            raise NoAnswer(f"{found.get('retcode')} {found.get('err_msg', '')}"[:200])
        if found.get("sporder_id", number) != number:
            raise NoAnswer("an answer about another order")
        return Answer(
            outcome=_STATES.get(found["game_state"], Outcome.UNKNOWN),
            supplier_ref=found["orderid"],
            cost_e4=read_e4(found["ordercash"]),
            reason=found.get("err_msg", ""),
            target=found.get("game_userid", ""),
        )

    def query(self, *, number: str) -> Answer:
        word = self._ask("api/query.do", {"userid": self._account.app_id, "spbillid": number})
        word = word.strip()
        if word == _ABSENT:
            return Answer(outcome=Outcome.UNKNOWN, reason="no such order", is_absent=True)
        if word not in _STATES:
            raise NoAnswer("an answer of an unknown kind")
        return Answer(outcome=_STATES[word], reason=f"state {word}")

    def balance_e4(self) -> int:
        found = read_children(self._ask("queryuserinfo.do", self._who() | {"version": "6.0"}))
        return read_e4(found["ret_leftcredit"])

    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        return face_value > 0

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        said = {"userid": self._account.app_id, "phoneno": target.account}
        return read_check(self._ask("telcheck.do", said | {"price": str(face_value)}))

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        """Nothing of it is signed: whoever sent it, it is a hint to query."""
        return Callback(number=read_form(body, encoding="gb18030")["sporder_id"], supplier_ref="")

    def _ask(self, path: str, said: Mapping[str, str]) -> str:
        words = urlencode(said, encoding="gb18030").encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=gbk"}
        reply = self._http.send(Request(path=f"/{path}", body=words, headers=headers))
        if reply.status != 200:
            raise NoAnswer(f"HTTP {reply.status}")
        return reply.body.decode("gb18030")

    def _who(self) -> dict[str, str]:
        return {
            "userid": self._account.app_id,
            "userpws": _md5(self._account.secret.reveal()),
        }

    def _key(self) -> str:
        key = self._account.further.get("key")
        return key.reveal() if key else _KEY


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("gb18030")).hexdigest()  # noqa: S324 -- the protocol's
