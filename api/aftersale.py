"""What a partner may do about an order: give up what is not delivered, and complain."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from api.errors import NothingToCancel
from api.shapes import refund_request_body
from channels.types import Seat
from core.errors import NotFound
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import NothingToRefund, WithSupplier
from fulfillment.selectors import units_of
from orders import services as orders
from orders.selectors import case_by_ref
from orders.types import OpenCase

if TYPE_CHECKING:
    from channels.models import PartnerOrder
    from fulfillment.models import Unit
    from orders.models import Case

REPLACED = "replaced"
GIVEN_BACK = frozenset({"refunded", "canceled"})
_WITH_SUPPLIER = _(
    "What is left of this order is being bought for you, or may have been: it cannot be canceled "
    "now. Read the order again; what is not delivered is paid back by itself."
)


@tenant_atomic
def cancel(*, seat: Seat, sale: "PartnerOrder", now: datetime) -> None:
    """Pay back what is neither delivered nor at a supplier; a second time there is nothing left.

    Raises NothingToCancel, and WithSupplier where a supplier has all that is left.
    """
    orders.take_order(order_id=sale.order_id)  # nobody lets a held one go on meanwhile
    units = list(units_of(order_id=sale.order_id))
    left = [
        unit.pk
        for unit in units
        if unit.delivered_at is None and unit.state not in GIVEN_BACK | {REPLACED}
    ]
    if units and not left:
        raise NothingToCancel(_("There is nothing left of this order that can be canceled."))
    try:
        fulfillment.refund_units(
            order_id=sale.order_id,
            unit_ids=left or None,  # of a held order no unit is opened yet: all of it
            by=seat.actor,
            reason="canceled_by_partner",
            now=now,
        )
    except WithSupplier:
        raise WithSupplier(_WITH_SUPPLIER) from None
    sale.order.refresh_from_db()


@tenant_atomic
def complain(
    *, seat: Seat, sale: "PartnerOrder", position: int | None, kind: str, text: str, now: datetime
) -> "Case":
    """Open an after-sale case about one thing of the order, or all of it: the shop decides.

    Raises NotFound for a position that there is not, CaseOpen when it is being looked at already,
    NothingToRefund where all of it is paid back.
    """
    orders.take_order(order_id=sale.order_id)  # nobody pays it back meanwhile
    units = [unit for unit in units_of(order_id=sale.order_id) if unit.state != REPLACED]
    asked = units if position is None else [_unit_at(units, position)]
    if asked and all(unit.state in GIVEN_BACK for unit in asked):
        raise NothingToRefund(_("It is paid back already, or canceled: nothing is left to refund."))
    unit_id = None if position is None else asked[0].pk
    request = OpenCase(order_id=sale.order_id, kind=kind, text=text, unit_id=unit_id)
    return orders.open_case(request=request, by=seat.actor, now=now)


@tenant_atomic
def ask_refund(
    *, seat: Seat, sale: "PartnerOrder", position: int | None, kind: str, text: str, now: datetime
) -> dict[str, Any]:
    """As `complain`; the case as it is told."""
    case = complain(seat=seat, sale=sale, position=position, kind=kind, text=text, now=now)
    return refund_request_body(case=case, order_ref=sale.order.number, position=position)


def _unit_at(units: "Sequence[Unit]", position: int) -> "Unit":
    for unit in units:
        if unit.position == position:
            return unit
    raise NotFound(_("This order has nothing at this position."))


def read_refund_request(*, sale: "PartnerOrder", ref: str) -> dict[str, Any]:
    """What became of it; raises NotFound."""
    case = case_by_ref(ref=ref, order_id=sale.order_id)
    positions = {unit.pk: unit.position for unit in units_of(order_id=sale.order_id)}
    position = None if case.unit_id is None else positions.get(case.unit_id)
    return refund_request_body(case=case, order_ref=sale.order.number, position=position)
