"""What Kasushou says of an order and of goods (v2 API, order/info and order callback)."""

import json
import time
from typing import Any
from urllib.parse import urlencode

from simulators.dialect import News, Telling
from simulators.faults import Fault
from simulators.kasushou_signing import sign_callback
from simulators.money import two_places_or_more
from simulators.records import Product, Purchase, State

STATUSES = {State.ACCEPTED: 2, State.SUCCEEDED: 3, State.FAILED: 4, State.REFUNDED: 5}
HINTS = {
    State.ACCEPTED: "充值中",
    State.SUCCEEDED: "充值成功",
    State.FAILED: "充值失败",
    State.REFUNDED: "已退款",
}


def order_of(purchase: Purchase) -> dict[str, Any]:
    attach = purchase.details.get("attach", {})
    return {
        "ordersn": purchase.ref,
        "external_orderno": purchase.client_no or "",
        "status": 1 if _is_waiting(purchase) else STATUSES[purchase.state],
        "recharge_info": [{"n": key, "v": value, "k": key} for key, value in attach.items()],
        "recharge_hints": HINTS[purchase.state],
        "total_price": two_places_or_more(purchase.price_e4),
        "has_back_money": two_places_or_more(purchase.refunded_e4),
    }


def cards_of(purchase: Purchase) -> list[dict[str, str]]:
    """A refunded order lists its cards on, as theirs may: the status is what counts."""
    return [{"card_no": card.number, "card_password": card.password} for card in purchase.cards]


def news_of(telling: Telling) -> News:
    """Every value is text. The cards stand outside the signature."""
    purchase = telling.purchase
    fields = {
        "external_orderno": purchase.client_no or "",
        "ordersn": purchase.ref,
        "status": str(STATUSES[telling.state]),
        "has_back_money": _back(telling),
        "total_price": two_places_or_more(purchase.price_e4),
        "recharge_hints": HINTS[telling.state],
        "time": str(int(time.time() * 1000)),
    }
    fields["sign"] = sign_callback(fields, telling.secret)
    cards = _told_cards(telling)
    if telling.account.options.get("callback_format") == "json":
        whole = fields | ({"card_list": cards} if cards else {})
        return News(
            content_type="application/json", body=json.dumps(whole, ensure_ascii=False).encode()
        )
    flat = fields | {
        f"card_list[{place}][{name}]": value
        for place, card in enumerate(cards)
        for name, value in card.items()
    }
    return News(content_type="application/x-www-form-urlencoded", body=urlencode(flat).encode())


def goods_of(product: Product) -> dict[str, Any]:
    on_sale = product.state == "on"
    return {
        "id": int(product.id) if product.id.isdecimal() else product.id,
        "goods_name": product.name,
        "goods_img": "",
        "goods_type": 1 if product.kind == "card" else 2,
        "face_value": two_places_or_more(product.face_e4),
        "goods_price": two_places_or_more(product.price_e4),
        "status": 1 if on_sale else 2,
        "stock_num": product.stock,
        "can_buy": 1 if on_sale else 0,
        "can_no_buy": "",
        "can_price": 1,
        "need_balance": "0.00",
    }


def _is_waiting(purchase: Purchase) -> bool:
    """In the first half of the time it takes."""
    half = (purchase.created_at + purchase.due_at) / 2
    return purchase.state == State.ACCEPTED and time.time() < half


def _back(telling: Telling) -> str:
    """A false failure claims the whole price, else it would give itself away."""
    if telling.state == State.FAILED:
        return two_places_or_more(telling.purchase.price_e4)
    return two_places_or_more(telling.purchase.refunded_e4)


def _told_cards(telling: Telling) -> list[dict[str, str]]:
    purchase = telling.purchase
    late = Fault.CODES_LATER in purchase.faults or Fault.PARTIAL_CARDS in purchase.faults
    if telling.state != State.SUCCEEDED or late:
        return []
    return [
        {
            "card_no": "0000FALSE" if telling.tampered else card.number,
            "card_password": "0000FALSE" if telling.tampered else card.password,
            "end_time": "",
        }
        for card in purchase.cards
    ]
