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


def find_sale_of_order(*, order_id: int) -> PartnerOrder | None:
    """Whose order it is, and under which number; None for one of our own shop."""
    return PartnerOrder.objects.filter(order_id=order_id).select_related("order").first()


def get_sale(*, partner_id: int, order_number: str) -> PartnerOrder:
    """The partner's order with our number; raises NotFound."""
    found = sales_of(partner_id=partner_id).filter(order__number=order_number).first()
    if found is None:
        raise NotFound
    return found
