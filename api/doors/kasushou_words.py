"""How Kasushou v2 (卡速售) signs, and writes goods and orders.

Its quirks: only the outer names of what is signed are sorted; a callback is signed with its slashes
escaped, a request is not; what is called back never carries cards, for its signature would not
cover them.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.timezone import localtime

from api.doors.goods import CARDS, TOPPED_UP, Ware, names_of
from api.doors.orders import DONE, FAILED, Shown
from channels.types import DoorSeat, DoorSecrets
from core.money import read_e4, write_e4
from core.outward import Incoming, Outgoing
from core.veils import unveil, veil
from orders.states import CaseState

if TYPE_CHECKING:
    from channels.models import DoorWatch, WebhookEvent
    from orders.models import Case

PROCESSING, SUCCESS, REFUNDED = 2, 3, 5
ON_SALE, PAUSED = 1, 2
DEARER, CHEAPER = 1, 2
AT_IT, SETTLED, REFUSED = 2, 3, 4  # what becomes of a complaint
OUTCOMES = {CaseState.REPLACED: SETTLED, CaseState.REFUNDED: SETTLED, CaseState.REJECTED: REFUSED}
KINDS = {CARDS: 1, TOPPED_UP: 2}  # by their numbers
ACCOUNTS = ("recharge_account",)
GOODS, CATEGORY, COMPLAINT = "goods", "category", "complaint"  # what numbers stand for


def sign(stamp: str, words: str, secrets: DoorSecrets) -> str:
    said = f"{stamp}{words}{secrets.merchant.reveal()}"
    return hashlib.sha1(said.encode()).hexdigest()  # noqa: S324 -- the protocol's signature


def compact(fields: Mapping[str, Any]) -> str:
    told = {name: fields[name] for name in sorted(fields)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def number(door: DoorSeat, row_id: int, *, of: str) -> int:
    """What a buyer knows the row by."""
    return veil(row_id, of=of) if door.options.get("numbers") == "own" else row_id


def row_of(door: DoorSeat, number: int, *, of: str) -> int:
    """The row that a buyer means; of what no number stands for, one that is not there."""
    return unveil(number, of=of) if door.options.get("numbers") == "own" else number


def goods(door: DoorSeat, ware: Ware) -> dict[str, Any]:
    return {
        "id": number(door, ware.sku.pk, of=GOODS),
        "goods_name": ware.title,
        "goods_img": "",
        "goods_type": KINDS[ware.kind],
        "face_value": write_e4(ware.sku.face_value_e4 or 0),
        "goods_price": write_e4(ware.price_e4),
        "status": ON_SALE,
        "stock_num": ware.stock,
        "can_buy": 1 if ware.stock else 0,
    }


def goods_in_full(door: DoorSeat, ware: Ware) -> dict[str, Any]:
    most = min(ware.sku.most_per_order, max(ware.stock, 1))
    return goods(door, ware) | {"start_count": 1, "end_count": most, "attach": attach(ware)}


def price_moved(
    door: DoorSeat, event: "WebhookEvent", *, sku_id: int, is_on_sale: bool
) -> dict[str, Any]:
    """`price` is what it costs since then, `price1` what it cost before, and `pricecha` between."""
    new_e4, old_e4 = read_e4(event.data["price"]), read_e4(event.data["old_price"])
    return {
        "create_time": localtime(event.at).strftime("%F %T"),
        "goods_id": number(door, sku_id, of=GOODS),
        "price": write_e4(new_e4),
        "price1": write_e4(old_e4),
        "pricecha": write_e4(abs(new_e4 - old_e4)),
        "price_type": DEARER if new_e4 > old_e4 else CHEAPER,
        "status": ON_SALE if is_on_sale else PAUSED,
    }


def attach(ware: Ware) -> list[dict[str, Any]]:
    """What a buyer is asked; the first of it may be given as the account, too."""
    names = names_of(ware.keys, others=ACCOUNTS)
    return [
        {
            "key": names[one["key"]],
            "type": "select" if one["options"] else "text",
            "name": one["label"],
            "tip": "",
            "vali": "required" if one["required"] else "",
            "options": one["options"],
        }
        for one in ware.fields
    ]


def order(one: Shown) -> dict[str, Any]:
    return {
        "ordersn": one.number,
        "external_orderno": one.order_no,
        "status": _status(one),
        "recharge_info": [],
        "recharge_hints": one.reason,
        "total_price": write_e4(one.cost_e4 + one.back_e4),
        "has_back_money": write_e4(one.back_e4),
        "card_list": [
            {
                "card_no": card.card_no.reveal() if card.card_no else "",
                "card_password": card.code.reveal() if card.code else "",
            }
            for card in one.cards
        ],
    }


def _status(one: Shown) -> int:
    return {DONE: SUCCESS, FAILED: REFUNDED}.get(one.status, PROCESSING)


def news(ware: Ware | None) -> str:
    """What is told anew when it is not this any more."""
    return "off" if ware is None else f"{ware.price_e4}|{ware.stock}"


def goods_news(
    door: DoorSeat, watch: "DoorWatch", ware: Ware | None, *, now: datetime
) -> Outgoing | None:
    """A hint that goods have changed: of all that it says its signature covers two fields only."""
    url = door.options.get("price_url", "")
    if not url:
        return None
    stamp = _stamp(now)
    covered = {"id": str(number(door, watch.sku_id, of=GOODS)), "time": stamp}
    told = {
        "goods_sku_id": "",
        "status": str(PAUSED if ware is None else ON_SALE),
        "goods_price": write_e4(watch.sku.price_e4 if ware is None else ware.price_e4),
        "stock_num": str(0 if ware is None else ware.stock),
    }
    return _post(url, covered, door, also=told)


def order_news(door: DoorSeat, url: str, one: Shown, *, now: datetime) -> Outgoing:
    """An order's end, all of it as text; its cards are to be asked for."""
    names = ("external_orderno", "ordersn", "status", "has_back_money", "total_price",
             "recharge_hints")  # fmt: skip
    told = order(one)
    said = {name: str(told[name]) for name in names} | {"time": _stamp(now)}
    return _post(url, said, door)


def complaint_news(
    door: DoorSeat, url: str, case: "Case", words: str, *, now: datetime
) -> Outgoing:
    """That the shop is at a complaint, or its end; with the shop's last words on it."""
    said = {
        "ordersn": case.order.number,
        "status": str(OUTCOMES.get(CaseState(case.state), AT_IT)),
        "content": words,
        "screenshot": "",
        "time": _stamp(now),
    }
    return _post(url, said, door)


def _stamp(now: datetime) -> str:
    return str(int(now.timestamp() * 1000))


def _post(
    url: str, said: Mapping[str, str], door: DoorSeat, *, also: Mapping[str, str] | None = None
) -> Outgoing:
    """A form with what is said, signed, and what the signature does not cover."""
    words = compact(said).replace("/", "\\/")
    form = {**said, **(also or {}), "sign": sign(said["time"], words, door.secrets[0])}
    return Outgoing(
        method="POST",
        url=url,
        body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        may_stay_home=settings.SUPPLIERS_MAY_BE_LOCAL,
    )


def is_heard(incoming: Incoming) -> bool:
    return 200 <= incoming.status < 300 and incoming.body.strip().lower() == b"ok"
