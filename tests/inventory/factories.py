"""Stock with boring defaults; call them inside the shop's scope."""

from datetime import date, datetime
from itertools import count
from typing import Any

from catalog.models import Sku
from core.actors import SYSTEM
from core.secrets import Secret
from inventory import services as inventory
from inventory.models import Batch, Code, Content
from inventory.types import HoldRequest, NewBatch, NewCode, NewContent
from tests.catalog.factories import make_sku
from tests.times import MORNING, NOON

__all__ = ["a_hold", "make_batch", "make_codes", "make_content", "make_sku", "texts"]

_numbers = count(1)


def texts(n: int) -> list[NewCode]:
    return [NewCode(secret=Secret(f"SECRET-{next(_numbers):08d}")) for _ in range(n)]


def make_codes(sku: Sku, n: int, *, expires_on: date | None = None) -> list[Code]:
    """`n` codes of one batch."""
    batch = make_batch(sku, n, expires_on=expires_on)
    return list(Code.objects.filter(batch=batch).order_by("pk"))


def make_batch(sku: Sku, n: int, *, expires_on: date | None = None) -> Batch:
    given = NewBatch(sku_id=sku.pk, expires_on=expires_on, cost_e4=50_000)
    added = inventory.add_codes(given=given, codes=texts(n), by=SYSTEM, now=MORNING)
    return Batch.objects.get(pk=added.batch_id)


def make_content(sku: Sku, *, text: str = "Group 12345", **fields: Any) -> Content:
    given = NewContent(sku_id=sku.pk, body=Secret(text), **fields)
    return inventory.set_content(given=given, by=SYSTEM, now=MORNING)


def a_hold(sku: Sku, *, item_id: int = 1, quantity: int = 1, **fields: object) -> HoldRequest:
    given: dict[str, object] = {"buyer_key": "anna", "until": NOON} | fields
    return HoldRequest(sku_id=sku.pk, quantity=quantity, item_id=item_id, **given)  # type: ignore[arg-type]


def hold_until(sku: Sku, until: datetime, *, item_id: int = 1, quantity: int = 1) -> None:
    inventory.reserve(
        request=a_hold(sku, item_id=item_id, quantity=quantity, until=until), now=MORNING
    )
