"""A product's life. `_move` writes `Product.state`, and of many at once `many._move_many`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.errors import NoSource
from catalog.models import Brand, Category, Picture, Product, ProductMove, Sku
from catalog.services._cleaning import check_row, clean_html, only_known
from catalog.services.wording import keep_past_terms, search_text, terms_of
from catalog.states import CONNECTED, MOVES, ProductState
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotFound
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from tenants import audit

PRODUCT_FIELDS = (
    "name", "name_en", "aliases", "brand_id", "category_id", "summary", "summary_en", "body",
    "body_en", "what_arrives", "what_arrives_en", "where_works", "where_works_en", "refund_rule",
    "refund_rule_en", "how_to_use", "how_to_use_en", "redeem_url", "picture", "position",
)  # fmt: skip
MOST_AT_ONCE = 500
_KEPT = ("id", "pk", "ref", "state", "publish_at", "unpublish_at")


@tenant_atomic
def create_product(*, given: Mapping[str, Any], by: Actor, now: datetime, ref: str = "") -> Product:
    """A draft; `given` holds names from PRODUCT_FIELDS, at least name, brand_id and category_id.

    `ref`: the number that it has elsewhere and is to have here.
    """
    product = Product(ref=ref or new_ref(), made_at=now)
    _fill(product, given, now=now)
    product.save(force_insert=True)
    _remember(product, "", ProductState.DRAFT, by=by, reason="created", now=now)
    _audit("product.created", product, by=by, now=now)
    return product


@tenant_atomic
def change_product(
    *, product_id: int, given: Mapping[str, Any], by: Actor, now: datetime
) -> Product:
    """Change what is said of a product; `given` holds names from PRODUCT_FIELDS.

    The terms that its buyers so far were told are kept for their orders.
    """
    product = locked_product(product_id)
    was = terms_of(product)
    _fill(product, given, now=now)
    product.save()
    keep_past_terms(product, was=was, now=now)
    _audit("product.changed", product, by=by, now=now, fields=",".join(sorted(given))[:200])
    return product


@tenant_atomic
def publish(*, product_id: int, by: Actor, now: datetime) -> Product:
    """Put it on the shelf; raises NoSource when what it offers could not be delivered.

    A second call for a product on the shelf returns it unchanged.
    """
    product = locked_product(product_id)
    if product.state == ProductState.PUBLISHED:
        return product
    check_sources(product)
    product.publish_at = None
    if product.unpublish_at and product.unpublish_at <= now:
        product.unpublish_at = None
    product.save(update_fields=["publish_at", "unpublish_at"])
    _move(product, ProductState.PUBLISHED, by=by, reason="published", now=now)
    _audit("product.published", product, by=by, now=now)
    return product


@tenant_atomic
def unpublish(*, product_id: int, by: Actor, now: datetime) -> Product:
    """Take it off the shelf; orders already placed go their way."""
    product = locked_product(product_id)
    if product.state != ProductState.PUBLISHED:
        return product
    product.unpublish_at = None
    product.save(update_fields=["unpublish_at"])
    _move(product, ProductState.UNPUBLISHED, by=by, reason="unpublished", now=now)
    _audit("product.unpublished", product, by=by, now=now)
    return product


@tenant_atomic
def schedule(
    *,
    product_id: int,
    publish_at: datetime | None,
    unpublish_at: datetime | None,
    by: Actor,
    now: datetime,
) -> Product:
    """Say when it comes on the shelf and when it leaves; None for either means no such moment."""
    product = locked_product(product_id)
    for moment, name in ((publish_at, "publish_at"), (unpublish_at, "unpublish_at")):
        if moment and moment <= now:
            raise InvalidInput(_("This moment is past."), param=name)
    if publish_at and unpublish_at and unpublish_at <= publish_at:
        raise InvalidInput(_("It cannot leave the shelf before it came."), param="unpublish_at")
    if publish_at and product.state == ProductState.PUBLISHED:
        raise InvalidInput(_("It is on the shelf already."), param="publish_at")
    if publish_at:
        check_sources(product)
    product.publish_at, product.unpublish_at = publish_at, unpublish_at
    product.save(update_fields=["publish_at", "unpublish_at"])
    _audit("product.scheduled", product, by=by, now=now)
    return product


@tenant_atomic
def follow_schedule(*, product_id: int, now: datetime) -> None:
    """Do what the schedule says is due; a second call finds nothing due.

    A product that meanwhile lost its source stays off the shelf: its history says why.
    """
    product = locked_product(product_id)
    is_out = product.state == ProductState.PUBLISHED
    if is_out and product.unpublish_at and product.unpublish_at <= now:
        unpublish(product_id=product_id, by=SYSTEM, now=now)
    elif not is_out and product.publish_at and product.publish_at <= now:
        try:
            publish(product_id=product_id, by=SYSTEM, now=now)
        except NoSource:
            product.publish_at = None
            product.save(update_fields=["publish_at"])
            state = ProductState(product.state)
            _remember(product, state, state, by=SYSTEM, reason="no_source", now=now)


@tenant_atomic
def copy_product(*, product_id: int, by: Actor, now: datetime) -> Product:
    """A draft with the same words, prices and SKUs; no stock and no history goes with it."""
    original = Product.objects.select_related("brand").get(pk=product_id)
    kept = {
        field.attname: getattr(original, field.attname)
        for field in Product._meta.concrete_fields
        if field.attname not in _KEPT
    }
    copy = Product(**kept | {"ref": new_ref(), "made_at": now, "changed_at": now})
    copy.name = _("%(name)s (copy)") % {"name": original.name[:60]}
    copy.search = search_text(copy)
    copy.save(force_insert=True)
    Sku.objects.bulk_create(_copied(sku, copy) for sku in original.skus.all())
    _remember(copy, "", ProductState.DRAFT, by=by, reason="copied", now=now)
    _audit("product.copied", copy, by=by, now=now, original=original.ref)
    return copy


@tenant_atomic
def sort(*, product_ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Have these products stand in this order."""
    products = Product.objects.in_bulk(_some(product_ids))
    moved = [products[pk] for pk in product_ids if pk in products]
    for position, product in enumerate(moved, start=1):
        product.position = position
    Product.objects.bulk_update(moved, ["position"])
    audit.record(by=by, action="product.sorted", now=now, data={"count": len(moved)})


