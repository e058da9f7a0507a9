"""What partners pay into their balances by a payment provider."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from channels.models import PayInLimits, PaymentIn
from channels.states import PartnerState
from core.errors import NotFound
from core.money import E4
from payments.types import Payable

LEAST_IN_E4, MOST_IN_E4 = 1 * E4, 500_000 * E4  # at once, whatever a shop says


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be paid online into a partner's balance, in 1/10,000; a day's 0 is no limit."""

    least_e4: int = LEAST_IN_E4
    most_e4: int = MOST_IN_E4
    daily_e4: int = 0


def payments_in(*, partner_id: int) -> "QuerySet[PaymentIn]":
    """The newest first."""
    return PaymentIn.objects.filter(partner_id=partner_id).order_by("-pk")


def get_payment_in(*, partner_id: int, ref: str) -> PaymentIn:
    """Raises NotFound."""
    found = payments_in(partner_id=partner_id).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def payment_in_by_token(*, token: str) -> PaymentIn:
    """Whoever has the address may pay. Raises NotFound."""
    found = PaymentIn.objects.select_related("partner").filter(token=token).first()
    if found is None:
        raise NotFound
    return found


def find_payment_in(*, payable_id: int) -> PaymentIn | None:
    """What a payment is for, if it is not for an order."""
    if payable_id >= 0:
        return None
    return PaymentIn.objects.select_related("partner").filter(pk=-payable_id).first()


def payments_in_by_number(*, numbers: set[str]) -> dict[str, PaymentIn]:
    """By the number of the payment that brought the money."""
    return {one.number: one for one in PaymentIn.objects.filter(number__in=numbers)}


def is_to_be_paid(*, asked: PaymentIn, now: datetime) -> bool:
    """Whether a payment may still be begun; money of one that was begun is taken whenever."""
    is_open = asked.paid_at is None and now < asked.expires_at
    return is_open and asked.partner.state == PartnerState.ACTIVE


def pay_in_limits() -> Limits:
    """The shop's own, or what anybody may pay at once."""
    kept = PayInLimits.objects.first()
    if kept is None:
        return Limits()
    return Limits(least_e4=kept.least_e4, most_e4=kept.most_e4, daily_e4=kept.daily_e4)


def asked_since(*, partner_id: int, begin: datetime, now: datetime) -> int:
    """What the partner has paid online from then on, and what waits to be paid, in 1/10,000."""
    paid_or_open = Q(paid_at__gte=begin) | Q(paid_at=None, expires_at__gt=now)
    found = PaymentIn.objects.filter(paid_or_open, partner_id=partner_id)
    return found.aggregate(sum=Sum("amount_e4"))["sum"] or 0


def payable_of(*, asked: PaymentIn, title: str) -> Payable:
    """`id` below zero, so that it is never taken for an order's (ADR 0021)."""
    return Payable(
        ref=asked.ref,
        id=-asked.pk,
        amount_e4=asked.amount_e4,
        currency=asked.currency,
        title=title[:120],
        expires_at=asked.expires_at,
        into_id=asked.partner.account_id,
    )
