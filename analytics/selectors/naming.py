"""What SKUs are called."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.selectors import skus_named
from catalog.states import Kind


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    is_stocked: bool


def names_of_skus(*, sku_ids: Collection[int]) -> dict[int, Named]:
    """Product and SKU in the reader's language."""
    return {
        sku.pk: Named(f"{sku.product.shown.name} · {sku.shown.name}", sku.kind == Kind.STOCK_CODE)
        for sku in skus_named(sku_ids=sku_ids)
    }
