"""A shelf that stands elsewhere too: told in plain words there, made or brought up to date here.

The same ref is the same thing. What is there and was not told of leaves the shelf; nothing is ever
deleted, for there may be orders.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from catalog.models import Brand, BuyerTemplate, Category, Product, Sku
from catalog.services.products import (
    PRODUCT_FIELDS,
    change_product,
    create_product,
    publish,
    unpublish,
)
from catalog.services.shelves import (
    BRAND_FIELDS,
    CATEGORY_FIELDS,
    save_brand,
    save_category,
    save_template,
)
from catalog.services.skus import SKU_FIELDS, change_sku, create_sku
from catalog.states import ProductState
from catalog.types import FormCopy, ProductCopy, SkuCopy
from core.actors import Actor
from core.scope import tenant_atomic

_OWN = frozenset({"brand_id", "category_id", "picture"})  # keys and files of one tenant
_OWN_OF_SKU = frozenset({"buyer_template_id", "code_format"})


@tenant_atomic
def tell_shelf() -> list[ProductCopy]:
    """Everything on the bound tenant's shelf."""
    found = Product.objects.filter(state=ProductState.PUBLISHED).select_related("brand", "category")
    products = found.prefetch_related("skus__buyer_template").order_by("position", "pk")
    return [_product_copy(product) for product in products]


def _product_copy(product: Product) -> ProductCopy:
    return ProductCopy(
        ref=product.ref,
        given=_told(product, set(PRODUCT_FIELDS) - _OWN),
        brand=_told(product.brand, BRAND_FIELDS),
        category=_told(product.category, CATEGORY_FIELDS),
        skus=tuple(_sku_copy(sku) for sku in product.skus.all()),
    )


def _sku_copy(sku: Sku) -> SkuCopy:
    form = sku.buyer_template
    return SkuCopy(
        ref=sku.ref,
        given=_told(sku, set(SKU_FIELDS) - _OWN_OF_SKU),
        form=FormCopy(name=form.name, name_en=form.name_en, fields=form.fields) if form else None,
    )


def _told(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in sorted(names)}


@tenant_atomic
def mirror_shelf(*, told: Sequence[ProductCopy], by: Actor, now: datetime) -> dict[str, Sku]:
    """Have all of it on the bound tenant's shelf, and nothing else; its SKUs by ref.

    What is as it was told already is left alone, so that a second time changes nothing.
    """
    mirrored = [_mirror(each, by=by, now=now) for each in told]
    others = Product.objects.filter(state=ProductState.PUBLISHED)
    for gone in others.exclude(pk__in=[product.pk for product in mirrored]):
        unpublish(product_id=gone.pk, by=by, now=now)
    found = Sku.objects.filter(product__in=mirrored).select_related("product")
    return {sku.ref: sku for sku in found}


def _mirror(told: ProductCopy, *, by: Actor, now: datetime) -> Product:
    given = dict(told.given) | {
        "brand_id": _brand(told.brand, by=by, now=now).pk,
        "category_id": _category(told.category, by=by, now=now).pk,
    }
    product = Product.objects.filter(ref=told.ref).first()
    if product is None:
        product = create_product(given=given, ref=told.ref, by=by, now=now)
    elif _differs(product, given):
        product = change_product(product_id=product.pk, given=given, by=by, now=now)
    _free_names(told)
    # What comes on sale comes first: a product on the shelf is never without.
    for sku in sorted(told.skus, key=lambda sku: not sku.given.get("is_on_sale", True)):
        _mirror_sku(product, sku, by=by, now=now)
    _take_off_others(product, told, by=by, now=now)
    if product.state != ProductState.PUBLISHED:
        publish(product_id=product.pk, by=by, now=now)
    return product


def _free_names(told: ProductCopy) -> None:
    """Two may have changed names with each other: who is renamed lets go of his first."""
    names = {sku.ref: sku.given["name"] for sku in told.skus}
    for sku in Sku.objects.filter(ref__in=list(names)):
        if sku.name != names[sku.ref]:
            Sku.objects.filter(pk=sku.pk).update(name=F("ref"))


def _mirror_sku(product: Product, told: SkuCopy, *, by: Actor, now: datetime) -> None:
    form = _form(told.form, by=by, now=now) if told.form else None
    given = dict(told.given) | {"buyer_template_id": form and form.pk}
    sku = Sku.objects.filter(ref=told.ref).first()
    if sku is None:
        create_sku(product_id=product.pk, given=given, ref=told.ref, by=by, now=now)
    elif _differs(sku, given):
        change_sku(sku_id=sku.pk, given=given, by=by, now=now)


def _take_off_others(product: Product, told: ProductCopy, *, by: Actor, now: datetime) -> None:
    kept = {sku.ref for sku in told.skus}
    for sku in product.skus.filter(is_on_sale=True).exclude(ref__in=kept):
        change_sku(sku_id=sku.pk, given={"is_on_sale": False}, by=by, now=now)


def _brand(given: Mapping[str, Any], *, by: Actor, now: datetime) -> Brand:
    found = Brand.objects.filter(name=given["name"]).first()
    if found is not None and not _differs(found, given):
        return found
    return save_brand(given=given, brand_id=found.pk if found else None, by=by, now=now)


def _category(given: Mapping[str, Any], *, by: Actor, now: datetime) -> Category:
    found = Category.objects.filter(name=given["name"]).first()
    if found is not None and not _differs(found, given):
        return found
    return save_category(given=given, category_id=found.pk if found else None, by=by, now=now)


def _form(told: FormCopy, *, by: Actor, now: datetime) -> BuyerTemplate:
    found = BuyerTemplate.objects.filter(name=told.name).first()
    if found is not None and not _differs(found, {"name_en": told.name_en, "fields": told.fields}):
        return found
    return save_template(
        name=told.name,
        name_en=told.name_en,
        fields=told.fields,
        template_id=found.pk if found else None,
        by=by,
        now=now,
    )


def _differs(row: Any, given: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in given.items())
