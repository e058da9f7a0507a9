"""A paid order that the risk rules stop before anything of it is delivered."""

from datetime import datetime
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from core.sheets import Sheet
from fulfillment.services.aftersale import refund_units
from orders import services as orders
from risk.states import Action

if TYPE_CHECKING:
    from orders.models import Order
    from risk.types import Verdict

STOPS = frozenset({Action.HOLD, Action.DENY})
REFUSED = "refused_by_rules"


def stop(*, order: "Order", verdict: "Verdict", now: datetime, sheet: Sheet) -> None:
    """Have it wait for a person, or pay it back: the order, taken and paid by the caller, whose
    sheet is written on the way where it is paid back."""
    if verdict.action == Action.HOLD:
        held = orders.held_by(verdict=verdict, now=now)
        orders.hold(order=order, held=held, by=SYSTEM, now=now, sheet=sheet)
        return
    sheet.write()
    refund_units(order_id=order.pk, by=SYSTEM, reason=REFUSED, now=now)
