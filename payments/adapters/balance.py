"""Paying from a balance kept here: nothing leaves the house, so nothing can be unknown."""

from collections.abc import Mapping
from datetime import datetime

from payments.errors import NoticeRefused
from payments.states import Outcome
from payments.types import Notice, Opened, Payable, RefundAnswer, RefundOrder, RefundOutcome


class BalanceProvider:
    """The money moves with the journal that records it; this provider only agrees."""

    name = "balance"
    merchant_ref = ""
    success = b""

    def open(self, *, number: str, payable: Payable, expires_at: object) -> Opened:
        return Opened()

    def read_notice(self, *, body: bytes, headers: Mapping[str, str]) -> Notice:
        raise NoticeRefused(Outcome.FORGED)  # nobody outside speaks for a balance

    def ask(self, *, number: str, now: datetime) -> Notice | None:
        return None  # what is paid from a balance is known at once

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        return RefundAnswer(outcome=RefundOutcome.DONE, provider_ref=order.number)
