"""A paid order that the risk rules stop before anything of it is delivered."""

from datetime import datetime
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from core.sheets import Sheet
from fulfillment.services.aftersale import refund_units
from orders import services as orders
from orders.selectors import find_number
from risk import services as risk
from risk.selectors import rules_in_force
from risk.states import Action
from risk.types import Verdict

if TYPE_CHECKING:
    from orders.models import Order

PASSED = Verdict(action=Action.PASS)
STOPS = frozenset({Action.HOLD, Action.DENY})
REFUSED = "refused_by_rules"


def look_again(*, order_id: int, now: datetime) -> risk.Again | None:
    """What the rules say of an order that is paid now, before somebody locks it: they may wait for
    Redis. None: there is nothing to ask."""
    if not rules_in_force().has_something_to_say:
        return None
    number = find_number(order_id=order_id)
    return risk.look_again(subject=number, now=now) if number else None


def stop(*, order: "Order", verdict: Verdict, now: datetime, sheet: Sheet) -> None:
    """Have it wait for a person, or pay it back: the order, taken and paid by the caller, whose
    sheet is written on the way where it is paid back."""
    if verdict.action == Action.HOLD:
        held = orders.held_by(verdict=verdict, now=now)
        orders.hold(order=order, held=held, by=SYSTEM, now=now, sheet=sheet)
        return
    sheet.write()
    refund_units(order_id=order.pk, by=SYSTEM, reason=REFUSED, now=now)
