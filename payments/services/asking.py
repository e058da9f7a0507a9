"""A notice may never come: a payment that nobody told us of is asked for."""

from datetime import datetime, timedelta

from core.failpoints import reach
from core.scope import tenant_atomic
from payments.models import Payment
from payments.services.paying import close_payment
from payments.services.registry import provider_named
from payments.states import MAY_BRING_MONEY
from payments.types import Notice

SHORTEST_GAP, LONGEST_GAP = timedelta(seconds=20), timedelta(minutes=5)
# Money that comes later than this after the payment's end is seen by its notice only.
ASKED_FOR = timedelta(minutes=30)


def ask(*, payment_id: int, now: datetime) -> Notice | None:
    """Ask the provider, if it is time to: its word, for the caller to act on as on a notice.

    The next time is written down first, then it is asked with no transaction open. After the last
    time an open payment is given up, and takes late money still.
    """
    payment = _claim(payment_id, now=now)
    if payment is None:
        return None
    reach("payments.ask_claimed")
    return provider_named(payment.provider).ask(number=payment.number, now=now)


@tenant_atomic(durable=True)
def _claim(payment_id: int, *, now: datetime) -> Payment | None:
    due = Payment.objects.filter(pk=payment_id, ask_at__lte=now, state__in=MAY_BRING_MONEY)
    payment = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if payment is None:
        return None
    payment.ask_at = _next(payment, now=now)
    payment.save(update_fields=["ask_at"])
    if payment.ask_at is None:
        # Who closed the order may have passed it by: this lock was held in that moment.
        close_payment(payment_id=payment.pk, now=now)
    return payment


def _next(payment: Payment, *, now: datetime) -> datetime | None:
    """The longer it is silent, the more seldom; in the end never."""
    if now > payment.expires_at + ASKED_FOR:
        return None
    return now + max(SHORTEST_GAP, min((now - payment.made_at) / 4, LONGEST_GAP))
