"""What there is to tell of an order, as the partner reads it. Never what was delivered itself."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.selectors.payments_in import payments_in_by_number
from channels.states import EventKind, HoldReason
from channels.types import News
from core.moments import written
from core.money import write_e4
from fulfillment.states import UnitState
from orders.selectors import items_of_order
from orders.states import OrderState

if TYPE_CHECKING:
    from channels.models import PartnerOrder
    from fulfillment.models import Unit
    from orders.models import Order
    from payments.models import Entry, Refund

ENDED = {
    OrderState.COMPLETED: EventKind.ORDER_COMPLETED,
    OrderState.CANCELED: EventKind.ORDER_CANCELED,
}


def completed_at_once(order: "Order", partner_order_no: str, *, now: datetime) -> Iterator[News]:
    """Of an order that was delivered whole in the moment in which it was placed; of any other,
    nothing yet."""
    if order.state != OrderState.COMPLETED:
        return
    count = sum(item.quantity for item in items_of_order(order))
    for position in range(1, count + 1):
        yield _delivered(order, partner_order_no, position=position, before=0, at=now)
    yield _ended(order, partner_order_no)


def news_of_order(sale: "PartnerOrder", units: "Sequence[Unit]") -> Iterator[News]:
    """All that is true of it now: what was told already is found by its name."""
    order, number = sale.order, sale.partner_order_no
    before: dict[int, int] = {}
    for unit in units:
        if unit.delivered_at is not None:
            seen = before.get(unit.position, 0)
            yield _delivered(
                order, number, position=unit.position, before=seen, at=unit.delivered_at
            )
        if unit.state == UnitState.REFUNDED:
            yield _refunded(order, number, unit)
        if unit.state == UnitState.REPLACED:
            before[unit.position] = before.get(unit.position, 0) + 1
    if OrderState(order.state) in ENDED:
        yield _ended(order, number)


def held(sale: "PartnerOrder", reason: HoldReason) -> News:
    """Of an order that is held now."""
    order, kind = sale.order, EventKind.ORDER_HELD
    why = {"reason": reason.value, "until": written(order.decide_by), "then": order.held_then}
    data = _order(order, sale.partner_order_no, state="held") | {"held": why}
    return News(kind=kind, fact=f"{kind}:{order.number}", data=data)


def released(sale: "PartnerOrder") -> News:
    order, kind = sale.order, EventKind.ORDER_RELEASED
    data = _order(order, sale.partner_order_no, state="processing")
    return News(kind=kind, fact=f"{kind}:{order.number}", data=data)


def refund_done(sale: "PartnerOrder", refund: "Refund") -> News:
    """`ref` is what the entry on the balance is called by, too."""
    kind = EventKind.REFUND_DONE
    data = _data("refund", sale.order, sale.partner_order_no) | {
        "ref": refund.number,
        "amount": write_e4(refund.amount_e4),
        "currency": sale.order.currency,
        "done_at": written(refund.ended_at),
    }
    return News(kind=kind, fact=f"{kind}:{refund.number}", data=data)


def balance_credited(entry: "Entry") -> News:
    """`entry` is what it is called by in the list of movements; `payment` what was paid online."""
    kind, ref = EventKind.BALANCE_CREDITED, entry.journal.ref
    number = ref.removeprefix("capture:")
    paid = payments_in_by_number(numbers={number}).get(number)
    data = {
        "object": "balance",
        "entry": ref,
        "kind": entry.journal.kind,
        "amount": write_e4(entry.amount_e4),
        "currency": entry.currency,
        "payment": paid and paid.ref,
        "reference": (paid and paid.reference) or None,
        "booked_at": written(entry.journal.at),
    }
    return News(kind=kind, fact=f"{kind}:{ref}", data=data)


def _delivered(
    order: "Order", partner_order_no: str, *, position: int, before: int, at: datetime
) -> News:
    """`before`: how many were delivered in its place and replaced."""
    kind = EventKind.UNIT_DELIVERED
    data = _data("unit", order, partner_order_no) | {
        "position": position,
        "is_replacement": before > 0,
        "delivered_at": written(at),
    }
    return News(kind=kind, fact=f"{kind}:{order.number}:{position}:{before}", data=data)


def _refunded(order: "Order", partner_order_no: str, unit: "Unit") -> News:
    kind = EventKind.UNIT_REFUNDED
    data = _data("unit", order, partner_order_no) | {
        "position": unit.position,
        "amount": write_e4(unit.paid_e4),
        "currency": order.currency,
    }
    return News(kind=kind, fact=f"{kind}:{order.number}:{unit.position}", data=data)


def _ended(order: "Order", partner_order_no: str) -> News:
    kind = ENDED[OrderState(order.state)]
    data = _order(order, partner_order_no, state=str(order.state))
    return News(kind=kind, fact=f"{kind}:{order.number}", data=data)


def _order(order: "Order", partner_order_no: str, *, state: str) -> dict[str, Any]:
    return _data("order", order, partner_order_no) | {
        "state": state,
        "total": write_e4(order.total_e4),
        "currency": order.currency,
    }


def _data(what: str, order: "Order", partner_order_no: str) -> dict[str, Any]:
    return {"object": what, "order": order.number, "partner_order_no": partner_order_no}
