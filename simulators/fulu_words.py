"""What Fulu says of an order and of goods (open platform v2, order API and callbacks)."""

import time
from typing import Any

from simulators.dialect import Telling
from simulators.money import UNIT, four_places
from simulators.records import Product, Purchase, State

BEIJING = 8 * 3600
KINDS = {"card": "卡密", "direct": "直充", "mobile": "直充"}
ORDER_TYPES = {"mobile": 1, "card": 3, "direct": 4}
STATES = {
    State.ACCEPTED: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    # No state for a refund is published: an order that was taken back counts as not done.
    State.REFUNDED: "failed",
}


def summary_of(purchase: Purchase, product: Product | None) -> dict[str, Any]:
    """What both the answer to a purchase and a query tell; never a card."""
    finished = purchase.finished_at
    state = STATES[purchase.state]
    return {
        "order_id": purchase.ref,
        "product_id": number(purchase.product),
        "product_name": product.name if product else "",
        "charge_account": purchase.charged_to,
        "customer_order_no": purchase.client_no,
        "create_time": clock(purchase.created_at),
        "buy_num": purchase.quantity,
        "order_price": purchase.price_e4 / UNIT,
        "order_state": "untreated" if state == "processing" and not purchase.asks else state,
        "finish_time": clock(finished) if finished else None,
        "area": purchase.details.get("charge_game_region", ""),
        "server": purchase.details.get("charge_game_srv", ""),
        "type": purchase.details.get("charge_type", ""),
        "order_type": ORDER_TYPES[purchase.kind],
        "operator_serial_number": "--",
    }


def number(product: str) -> int | str:
    return int(product) if product.isdecimal() else product


def clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment + BEIJING))


def described(state: State) -> str:
    return {State.ACCEPTED: "充值中", State.SUCCEEDED: "充值成功"}.get(state, "充值失败")


def end_of(telling: Telling) -> dict[str, str]:
    purchase = telling.purchase
    return {
        "order_id": purchase.ref,
        "charge_finish_time": clock(purchase.finished_at or time.time()),
        "customer_order_no": purchase.client_no or "",
        "order_status": STATES[telling.state],
        "recharge_description": described(telling.state),
        "product_id": purchase.product,
        "price": four_places(purchase.price_e4 // purchase.quantity),
        "buy_num": str(purchase.quantity),
        "operator_serial_number": "--",
    }


def refund_of(purchase: Purchase) -> dict[str, str]:
    """The words of `refund_status` are not published; `success` is this simulator's."""
    return {
        "order_id": purchase.ref,
        "customer_order_no": purchase.client_no or "",
        "refund_time": clock(time.time()),
        "refund_status": "success",
        "refund_description": f"退款{four_places(purchase.refunded_e4)}元",
    }


def goods_of(product: Product) -> dict[str, Any]:
    return {
        "product_id": number(product.id),
        "product_name": product.name,
        "product_type": KINDS[product.kind],
        "face_value": product.face_e4 / UNIT,
        "purchase_price": product.price_e4 / UNIT,
        "sales_status": "上架" if product.state == "on" else "下架",
        "stock_status": "充足" if product.stock > 0 else "断货",
        "template_id": "",
        "details": "",
    }
