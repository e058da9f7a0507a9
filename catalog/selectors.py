"""What is on the shelf, and for how much. A shopper sees only what `_on_shelf` lets through."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from catalog.errors import NotForSale
from catalog.models import Brand, Category, PastTerms, Picture, Product, Sku, Terms
from catalog.states import CONNECTED, ProductState
from catalog.types import BuyerField
from core.kept import Kept
from core.rows import fetch_with
from core.scope import require_tenant

MOST_FOUND = 60
MOST_SEARCHED = 50
ALIKE = 0.4
_brands: Kept[str] = Kept(most=10_000, at_least=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category and what stands on it, each product with its SKUs in `skus.all()`."""

    category: Category
    products: list[Product]


def shop_home(*, now: datetime) -> list[Shelf]:
    """All shelves of the home page that are not empty, in order. Two queries."""
    shelves: dict[Category, list[Product]] = {}
    shown = _with_skus(_on_shelf(now)).filter(category__is_shown=True)
    for product in shown.order_by(
        "category__position", "category_id", "position", "id"
    ).select_related("brand", "category"):
        shelves.setdefault(product.category, []).append(product)
    return [Shelf(category=category, products=found) for category, found in shelves.items()]


def find_on_sale(*, ref: str, now: datetime) -> Product | None:
    """A product on the shelf, with its SKUs on sale in `product.skus.all()`. Two queries."""
    return _with_skus(_on_shelf(now)).filter(ref=ref).select_related("brand", "category").first()


def search_on_sale(*, text: str, now: datetime) -> list[Product]:
    """Products whose name, brand or other names have every word of `text`; the same name first.

    When none has them, those that look alike: a slip of the finger still finds its product. The
    tenant narrows first (a shop has hundreds of products), because under row-level security a
    trigram index is not used: LIKE is not leak-proof.
    """
    text = " ".join(text.lower().replace("\0", "").split())[:MOST_SEARCHED]
    if not text:
        return []
    shown = _with_skus(_on_shelf(now)).select_related("brand", "category")
    every_word = Q()
    for word in text.split():
        every_word &= Q(search__contains=word)
    found: list[Product] = list(
        shown.filter(every_word)
        .alias(nearness=_nearness(text))
        .order_by("nearness", "position", "id")[:MOST_FOUND]
    )
    if found:
        return found
    alike = shown.alias(likeness=TrigramWordSimilarity(text, "search"))
    return list(alike.filter(likeness__gte=ALIKE).order_by("-likeness", "id")[:MOST_FOUND])


def find_products(*, text: str, most: int) -> list[Product]:
    """On sale or not: by ref, its own or a SKU's, or by every word of name, brand, other names."""
    text = " ".join(text.lower().split())[:MOST_SEARCHED]
    every_word = Q(pk__isnull=False)
    for word in text.split():
        every_word &= Q(search__contains=word)
    refs = Q(ref__iexact=text) | Q(pk__in=Sku.objects.filter(_is_sku(text)).values("product_id"))
    found = Product.objects.filter(every_word | refs).select_related("brand")
    return list(found.alias(nearness=_nearness(text)).order_by("nearness", "position", "id")[:most])


def _is_sku(text: str) -> Q:
    return Q(ref__iexact=text) | Q(name__icontains=text) | Q(name_en__icontains=text)


