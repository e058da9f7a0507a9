"""How Agiso's supplier protocol signs, enciphers cards, and writes goods and orders.

Its quirks: empty fields are signed too; cards are a text of their own, enciphered with the app
secret or only wrapped; one secret signs and enciphers.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings

from api.doors.goods import Ware
from api.doors.orders import FAILED, Shown
from api.shapes import UnitShown
from channels.types import DoorSeat, DoorSecrets
from core.money import E4, write_e4
from core.outward import Incoming, Outgoing
from core.secrets import Secret

if TYPE_CHECKING:
    from channels.models import DoorWatch

VERSION = "1.0"
SYNC, ASYNC = 1, 2
BLOCK = 128
ORDER = frozenset({
    "account", "attach", "buyNum", "callbackUrl", "maxAmount", "orderNo", "productNo", "timestamp",
    "userId", "version",
})  # fmt: skip


def sign(fields: Mapping[str, Any], secrets: DoorSecrets) -> str:
    key = secrets.app.reveal() + secrets.merchant.reveal()
    words = "&".join(f"{name}={_plain(fields[name])}" for name in sorted(fields) if name != "sign")
    return hashlib.md5(f"{key}{words}{key}".encode()).hexdigest().upper()  # noqa: S324 -- the protocol's signature


def is_plain(fields: Mapping[str, Any]) -> bool:
    """Whether what is signed can be read in this one way only.

    Nothing is escaped in it: a limit that is written into the field before it is signed alike, and
    is a limit no more.
    """
    missing = [f"&{name}=" for name in ORDER - fields.keys()]
    said = [str(value) for value in fields.values()]
    return all("&" not in name and "=" not in name for name in fields) and not any(
        each in value for each in missing for value in said
    )


def signed(fields: Mapping[str, Any], secrets: DoorSecrets) -> dict[str, Any]:
    return {**fields, "sign": sign(fields, secrets)}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_number(amount_e4: int) -> int | float:
    """For the wire only, where the protocol wants a number: of so few digits a float is exact in
    what it prints, and nothing is reckoned with it."""
    return amount_e4 // E4 if amount_e4 % E4 == 0 else amount_e4 / E4


def product(ware: Ware) -> dict[str, Any]:
    return {
        "productNo": ware.ref,
        "productTitle": ware.title,
        "productCost": as_number(ware.price_e4),
        "productType": ware.kind,
        "disableSaleChannels": None,
    }


def news(ware: Ware | None) -> str:
    """What is told anew when it is not this any more: of prices only."""
    return "" if ware is None else str(ware.price_e4)


def template(ware: Ware) -> dict[str, Any]:
    return {
        "productNo": ware.ref,
        "apiType": SYNC if ware.is_at_once else ASYNC,
        "productTitle": ware.title,
        "productType": ware.kind,
        "productCost": as_number(ware.price_e4),
        "attach": [
            {"name": one["key"], "title": one["label"], "inputCheck": int(one["required"])}
            for one in ware.fields
        ],
    }


def order(one: Shown, door: DoorSeat) -> dict[str, Any]:
    has_failed = one.status == FAILED
    return {
        "orderNo": one.order_no,
        "outTradeNo": one.number,
        "orderStatus": one.status,
        "failCode": 1 if has_failed else 0,
        "failReason": one.reason,
        "orderCost": as_number(one.cost_e4),
        "cards": cards(one.cards, door) if one.cards else "",
    }


def cards(units: tuple[UnitShown, ...], door: DoorSeat) -> str:
    listed = [
        {
            "cardNo": unit.card_no.reveal() if unit.card_no else "",
            "cardPwd": unit.code.reveal() if unit.code else "",
            "expireTime": f"{unit.expires_on} 23:59:59" if unit.expires_on else "",
        }
        for unit in units
    ]
    words = json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
    if door.options.get("cards", "aes") == "aes":
        words = encipher(words, key=door.secrets[0].app)
    return base64.b64encode(words).decode()


def encipher(words: bytes, *, key: Secret) -> bytes:
    padder = PKCS7(BLOCK).padder()
    cipher = Cipher(algorithms.AES(key.reveal().encode()), modes.ECB()).encryptor()  # noqa: S305 -- the protocol's mode
    return cipher.update(padder.update(words) + padder.finalize()) + cipher.finalize()


def order_news(door: DoorSeat, url: str, one: Shown, *, now: datetime) -> Outgoing:
    """An order's end, as the platform is called back with it."""
    return _post(url, order(one, door) | _stamped(door, now), door)


def goods_news(
    door: DoorSeat, watch: "DoorWatch", ware: Ware | None, *, now: datetime
) -> Outgoing | None:
    """A price that has changed; of what is not sold any more there is none."""
    url = door.options.get("price_url", "")
    if ware is None or not url:
        return None
    told = {
        "supplierAccountGuid": watch.who,
        "productNo": ware.ref,
        "productCost": write_e4(ware.price_e4),
        "priceVer": int(now.timestamp()),
        "timestamp": int(now.timestamp()),
    }
    return _post(url, told, door)


def is_heard(incoming: Incoming) -> bool:
    """Any 2xx, unless its body says otherwise."""
    if not 200 <= incoming.status < 300:
        return False
    try:
        said = json.loads(incoming.body)
    except (ValueError, RecursionError):
        return True
    return not isinstance(said, dict) or said.get("code", 200) in {0, 200, "0", "200"}


def _stamped(door: DoorSeat, now: datetime) -> dict[str, Any]:
    at = int(now.timestamp())
    return {"userId": door.merchant_id, "timestamp": at, "version": VERSION}


def _post(url: str, told: dict[str, Any], door: DoorSeat) -> Outgoing:
    body = json.dumps(signed(told, door.secrets[0]), ensure_ascii=False, separators=(",", ":"))
    return Outgoing(
        method="POST",
        url=url,
        body=body.encode(),
        headers={"Content-Type": "application/json"},
        may_stay_home=settings.SUPPLIERS_MAY_BE_LOCAL,
    )
