"""What partners ordered."""

from django.db.models import QuerySet

from channels.models import PartnerOrder
from core.errors import NotFound


def sales_of(*, partner_id: int) -> "QuerySet[PartnerOrder]":
    """The partner's orders, the newest first."""
    return (
        PartnerOrder.objects.filter(partner_id=partner_id).select_related("order").order_by("-pk")
    )


def find_sale(*, partner_id: int, partner_order_no: str) -> PartnerOrder | None:
    """The order that the partner's own number names."""
    return sales_of(partner_id=partner_id).filter(partner_order_no=partner_order_no).first()


def get_sale(*, partner_id: int, order_number: str) -> PartnerOrder:
    """The partner's order with our number; raises NotFound."""
    found = sales_of(partner_id=partner_id).filter(order__number=order_number).first()
    if found is None:
        raise NotFound
    return found
