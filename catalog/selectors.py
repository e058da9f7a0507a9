"""What is on the shelf, and for how much. A shopper sees only what `_on_shelf` lets through."""

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.errors import NotForSale
from catalog.models import Product, Sku
from catalog.states import CONNECTED, ProductState
from catalog.types import BuyerField


def get_sku(*, sku_id: int) -> Sku:
    return Sku.objects.select_related("product", "buyer_template").get(pk=sku_id)


def get_sku_for_sale(*, sku_ref: str, now: datetime) -> Sku:
    """A SKU that may be sold now, with its product and buyer form; raises NotForSale."""
    found = (
        _skus_on_sale()
        .filter(ref=sku_ref, product__in=_on_shelf(now))
        .select_related("product__brand", "buyer_template")
        .first()
    )
    if found is None:
        raise NotForSale(_("This is not on sale any more. Look at what else is there."))
    return found


def find_on_sale(*, ref: str, now: datetime) -> Product | None:
    """A product on the shelf, with its SKUs on sale in `product.skus.all()`."""
    return _with_skus(_on_shelf(now)).filter(ref=ref).select_related("brand", "category").first()


def buyer_fields(sku: Sku) -> list[BuyerField]:
    """What the shopper must give for this SKU, in order."""
    if sku.buyer_template is None:
        return []
    return [BuyerField.from_json(field) for field in sku.buyer_template.fields]


def _on_shelf(now: datetime) -> QuerySet[Product]:
    """Published, and not past the moment it leaves; the sweeper's move may be a second late."""
    return Product.objects.filter(state=ProductState.PUBLISHED).filter(
        Q(unpublish_at=None) | Q(unpublish_at__gt=now)
    )


def _skus_on_sale() -> QuerySet[Sku]:
    return Sku.objects.filter(is_on_sale=True, kind__in=CONNECTED)


def _with_skus(products: QuerySet[Product]) -> QuerySet[Product]:
    skus = _skus_on_sale().select_related("buyer_template")
    return products.prefetch_related(Prefetch("skus", queryset=skus))
