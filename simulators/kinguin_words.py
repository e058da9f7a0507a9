"""What Kinguin says of orders, keys and goods; amounts are JSON numbers."""

import hashlib
import time
import zlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from simulators.money import UNIT
from simulators.records import Product, Purchase, State

STATUSES = {
    State.ACCEPTED: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "canceled",
    State.REFUNDED: "refunded",
}
RELEASED = "2020-10-07"
PICTURE = b"\x89PNG\r\n\x1a\n"
T = TypeVar("T")


def order_of(purchase: Purchase, product: Product, *, with_keys: bool = True) -> dict[str, Any]:
    requested_e4 = int(purchase.details["requested_e4"])
    line = {
        **_names(product),
        "qty": purchase.quantity,
        "price": amount(purchase.price_e4 // purchase.quantity),
        "totalPrice": amount(purchase.price_e4),
        "requestPrice": amount(requested_e4),
        "isPreorder": False,
        "releaseDate": RELEASED,
        "keyType": purchase.details["key_type"],
    }
    if with_keys:
        line["keys"] = key_states(purchase)
    return {
        "totalPrice": amount(purchase.price_e4),
        "requestTotalPrice": amount(requested_e4 * purchase.quantity),
        "paymentPrice": amount(purchase.price_e4),
        "status": STATUSES[purchase.state],
        "userEmail": f"{purchase.account}@kinguin.example",
        "storeId": 1,
        "createdAt": clock(purchase.created_at),
        "orderId": purchase.ref,
        "orderExternalId": purchase.client_no,
        "products": [line],
        "totalQty": purchase.quantity,
        "isPreorder": False,
    }


def key_states(purchase: Purchase) -> list[dict[str, str]]:
    return [
        {"id": _key_id(purchase, place), "status": _key_status(purchase, place)}
        for place in range(purchase.quantity)
    ]


def keys_of(purchase: Purchase, product: Product) -> list[dict[str, Any]]:
    cards = purchase.cards if purchase.state == State.SUCCEEDED else ()
    return [
        {
            "id": _key_id(purchase, place),
            **_serial(card.password, as_picture=_is_picture(purchase, place)),
            **_names(product),
        }
        for place, card in enumerate(cards)
    ]


def product_of(product: Product) -> dict[str, Any]:
    offer = {
        "name": product.name,
        "offerId": offer_of(product),
        "price": amount(product.price_e4),
        "qty": product.stock,
        "textQty": product.stock,
        "merchantName": "KinguinHK",
        "isPreorder": False,
        "releaseDate": RELEASED,
    }
    return {
        **stock_of(product),
        "name": product.name,
        "originalName": product.name,
        "platform": "PC Steam",
        "regionId": 3,
        "releaseDate": RELEASED,
        "price": amount(product.price_e4),
        "isPreorder": False,
        "offers": [offer],
        "offersCount": 1,
        "totalQty": product.stock,
        "merchantName": ["KinguinHK"],
    }


def stock_of(product: Product) -> dict[str, Any]:
    """All that the webhook tells of a product."""
    return {
        "kinguinId": kinguin_id(product),
        "productId": product.id,
        "qty": product.stock,
        "textQty": product.stock,
        "cheapestOfferId": [offer_of(product)],
        "updatedAt": clock(time.time(), timespec="milliseconds"),
    }


def kinguin_id(product: Product) -> int:
    """The number by which the first version of their API knows a product."""
    return int(product.id) if product.id.isdecimal() else zlib.crc32(product.id.encode())


def offer_of(product: Product) -> str:
    return _hex("offer", product.id)


def amount(amount_e4: int) -> float:
    return amount_e4 / UNIT


def clock(moment: float, *, timespec: str = "seconds") -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec=timespec)


def page_of(listed: Sequence[T], *, page: int, limit: int) -> Sequence[T]:
    return listed[(page - 1) * limit : page * limit]


def _names(product: Product) -> dict[str, Any]:
    return {
        "kinguinId": kinguin_id(product),
        "offerId": offer_of(product),
        "productId": product.id,
        "name": product.name,
    }


def _key_status(purchase: Purchase, place: int) -> str:
    if purchase.state == State.ACCEPTED:
        return "PROCESSING" if purchase.asks else "PENDING"
    if purchase.state == State.SUCCEEDED:
        return "DELIVERED" if place < len(purchase.cards) else "PROCESSING"
    return "CANCELED" if purchase.state == State.FAILED else "REFUNDED"


def _is_picture(purchase: Purchase, place: int) -> bool:
    """Who did not ask for text gets whatever there is: here a picture first, then by turns."""
    return purchase.details["key_type"] != "text" and place % 2 == 0


def _serial(serial: str, *, as_picture: bool) -> dict[str, str]:
    if not as_picture:
        return {"serial": serial, "type": "text/plain"}
    return {"serial": b64encode(PICTURE + serial.encode()).decode(), "type": "image/png"}


def _key_id(purchase: Purchase, place: int) -> str:
    return _hex("key", purchase.ref, str(place))


def _hex(*parts: str) -> str:
    """As long as the ids of their database."""
    return hashlib.sha256(":".join(parts).encode()).hexdigest()[:24]
