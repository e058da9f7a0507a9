"""What SKUs are called."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.selectors import skus_named
from catalog.states import Kind


def brands_of_skus(*, sku_ids: Collection[int]) -> dict[int, str]:
    """The brand of each, in the reader's language."""
    rows = skus_named(sku_ids=sku_ids).select_related("product__brand")
    return {sku.pk: sku.product.brand.shown.name for sku in rows}


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
