"""The two platforms, as their programs call: signed by their own reckoning, which shares no code
with ours."""

import base64
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.test import Client

from channels import services as channels
from channels.models import Partner
from channels.types import DoorTerms, NewDoor
from core.secrets import Secret
from tests.channels.factories import WANG, make_partner
from tests.times import MORNING

AGISO_SECRET = "0123456789abcdef0123456789abcdef"
GOOFISH_SECRET = "wK63PxlOBaY9NoqMksLeZySzGIW25ifA"
APP_ID = "677859093659717"
HOST = "cloud.localhost"


@dataclass
class Opened:
    """A door, its partner, and our secret for it."""

    partner: Partner
    door: NewDoor

    @property
    def secret(self) -> str:
        return self.door.merchant_secret.reveal()


def open_door(kind: str, *, hosts=(), options=None, partner=None, **terms: Any) -> Opened:
    """Within the shop's scope."""
    partner = partner or make_partner(**terms)
    given = DoorTerms(
        kind=kind,
        app_id=APP_ID,
        app_secret=Secret(AGISO_SECRET if kind == "agiso" else GOOFISH_SECRET),
        hosts=tuple(hosts),
        options=options or {},
    )
    door = channels.open_door(partner_id=partner.pk, terms=given, by=WANG, now=MORNING)
    return Opened(partner, door)


def md5(words: str | bytes) -> str:
    said = words if isinstance(words, bytes) else words.encode()
    return hashlib.md5(said).hexdigest()  # noqa: S324 -- the protocols' signature


class Agiso:
    """Calls one door; `status` and `raw` are of the last answer."""

    def __init__(self, opened: Opened, *, host: str = HOST) -> None:
        self.opened, self.client = opened, Client(headers={"host": host})
        self.status, self.raw = 0, b""

    def sign(self, fields: dict[str, Any]) -> str:
        key = AGISO_SECRET + self.opened.secret
        said = [f"{k}={'' if fields[k] is None else fields[k]}" for k in sorted(fields)]
        return md5(key + "&".join(said) + key).upper()

    def call(self, path: str, *, at: float | None = None, **fields: Any) -> Any:
        said = {"userId": self.opened.door.merchant_id, "version": "1.0"} | fields
        said["timestamp"] = int(time.time() if at is None else at)
        return self.post(path, said | {"sign": self.sign(said)})

    def post(self, path: str, body: Any) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        url = f"/door/{self.opened.door.uid}/agisoAcprSupplierApi/{path}"
        answer = self.client.post(url, text, content_type="application/json")
        self.status, self.raw = answer.status_code, answer.content
        return json.loads(answer.content)

    def buy(self, sku: Any, order_no: str = "A1", **fields: Any) -> Any:
        given = {"orderNo": order_no, "productNo": sku.ref, "buyNum": 1, "attach": ""} | fields
        return self.call("order/createPurchase", **given)


def opened_cards(text: str) -> list[dict[str, str]]:
    """As Agiso opens them."""
    cipher = Cipher(algorithms.AES(AGISO_SECRET.encode()), modes.ECB()).decryptor()  # noqa: S305 -- Agiso's
    words = cipher.update(base64.b64decode(text)) + cipher.finalize()
    found: list[dict[str, str]] = json.loads(words[: -words[-1]])
    return found


class Goofish:
    """Calls one door; `status` and `raw` are of the last answer."""

    def __init__(self, opened: Opened, *, host: str = HOST) -> None:
        self.opened, self.client = opened, Client(headers={"host": host})
        self.status, self.raw = 0, b""

    def sign(self, body: bytes, at: str) -> str:
        own = (self.opened.door.merchant_id, self.opened.secret)
        return md5(",".join([APP_ID, GOOFISH_SECRET, md5(body), at, *own]))

    def call(self, path: str, *, at: float | None = None, **fields: Any) -> Any:
        return self.post(path, json.dumps(fields, ensure_ascii=False).encode(), at=at)

    def post(self, path: str, body: bytes, *, at: float | None = None, sign: str = "") -> Any:
        stamp = str(int(time.time() if at is None else at))
        query = f"mch_id={self.opened.door.merchant_id}&timestamp={stamp}"
        url = f"/door/{self.opened.door.uid}/goofish/{path}?{query}"
        signed = f"{url}&sign={sign or self.sign(body, stamp)}"
        answer = self.client.post(signed, body, content_type="application/json")
        self.status, self.raw = answer.status_code, answer.content
        return json.loads(answer.content)

    def buy(self, sku: Any, order_no: str = "G1", **fields: Any) -> Any:
        given = {"order_no": order_no, "goods_no": sku.ref, "buy_quantity": 1} | fields
        return self.call("order/purchase/create", **given)
