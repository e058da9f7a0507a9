"""What a provider's notice brings: money, and what is done with it at once."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

from channels import services as channels
from core.actors import Actor
from core.failpoints import reach
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from fulfillment import services as fulfillment
from inventory.errors import OutOfStock
from orders.states import Recorded
from payments import services as payments
from payments.errors import NoticeRefused
from payments.types import Captured, Notice

log = structlog.get_logger(__name__)


def hear_notice(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bytes:
    """A provider says that money came. The answer is the provider's word for "heard".

    Money and order move in one transaction. A notice that is refused is kept for the office, in a
    transaction of its own, and raised on.
    """
    try:
        with tenant_atomic(durable=True):
            notice = payments.read_notice(provider=provider, body=body, headers=headers)
            word = payments.success_word(provider=provider)
        take_money(notice=notice, now=now)
    except NoticeRefused as refusal:
        payments.keep_refusal(provider=provider, body=body, refusal=refusal, now=now)
        raise
    reach("storefront.notice_heard")
    return word


def ask_for_money(*, payment_id: int, now: datetime) -> None:
    """No notice came: if the provider says that it was paid, it is as if one had come."""
    notice = payments.ask(payment_id=payment_id, now=now)
    if notice is None:
        return
    reach("storefront.money_found")
    try:
        take_money(notice=notice, now=now)
    except NoticeRefused as refusal:
        payments.keep_refusal(provider=notice.provider, body=b"", refusal=refusal, now=now)


def take_money(*, notice: Notice, now: datetime) -> None:
    """What a notice brings: the order is paid and, from stock, delivered, in one transaction.

    Raises NoticeRefused, and nothing moves.
    """
    try:
        _pay_and_deliver(notice, now=now)
    except OutOfStock:
        # Late, and sold out: nothing of it stands. The money is here all the same, and goes back.
        _take_and_pay_back(notice, now=now)
    except (NoticeRefused, OperationalError, InterfaceError):
        raise
    except Exception:
        # Money is not refused because goods cannot be handed over: it is taken by itself, and a
        # worker delivers as soon as what is wrong has been put right.
        log.exception("delivery_failed", payment=notice.payment_number)
        _pay_only(notice, now=now)


@tenant_atomic(durable=True)
def _pay_and_deliver(notice: Notice, *, now: datetime) -> None:
    sheet = Sheet()
    with whole():
        captured = payments.capture(notice=notice, now=now, sheet=sheet)
    if not captured.is_first:
        return
    reach("storefront.money_captured")
    if captured.is_into_balance:
        sheet.write()
        _note_paid_in(captured, notice, now=now)
        return
    recorded = fulfillment.take_payment(
        order_id=captured.payable_id,
        payment_id=captured.payment_id,
        by=_provider(notice),
        payer=notice.payer,
        now=now,
        sheet=sheet,
    )
    sheet.write()
    _give_second_back(recorded, captured, notice, now=now)


def _note_paid_in(captured: Captured, notice: Notice, *, now: datetime) -> None:
    """The money is on the balance; one that was paid already gets no second one, as an order."""
    is_first = channels.take_payment(
        payable_id=captured.payable_id,
        number=notice.payment_number,
        by=_provider(notice),
        now=now,
    )
    if not is_first:
        _pay_back(captured, notice, reason="paid_twice", now=now)


@tenant_atomic(durable=True)
def _pay_only(notice: Notice, *, now: datetime) -> None:
    captured = payments.capture(notice=notice, now=now)
    if not captured.is_first:
        return
    if captured.is_into_balance:
        _note_paid_in(captured, notice, now=now)
        return
    recorded = fulfillment.record_only(
        order_id=captured.payable_id,
        payment_id=captured.payment_id,
        by=_provider(notice),
        payer=notice.payer,
        now=now,
    )
    _give_second_back(recorded, captured, notice, now=now)


@tenant_atomic(durable=True)
def _take_and_pay_back(notice: Notice, *, now: datetime) -> None:
    captured = payments.capture(notice=notice, now=now)
    if captured.is_first:
        _pay_back(captured, notice, reason="late_and_sold_out", now=now)


def _give_second_back(
    recorded: Recorded, captured: Captured, notice: Notice, *, now: datetime
) -> None:
    if recorded == Recorded.SECOND:
        _pay_back(captured, notice, reason="paid_twice", now=now)


def _provider(notice: Notice) -> Actor:
    return Actor(f"provider:{notice.provider}")


def _pay_back(captured: Captured, notice: Notice, *, reason: str, now: datetime) -> None:
    """All of it, under a number that the same payment always gives."""
    payments.refund(
        payment_id=captured.payment_id,
        amount_e4=notice.amount_e4,
        number=f"{notice.payment_number}-{reason}"[:64],
        reason=reason,
        by=_provider(notice),
        now=now,
    )
