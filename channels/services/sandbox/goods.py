"""A sandbox's goods: the shop's own and the magic ones, with codes and a supplier that are none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from catalog import services as catalog
from catalog.selectors import skus_for_sale
from catalog.states import BOUGHT, Kind
from catalog.types import ProductCopy
from channels.services.sandbox.magic import REFS, TEST_SUCCESS, TEST_TOPUP, magic_goods
from core.actors import Actor
from core.refs import new_ref
from core.secrets import Secret
from inventory import services as inventory
from inventory.selectors import find_content, stock_of
from inventory.types import NewBatch, NewCode, NewContent
from suppliers import services as suppliers
from suppliers.types import Part

if TYPE_CHECKING:
    from catalog.models import Sku

CODES, FEW = 200, 50
MAGIC_CODES, MAGIC_FEW = 600, 300
_COST = 10  # the tenth part of a price


def fill_shelf(shelf: Sequence[ProductCopy], *, by: Actor, now: datetime) -> "dict[str, Sku]":
    """Have the bound sandbox sell all of it and the magic goods; its SKUs by ref."""
    skus = catalog.mirror_shelf(told=[*shelf, magic_goods()], by=by, now=now)
    stock_up(list(skus.values()), by=by, now=now)
    for sku in skus.values():
        if sku.kind == Kind.REUSABLE and find_content(sku_id=sku.pk) is None:
            text = Secret(f"TEST {sku.ref}")
            inventory.set_content(given=NewContent(sku_id=sku.pk, body=text), by=by, now=now)
    suppliers.rehearse(parts=_parts(skus), by=by, now=now)
    return skus


def restock(*, by: Actor, now: datetime) -> None:
    """Codes for what the bound sandbox has few of."""
    stock_up(list(skus_for_sale(now=now)), by=by, now=now)


def stock_up(skus: "Sequence[Sku]", *, by: Actor, now: datetime) -> None:
    stocked = [sku for sku in skus if sku.kind == Kind.STOCK_CODE and sku.is_on_sale]
    left = stock_of([sku.pk for sku in stocked])
    for sku in stocked:
        most, few = (MAGIC_CODES, MAGIC_FEW) if sku.ref in REFS else (CODES, FEW)
        if left.get(sku.pk, 0) < few:
            batch = NewBatch(sku_id=sku.pk, supplier_name="TEST", cost_e4=sku.price_e4 // _COST)
            inventory.add_codes(given=batch, codes=_codes(most), by=by, now=now)


def _codes(count: int) -> list[NewCode]:
    return [NewCode(secret=Secret(f"TEST-{new_ref(16)}")) for _unused in range(count)]


def _parts(skus: "Mapping[str, Sku]") -> dict[int, Part]:
    """The magic ones play what they are called; of the shop's own codes come, and every top-up goes
    by its account."""
    return {
        sku.pk: Part(product=_product(sku), cost_e4=sku.price_e4 // _COST)
        for sku in skus.values()
        if sku.kind in BOUGHT
    }


def _product(sku: "Sku") -> str:
    if sku.ref in REFS:
        return sku.ref
    return TEST_TOPUP if sku.kind == Kind.TOP_UP else TEST_SUCCESS
