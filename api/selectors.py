"""A partner's orders as the API tells them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.shapes import UnitShown, order_body, stored_units
from channels.selectors import hold_reasons
from fulfillment import services as fulfillment
from fulfillment.selectors import units_of
from orders.selectors import first_items

if TYPE_CHECKING:
    from channels.models import PartnerOrder
    from orders.models import Order


def units_shown(order: "Order") -> list[UnitShown]:
    """The order's units with their goods, as its partner may read them."""
    goods = fulfillment.goods_of_order(order_id=order.pk)
    return stored_units(units_of(order_id=order.pk), goods)


def read_order(*, sale: "PartnerOrder", with_goods: bool = True) -> dict[str, Any]:
    """A partner's order as the API tells it."""
    item = first_items(order_ids=[sale.order_id])[sale.order_id]
    return order_body(
        order=sale.order,
        item=item,
        sku_ref=item.sku.ref,
        partner_order_no=sale.partner_order_no,
        hold_reason=hold_reasons(orders=[sale.order]).get(sale.order_id),
        units=units_shown(sale.order) if with_goods else None,
    )


def read_sales(sales: Sequence["PartnerOrder"]) -> list[dict[str, Any]]:
    """A page of orders, without their goods. Two queries, and one for those that are held."""
    items = first_items(order_ids=[sale.order_id for sale in sales])
    reasons = hold_reasons(orders=[sale.order for sale in sales])
    told = []
    for sale in sales:
        item = items[sale.order_id]
        told.append(
            order_body(
                order=sale.order,
                item=item,
                sku_ref=item.sku.ref,
                partner_order_no=sale.partner_order_no,
                hold_reason=reasons.get(sale.order_id),
            )
        )
    return told
