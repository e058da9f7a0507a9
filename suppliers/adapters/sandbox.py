"""A sandbox's own supplier: it asks nobody, and what is ordered decides how it ends.

It remembers nothing. An order's end is told from the order itself and from how long ago it was
sent, so that whoever asks again is told the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from core.secrets import Secret
from suppliers.abilities import Target, Verdict, Verified
from suppliers.errors import BadSignature, NoAnswer
from suppliers.types import (
    Account,
    Answer,
    BoughtCode,
    Callback,
    Kind,
    Outcome,
    PurchaseOrder,
    Tale,
    Transport,
)

SOON = timedelta(seconds=10)
UNSURE_FOR = timedelta(minutes=2)
TAKEN_BACK_AFTER = timedelta(seconds=30)
BALANCE_E4 = 1_000_000_000
_GROUP = 5


_SUCCESS = Tale(Outcome.SUCCESS)
_FAILURE = Tale(Outcome.FAILED)
_SLOW = Tale(Outcome.ACCEPTED, Outcome.SUCCESS, SOON)
_UNKNOWN = Tale(Outcome.UNKNOWN, Outcome.SUCCESS, UNSURE_FOR)
PARTIAL, TOP_UP = "TEST_PARTIAL", "TEST_TOPUP"
TALES = {
    "TEST_FAILURE": _FAILURE,
    "TEST_SLOW": _SLOW,
    "TEST_UNKNOWN": _UNKNOWN,
    "TEST_REFUND": Tale(Outcome.SUCCESS, Outcome.FAILED, TAKEN_BACK_AFTER),
}
ACCOUNTS = {
    "13800000000": _SUCCESS,
    "13800000001": _FAILURE,
    "13800000002": _SLOW,
    "13800000003": _UNKNOWN,
}
VERDICTS = {"13800000001": Verdict.NO, "13800000003": Verdict.UNKNOWN}
MISSED = 3  # of a partial order every third thing is not to be had


class Sandbox:
    """Any address, `app_id` and secret will do: none of them is used."""

    name = "sandbox"
    acknowledgement = b"success"
    settle_window = timedelta(seconds=60)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._currency = account.currency

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        return self.query_again(order=order, number=number, after=timedelta())

    def query(self, *, number: str) -> Answer:
        raise NoAnswer("it remembers no order: it is to be told of it again")

    def query_again(self, *, order: PurchaseOrder, number: str, after: timedelta) -> Answer:
        tale = _tale_of(order)
        if tale.then is None or after < tale.after:
            ask_in = None if tale.then is None else tale.after - after
            said = Answer(outcome=tale.first, is_played=True, ask_in=ask_in)
        else:
            said = Answer(outcome=tale.then, is_played=True)
        codes = _codes(order, number) if said.outcome is Outcome.SUCCESS else ()
        reason = f"{order.product}: {said.outcome}"
        return replace(said, codes=codes, reason=reason, supplier_ref=f"SB{number}")

    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        return True

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        verdict = VERDICTS.get(target.account, Verdict.YES)
        return Verified(verdict=verdict, told="" if verdict is Verdict.UNKNOWN else "TEST")

    def balance_e4(self) -> int:
        return BALANCE_E4

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        raise BadSignature("a sandbox's supplier never calls")


def _tale_of(order: PurchaseOrder) -> Tale:
    if order.product == PARTIAL:
        return _SUCCESS if order.position % MISSED else _FAILURE
    if order.kind is not Kind.CODES:
        return ACCOUNTS.get(order.target, _SUCCESS)
    return TALES.get(order.product, _SUCCESS)


def _codes(order: PurchaseOrder, number: str) -> tuple[BoughtCode, ...]:
    """Codes that are told from the number, so that they are the same each time."""
    if order.kind is not Kind.CODES:
        return ()
    groups = [number[at : at + _GROUP] for at in range(0, len(number), _GROUP)]
    text = "-".join(("TEST", *groups)).upper()
    return tuple(BoughtCode(secret=Secret(f"{text}-{each + 1}")) for each in range(order.quantity))