def check_sources(product: Product) -> None:
    """Raise NoSource when nothing is on sale of it, or something that nobody could deliver."""
    kinds = set(product.skus.filter(is_on_sale=True).values_list("kind", flat=True))
    if not kinds:
        raise NoSource(_("Nothing of it is on sale. Add a SKU and put it on sale first."))
    unconnected = sorted(kinds - CONNECTED)
    if unconnected:
        raise NoSource(
            _(
                "A SKU on sale has no source: nothing could be delivered. Take it off sale, or "
                "change its kind to one that can be delivered."
            ),
            kind=unconnected[0],
        )


def _fill(product: Product, given: Mapping[str, Any], *, now: datetime) -> None:
    fields = only_known(given, PRODUCT_FIELDS)
    for name in ("body", "body_en"):
        if name in fields:
            fields[name] = clean_html(fields[name])
    _check_links(fields)
    for name, value in fields.items():
        setattr(product, name, value)
    if not product.name:
        raise InvalidInput(_("Give it a name."), param="name")
    product.changed_at = now
    product.brand = _brand(product.brand_id)
    if not Category.objects.filter(pk=product.category_id).exists():
        raise InvalidInput(_("Choose a category."), param="category_id")
    product.search = search_text(product)
    check_row(product)


def _check_links(fields: Mapping[str, Any]) -> None:
    url = fields.get("redeem_url", "")
    if url and not url.startswith(("https://", "http://")):
        raise InvalidInput(_("Write an address that begins with https://."), param="redeem_url")
    picture = fields.get("picture", "")
    if picture and not Picture.objects.filter(hash=picture).exists():
        raise InvalidInput(_("Upload the picture first."), param="picture")


def _brand(brand_id: int | None) -> Brand:
    brand = Brand.objects.filter(pk=brand_id or 0).first()
    if brand is None:
        raise InvalidInput(_("Choose a brand."), param="brand_id")
    return brand


def _copied(sku: Sku, product: Product) -> Sku:
    kept = {
        field.attname: getattr(sku, field.attname)
        for field in Sku._meta.concrete_fields
        if field.attname not in {"id", "ref", "product_id"}
    }
    return Sku(**kept, ref=new_ref(), product=product)


def _some(product_ids: Sequence[int]) -> list[int]:
    if len(product_ids) > MOST_AT_ONCE:
        raise InvalidInput(
            _("Choose at most %(most)s products at once.") % {"most": MOST_AT_ONCE},
            param="product_ids",
        )
    return list(product_ids)


def locked_product(product_id: int) -> Product:
    product = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise NotFound
    return product


def _move(product: Product, new: ProductState, *, by: Actor, reason: str, now: datetime) -> None:
    """Move a locked product, or raise MoveRefused; the history row goes with it."""
    old = ProductState(product.state)
    check_move(MOVES, old, new)
    product.state = new
    product.save(update_fields=["state"])
    _remember(product, old, new, by=by, reason=reason, now=now)


def _remember(
    product: Product, old: str, new: str, *, by: Actor, reason: str, now: datetime
) -> None:
    ProductMove.objects.create(
        product=product, old=old, new=new, by=by.label, reason=reason, at=now
    )


def _audit(
    action: str, product: Product, *, by: Actor, now: datetime, **data: str | int | None
) -> None:
    audit.record(by=by, action=action, target=product.ref, now=now, data=data)
