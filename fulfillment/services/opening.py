"""What was promised, one unit a thing, each with its share of what was paid."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.money import share_out
from core.rows import draft
from fulfillment.models import Unit
from fulfillment.states import Source, UnitState

if TYPE_CHECKING:
    from orders.models import Item, Order

_SOURCE = {
    "stock_code": Source.OWN,
    "reusable": Source.CONTENT,
    "by_hand": Source.BY_HAND,
    "supplier_code": Source.SUPPLIER,
    "top_up": Source.SUPPLIER,
}


def draft_units(order: "Order", items: Sequence["Item"], *, now: datetime) -> list[Unit]:
    """Queued units for everything the order promises, not stored yet."""
    singles = [item for item in items for _ in range(item.quantity)]
    shares = share_out(order.total_e4, weights=[item.unit_price_e4 for item in singles])
    return [
        draft(
            Unit,
            order_id=order.pk,
            item=item,
            position=position,
            state=UnitState.QUEUED,
            source=_SOURCE[item.kind],
            paid_e4=share,
            opened_at=now,
        )
        for position, (item, share) in enumerate(zip(singles, shares, strict=True), start=1)
    ]
