"""How Goofish (闲管家) signs, and writes goods and orders.

Its quirks: the signature is over the body's bytes and stands in the address, both ways; money is in
whole fen; the types of fields are checked to the letter.
"""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings

from api.doors.goods import TOPPED_UP, Ware, kind_of, names_of
from api.doors.orders import DONE, Shown
from channels.types import DoorSeat, DoorSecrets
from core.outward import Incoming, Outgoing

if TYPE_CHECKING:
    from channels.models import DoorWatch

FEN_E4 = 100
ON_SALE, OFF_SALE = 1, 2
# What a buyer's account is called there, in the order in which a SKU's own fields are filled.
ACCOUNTS = ("account", "game_role", "game_area", "game_server", "game_name")


def sign(*, door: DoorSeat, secrets: DoorSecrets, body: bytes, timestamp: str) -> str:
    parts = (
        door.app_id,
        secrets.app.reveal(),
        _md5(body),
        timestamp,
        door.merchant_id,
        secrets.merchant.reveal(),
    )
    return _md5(",".join(parts).encode())


def _md5(said: bytes) -> str:
    return hashlib.md5(said).hexdigest()  # noqa: S324 -- the protocol's signature


def fen_up(amount_e4: int) -> int:
    """A price: never less than it costs."""
    return -(-amount_e4 // FEN_E4)


def fen_down(amount_e4: int) -> int:
    """A balance: never more than there is."""
    return amount_e4 // FEN_E4


def goods(ware: Ware) -> dict[str, Any]:
    told = {
        "goods_no": ware.ref,
        "goods_type": ware.kind,
        "goods_name": ware.title,
        "price": fen_up(ware.price_e4),
        "stock": ware.stock,
        "status": ON_SALE,
        "update_time": int(ware.sku.product.changed_at.timestamp()),
    }
    return told | ({"template": _template(ware)} if ware.kind == TOPPED_UP else {})


def _template(ware: Ware) -> list[dict[str, Any]]:
    names = names_of(ware.keys, others=ACCOUNTS)
    return [
        {"code": names[one["key"]], "name": one["label"], "check": int(one["required"])}
        for one in ware.fields
    ]


def order(one: Shown) -> dict[str, Any]:
    cards = one.cards if one.status == DONE else ()
    return {
        "order_type": one.kind,
        "order_no": one.order_no,
        "out_order_no": one.number,
        "order_status": one.status,
        "order_amount": fen_up(one.cost_e4),
        "goods_no": one.sku_ref,
        "goods_name": one.title,
        "buy_quantity": one.quantity,
        "order_time": int(one.placed_at.timestamp()),
        "end_time": int(one.ended_at.timestamp()) if one.ended_at else 0,
        "card_items": [
            {
                "card_no": card.card_no.reveal() if card.card_no else "",
                "card_pwd": card.code.reveal() if card.code else "",
            }
            for card in cards
        ],
        "ticket_items": [],
        "remark": one.reason,
    }


def news(ware: Ware | None) -> str:
    """What is told anew when it is not this any more."""
    return "off" if ware is None else f"{ware.price_e4}|{ware.stock}"


def order_news(door: DoorSeat, url: str, one: Shown, *, now: datetime) -> Outgoing:
    """An order's end, as the platform is called back with it."""
    names = ("order_type", "order_no", "out_order_no", "order_status", "end_time", "card_items",
             "ticket_items", "remark")  # fmt: skip
    told = order(one)
    return _post(url, {name: told[name] for name in names}, door, now=now)


def goods_news(
    door: DoorSeat, watch: "DoorWatch", ware: Ware | None, *, now: datetime
) -> Outgoing | None:
    item = {
        "goods_no": watch.sku.ref,
        "goods_type": kind_of(watch.sku.kind),
        "price": fen_up(watch.sku.price_e4 if ware is None else ware.price_e4),
        "stock": 0 if ware is None else ware.stock,
        "status": OFF_SALE if ware is None else ON_SALE,
        "change_time": int(now.timestamp()),
    }
    return _post(watch.notify_url, {"items": [item]}, door, now=now)


def is_heard(incoming: Incoming) -> bool:
    """`{"code": 0}` and nothing else."""
    try:
        said = json.loads(incoming.body)
    except (ValueError, RecursionError):
        return False
    return 200 <= incoming.status < 300 and isinstance(said, dict) and said.get("code") == 0


def _post(url: str, told: dict[str, Any], door: DoorSeat, *, now: datetime) -> Outgoing:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    at = str(int(now.timestamp()))
    query = {
        "mch_id": door.merchant_id,
        "timestamp": at,
        "sign": sign(door=door, secrets=door.secrets[0], body=body, timestamp=at),
    }
    return Outgoing(
        method="POST",
        url=f"{url}{'&' if '?' in url else '?'}{urlencode(query)}",
        body=body,
        headers={"Content-Type": "application/json"},
        may_stay_home=settings.SUPPLIERS_MAY_BE_LOCAL,
    )