def _nearness(text: str) -> Case:
    return Case(
        When(Q(name__iexact=text) | Q(name_en__iexact=text), then=Value(0)),
        When(Q(brand__name__iexact=text) | Q(brand__name_en__iexact=text), then=Value(1)),
        When(search__startswith=text, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def get_sku(*, sku_id: int) -> Sku:
    return Sku.objects.select_related("product", "buyer_template").get(pk=sku_id)


def find_sku_ref(*, sku_id: int) -> str | None:
    """The number that others know the SKU by, on sale or not."""
    return Sku.objects.filter(pk=sku_id).values_list("ref", flat=True).first()


_FOR_SALE = """own.ref = %s AND own.is_on_sale AND own.kind = ANY(%s)
    AND above.state = 'published' AND (above.unpublish_at IS NULL OR above.unpublish_at > %s)"""


def get_sku_for_sale(*, sku_ref: str, now: datetime) -> Sku:
    """A SKU that may be sold now, with its product's names; raises NotForSale."""
    given = (sku_ref, sorted(CONNECTED), now)
    found = fetch_with(Sku, "product", _FOR_SALE, *given, only=("name", "name_en", "brand"))
    if not found:
        raise NotForSale(_("This is not on sale any more. Look at what else is there."))
    return found[0]


def get_brand_name(*, brand_id: int) -> str:
    """A minute old at most: orders ask for it, and it hardly ever changes."""

    def ask() -> str:
        return str(Brand.objects.values_list("name", flat=True).get(pk=brand_id))

    return _brands.get((require_tenant(), brand_id), ask)


def skus_for_sale(*, now: datetime) -> QuerySet[Sku]:
    """Every SKU that may be sold now, with its product, the newest first."""
    is_there = Q(product__unpublish_at=None) | Q(product__unpublish_at__gt=now)
    found = _skus_on_sale().filter(is_there, product__state=ProductState.PUBLISHED)
    return found.select_related("product__brand", "buyer_template").order_by("-pk")


def terms_at(*, products: Iterable[Product], moment: datetime) -> dict[int, Terms]:
    """What each product's buyer was told at that moment, by the product's id. One query."""
    found = {product.pk: product for product in products}
    past = PastTerms.objects.filter(product_id__in=list(found), until__gt=moment)
    first = past.order_by("product_id", "until", "pk").distinct("product_id")
    return {**found, **{terms.product_id: terms for terms in first}}


def get_picture(*, picture_hash: str) -> Picture:
    return Picture.objects.get(hash=picture_hash)


def buyer_fields(sku: Sku) -> list[BuyerField]:
    """What the shopper must give for this SKU, in order."""
    if sku.buyer_template is None:
        return []
    return [BuyerField.from_json(field) for field in sku.buyer_template.fields]


def skus_named(*, sku_ids: Iterable[int]) -> QuerySet[Sku]:
    """These SKUs with their products, on sale or not: for reports of what was."""
    return Sku.objects.select_related("product").filter(pk__in=list(sku_ids))


def sku_ids(*, refs: Collection[str]) -> dict[str, int]:
    """By the numbers that others know SKUs by, on sale or not."""
    return dict(Sku.objects.filter(ref__in=refs).values_list("ref", "pk"))


def sku_ids_of_brand(*, brand_id: int) -> list[int]:
    """Of all its products, on sale or not."""
    return list(Sku.objects.filter(product__brand_id=brand_id).values_list("pk", flat=True))


def skus_in_order() -> QuerySet[Sku]:
    """Every SKU with its product, as the back office lists them."""
    in_order = ("product__position", "product_id", "position", "id")
    return Sku.objects.select_related("product").order_by(*in_order)


def due_schedules(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, product) whose moment on or off the shelf has come: for the sweeper."""
    coming = Q(publish_at__lte=now) & ~Q(state=ProductState.PUBLISHED)
    going = Q(unpublish_at__lte=now, state=ProductState.PUBLISHED)
    due = Product.objects.using("ops").filter(coming | going).order_by("id")
    return list(due.values_list("tenant_id", "pk")[:limit])


def _on_shelf(now: datetime) -> QuerySet[Product]:
    """Published, not past the moment it leaves (the sweeper may be a second late), not empty."""
    sold = _skus_on_sale().filter(product=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    return Product.objects.filter(
        Q(unpublish_at=None) | Q(unpublish_at__gt=now), Exists(sold), state=ProductState.PUBLISHED
    )


def _skus_on_sale() -> QuerySet[Sku]:
    return Sku.objects.filter(is_on_sale=True, kind__in=CONNECTED)


def _with_skus(products: QuerySet[Product]) -> QuerySet[Product]:
    skus = _skus_on_sale().select_related("buyer_template")
    return products.prefetch_related(Prefetch("skus", queryset=skus))
