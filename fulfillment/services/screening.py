"""A paid order that the risk rules stop before anything of it is delivered."""

from datetime import datetime
from typing import TYPE_CHECKING

from core.actors import SYSTEM, Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from core.sheets import Sheet
from fulfillment.services.aftersale import refund_units
from orders import services as orders
from orders.selectors import find_number
from orders.states import Recorded
from risk import services as risk
from risk.selectors import rules_in_force
from risk.states import Action
from risk.types import Verdict

if TYPE_CHECKING:
    from orders.models import Order

PASSED = Verdict(action=Action.PASS)
STOPS = frozenset({Action.HOLD, Action.DENY})
REFUSED = "refused_by_rules"


def look_again(*, order_id: int, payer: Secret | None, now: datetime) -> risk.Again | None:
    """What the rules say of an order that is paid now, before somebody locks it: they may wait for
    Redis. None: there is nothing to ask."""
    if not rules_in_force().has_something_to_say:
        return None
    number = find_number(order_id=order_id)
    return risk.look_at_paid(subject=number, payer=payer, now=now) if number else None


@tenant_atomic(savepoint=False)
def record_only(
    *, order_id: int, payment_id: int, by: Actor, payer: Secret | None = None, now: datetime
) -> Recorded:
    """The money is here, and something keeps what it paid for from being handed over: who hears
    OrderPaid does that. As `orders.record_payment`; what the rules say of the `payer` is kept, and
    stands then. Nothing of it keeps the money from being recorded.
    """
    again = risk.judged(
        look=lambda: look_again(order_id=order_id, payer=payer, now=now),
        instead=lambda: None,
        moment="paid",
        subject="",
        planned=(),
    )
    recorded = orders.record_payment(order_id=order_id, payment_id=payment_id, by=by, now=now)
    if again is not None and recorded == Recorded.PAID:
        risk.keep_paid(again=again, now=now)
    return recorded


def stop(*, order: "Order", verdict: Verdict, now: datetime, sheet: Sheet) -> None:
    """Have it wait for a person, or pay it back: the order, taken and paid by the caller, whose
    sheet is written on the way where it is paid back."""
    if verdict.action == Action.HOLD:
        held = orders.held_by(verdict=verdict, now=now)
        orders.hold(order=order, held=held, by=SYSTEM, now=now, sheet=sheet)
        return
    sheet.write()
    refund_units(order_id=order.pk, by=SYSTEM, reason=REFUSED, now=now)
