"""What partners ordered."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from channels.models import Partner, PartnerOrder
from channels.states import HoldReason
from core.errors import NotFound
from core.scope import tenant_atomic
from orders.selectors import held_for
from orders.states import OrderState

if TYPE_CHECKING:
    from orders.models import Order


def sales_of(
    *,
    partner_id: int,
    partner_order_no: str | None = None,
    states: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> "QuerySet[PartnerOrder]":
    """The partner's orders, the newest first: all, or by its own number, by their states, and by
    when they were made (from `since`, before `until`)."""
    asked = {
        "partner_order_no": partner_order_no,
        "order__state__in": states,
        "made_at__gte": since,
        "made_at__lt": until,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    found = PartnerOrder.objects.filter(partner_id=partner_id, **given)
    return found.select_related("order").order_by("-pk")


def hold_reasons(*, orders: "Iterable[Order]") -> dict[int, HoldReason]:
    """Why those of the orders that are held now are held, by the order. At most one query."""
    held = [order.pk for order in orders if order.state == OrderState.HELD]
    return {
        order_id: HoldReason.COST if reason == HoldReason.COST else HoldReason.REVIEW
        for order_id, reason in held_for(order_ids=held).items()
    }


def find_sale(*, partner_id: int, partner_order_no: str) -> PartnerOrder | None:
    """The order that the partner's own number names."""
    return sales_of(partner_id=partner_id, partner_order_no=partner_order_no).first()


@tenant_atomic
def known_numbers(*, partner_id: int, partner_order_nos: Collection[str]) -> set[str]:
    """Those of the partner's own numbers that name an order."""
    found = PartnerOrder.objects.filter(
        partner_id=partner_id, partner_order_no__in=partner_order_nos
    )
    return set(found.values_list("partner_order_no", flat=True))


def sales_numbered(*, partner_order_no: str) -> "QuerySet[PartnerOrder]":
    """Of all partners: each is asked by its own number, which is how they are kept."""
    found = PartnerOrder.objects.filter(
        partner__in=Partner.objects.order_by(), partner_order_no=partner_order_no
    )
    return found.order_by("-pk")


def find_sale_of_order(*, order_id: int) -> PartnerOrder | None:
    """Whose order it is, and under which number; None for one of our own shop."""
    return PartnerOrder.objects.filter(order_id=order_id).select_related("order").first()


def get_sale(*, partner_id: int, order_number: str) -> PartnerOrder:
    """The partner's order with our number; raises NotFound."""
    found = sales_of(partner_id=partner_id).filter(order__number=order_number).first()
    if found is None:
        raise NotFound
    return found
