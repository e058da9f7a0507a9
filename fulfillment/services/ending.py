"""The money back, and the end of an order: complete when something arrived, canceled when nothing
did."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.actors import Actor
from core.outbox import emit
from core.sheets import Sheet
from fulfillment.events import UnitsRefunded
from fulfillment.models import Unit
from fulfillment.services.moving import Moving
from fulfillment.states import ENDED, UnitState
from inventory import services as inventory
from orders import services as orders
from orders.states import ENDED as ORDER_ENDED
from payments import services as payments
from payments.states import OWN_RISK

if TYPE_CHECKING:
    from orders.models import Order
    from payments.models import Refund

_OUT_OF_HAND = ENDED - {UnitState.DELIVERED}  # the buyer has nothing of it


def live_units(order: "Order") -> list[Unit]:
    """One unit for each thing promised: replaced ones have a successor."""
    found = Unit.objects.filter(order_id=order.pk).exclude(state=UnitState.REPLACED)
    return list(found.select_related("item").order_by("position"))


def refund_number(order: "Order", units: Iterable[Unit]) -> str:
    """The same units, the same number: a position is refunded once, so its first one names all."""
    return f"{order.number}-R{min(unit.position for unit in units)}"


def pay_back(
    order: "Order",
    units: list[Unit],
    *,
    by: Actor,
    reason: str,
    now: datetime,
    are_new: bool = False,
) -> "Refund | None":
    """Move the units to refunded and promise their shares back; None where nothing was paid.

    What was held and not delivered goes back on the shelf.
    """
    undelivered = Counter(unit.item_id for unit in units if unit.delivered_at is None)
    moving = Moving(order=order, by=by, now=now)
    for unit in units:
        moving.move(unit, UnitState.REFUNDED, reason=reason[:60])
    moving.store(fresh=units if are_new else ())
    for item_id, count in sorted(undelivered.items()):
        inventory.release(item_id=item_id, most=count, now=now)
    _tell(order, units, by=by, now=now)
    if not any(unit.paid_e4 for unit in units):
        return None
    return payments.refund(**_wanted(order, units), reason=reason, by=by, now=now)


def pay_back_at_own_risk(
    order: "Order", units: list[Unit], *, by: Actor, reason: str, now: datetime
) -> "Refund | None":
    """`pay_back` for what a supplier may deliver still, and is paid for then: it is booked as such,
    and each unit's history says which refund it was."""
    moving = Moving(order=order, by=by, now=now)
    told = {"refund": refund_number(order, units), "said": reason[:60]}
    for unit in units:
        moving.move(unit, UnitState.REFUNDED, reason=OWN_RISK, data=told)
    moving.store()
    _tell(order, units, by=by, now=now)
    if not any(unit.paid_e4 for unit in units):
        return None
    return payments.refund_at_own_risk(**_wanted(order, units), by=by, now=now)


def _tell(order: "Order", units: list[Unit], *, by: Actor, now: datetime) -> None:
    """Whoever waits for an answer about these units has it."""
    emit(UnitsRefunded(order_id=order.pk, channel=order.channel))
    ids = [unit.pk for unit in units]
    left = Unit.objects.filter(order_id=order.pk).exclude(state__in=_OUT_OF_HAND)
    orders.end_paid_back(
        order_id=order.pk, unit_ids=ids, is_whole=not left.exists(), by=by, now=now
    )


def _wanted(order: "Order", units: list[Unit]) -> dict[str, Any]:
    """What a refund of the units' shares is: of which payment, how much, under which number."""
    assert order.payment_id is not None  # the database holds it: only paid orders have units
    return {
        "payment_id": order.payment_id,
        "amount_e4": sum(unit.paid_e4 for unit in units),
        "number": refund_number(order, units),
    }


def finish(
    order: "Order",
    *,
    by: Actor,
    now: datetime,
    units: list[Unit] | None = None,
    sheet: Sheet | None = None,
) -> None:
    """End an order whose units are all at their end; `units` are its live ones, where they are at
    hand. Who gives a `sheet` writes it."""
    if order.state in ORDER_ENDED:
        return
    units = live_units(order) if units is None else units
    if any(unit.state not in ENDED for unit in units):
        orders.start_fulfilling(order=order, by=by, now=now, sheet=sheet)
    elif any(unit.delivered_at for unit in units):
        orders.complete(order=order, by=by, now=now, sheet=sheet)
    else:
        orders.cancel(order_id=order.pk, reason="refunded_before_delivery", by=by, now=now)
