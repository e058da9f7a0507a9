"""Orders that wait for a person after they are paid: let go on, or paid back, by somebody or by
the deadline."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.outbox import done_here
from core.scope import tenant_atomic
from core.sheets import Sheet
from fulfillment.errors import NotHeld
from fulfillment.selectors import is_read
from fulfillment.services.aftersale import refund_units
from fulfillment.services.delivering import open_all, open_units
from fulfillment.services.ending import live_units
from fulfillment.states import UnitState
from orders import services as orders
from orders.selectors import find_opening
from orders.states import HeldThen, OpeningState, OrderState
from tenants import audit

if TYPE_CHECKING:
    from orders.models import Order
    from orders.types import Held
    from payments.models import Refund

LATE = "nobody_decided"


@tenant_atomic(savepoint=False)
def hold_new(
    *, order: "Order", payment_id: int, held: "Held", by: Actor, now: datetime, sheet: Sheet
) -> None:
    """Pay an order that its caller makes in this transaction, and deliver nothing of it yet.

    It holds what it needs from stock already (`orders.keep_goods`).
    """
    with done_here(open_units):
        orders.mark_paid(order=order, payment_id=payment_id, by=by, now=now, sheet=sheet)
    orders.hold(order=order, held=held, by=by, now=now, sheet=sheet)


@tenant_atomic
def release_held(*, order_id: int, by: Actor, reason: str = "released", now: datetime) -> "Order":
    """Let it go on: delivered at once from stock, else on its way. Raises NotHeld."""
    order = _held(order_id)
    audit.record(by=by, action="order.released", target=order.number, reason=reason, now=now)
    orders.release(order=order, by=by, reason=reason, now=now)
    open_all(order=order, now=now)
    return order


@tenant_atomic
def refuse_held(*, order_id: int, by: Actor, reason: str, now: datetime) -> "Refund | None":
    """Pay it back whole; what was held for it is on sale again. Raises NotHeld."""
    _held(order_id)
    return refund_units(order_id=order_id, by=by, reason=reason, now=now)


@tenant_atomic
def decide_overdue(*, order_id: int, now: datetime) -> None:
    """Nobody decided in time: what was said beforehand is done. Safe to call at any time."""
    order = orders.take_order(order_id=order_id)
    if order.state != OrderState.HELD or order.decide_by is None or order.decide_by > now:
        return
    if order.held_then == HeldThen.RELEASE:
        release_held(order_id=order_id, by=SYSTEM, reason=LATE, now=now)
    else:
        refuse_held(order_id=order_id, by=SYSTEM, reason=LATE, now=now)


@tenant_atomic
def allow_opening(*, order_id: int, by: Actor, reason: str = "allowed", now: datetime) -> None:
    """The codes that risk kept closed may be opened. Raises NotHeldClosed."""
    order, opening = orders.take_held_opening(order_id=order_id)
    audit.record(by=by, action="opening.allowed", target=order.number, reason=reason, now=now)
    orders.move_opening(opening=opening, state=OpeningState.ALLOWED, by=by, reason=reason, now=now)


@tenant_atomic
def refuse_opening(*, order_id: int, by: Actor, reason: str, now: datetime) -> "Refund | None":
    """The codes stay closed, and what nobody has seen of them is paid back. Raises
    NotHeldClosed."""
    order, opening = orders.take_held_opening(order_id=order_id)
    audit.record(by=by, action="opening.refused", target=order.number, reason=reason, now=now)
    orders.move_opening(opening=opening, state=OpeningState.REFUSED, by=by, reason=reason, now=now)
    unseen = [
        unit.pk
        for unit in live_units(order)
        if unit.state == UnitState.DELIVERED and unit.shown_at is None and is_read(unit)
    ]
    if not unseen:
        return None
    return refund_units(order_id=order_id, unit_ids=unseen, by=by, reason=reason, now=now)


@tenant_atomic
def decide_opening(*, order_id: int, now: datetime) -> None:
    """Nobody decided about the codes in time. Safe to call at any time."""
    orders.take_order(order_id=order_id)
    opening = find_opening(order_id=order_id)
    if opening is None or opening.state != OpeningState.HELD or opening.decide_by > now:
        return
    if opening.held_then == HeldThen.RELEASE:
        allow_opening(order_id=order_id, by=SYSTEM, reason=LATE, now=now)
    else:
        refuse_opening(order_id=order_id, by=SYSTEM, reason=LATE, now=now)


def _held(order_id: int) -> "Order":
    order = orders.take_order(order_id=order_id)
    if order.state != OrderState.HELD:
        raise NotHeld(_("This order does not wait for a decision any more. Load the page again."))
    return order
