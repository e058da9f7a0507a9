"""Categories, brands and buyer forms."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from catalog.errors import InUse, NameTaken
from catalog.models import Brand, BuyerTemplate, Category, Product
from catalog.services._cleaning import check_row, only_known
from catalog.services.wording import search_text
from catalog.types import BuyerField, FieldKind
from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from tenants import audit

CATEGORY_FIELDS = ("name", "name_en", "icon", "position", "is_shown")
BRAND_FIELDS = ("name", "name_en", "glyph", "tile_from", "tile_to")
MOST_FIELDS = 8
MOST_OPTIONS = 60
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,29}$")
_COLOUR = re.compile(r"^#[0-9a-f]{6}$")

Row = TypeVar("Row", Category, Brand, BuyerTemplate)


@tenant_atomic
def save_category(
    *, given: Mapping[str, Any], by: Actor, now: datetime, category_id: int | None = None
) -> Category:
    """Make a category, or change the one named; raises NameTaken."""
    category = Category.objects.get(pk=category_id) if category_id else Category()
    return _saved(category, only_known(given, CATEGORY_FIELDS), by=by, now=now)


@tenant_atomic
def save_brand(
    *, given: Mapping[str, Any], by: Actor, now: datetime, brand_id: int | None = None
) -> Brand:
    """Make a brand, or change the one named; its products are found by its new name at once."""
    brand = Brand.objects.get(pk=brand_id) if brand_id else Brand()
    fields = only_known(given, BRAND_FIELDS)
    for name in ("tile_from", "tile_to"):
        if name in fields and not _COLOUR.match(str(fields[name]).lower()):
            raise InvalidInput(_("Write a colour such as #12b886."), param=name)
        if name in fields:
            fields[name] = str(fields[name]).lower()
    _saved(brand, fields, by=by, now=now)
    products = list(Product.objects.filter(brand=brand).select_related("brand"))
    for product in products:
        product.search = search_text(product)
    Product.objects.bulk_update(products, ["search"])
    return brand


@tenant_atomic
def save_template(
    *,
    name: str,
    fields: Sequence[Mapping[str, Any]],
    by: Actor,
    now: datetime,
    name_en: str = "",
    template_id: int | None = None,
) -> BuyerTemplate:
    """Make a buyer form, or change the one named; an order keeps what it was asked."""
    template = BuyerTemplate.objects.get(pk=template_id) if template_id else BuyerTemplate()
    given = {"name": name, "name_en": name_en, "fields": _checked_fields(fields)}
    return _saved(template, only_known(given, given), by=by, now=now)


@tenant_atomic
def delete_shelf(*, row: Category | Brand | BuyerTemplate, by: Actor, now: datetime) -> None:
    """Drop a category, brand or form that nothing uses; raises InUse."""
    label = f"{row._meta.model_name} {row.pk}"
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, IntegrityError):
        raise InUse(_("Products use it. Move them first, then delete it.")) from None
    audit.record(by=by, action="catalog.deleted", target=label, now=now)


def _saved(row: Row, fields: Mapping[str, Any], *, by: Actor, now: datetime) -> Row:
    for name, value in fields.items():
        setattr(row, name, value)
    check_row(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NameTaken(_("This name is taken."), param="name") from None
    target = f"{row._meta.model_name} {row.pk}"
    audit.record(by=by, action="catalog.saved", target=target, now=now, data={"name": str(row)})
    return row


def _checked_fields(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not 1 <= len(given) <= MOST_FIELDS:
        raise InvalidInput(
            _("A buyer form asks for one to %(most)s things.") % {"most": MOST_FIELDS},
            param="fields",
        )
    fields = [_checked_field(one) for one in given]
    if len({field.key for field in fields}) != len(fields):
        raise InvalidInput(_("Two fields have the same key."), param="fields")
    return [field.as_json() for field in fields]


def _checked_field(given: Mapping[str, Any]) -> BuyerField:
    try:
        field = BuyerField.from_json(given)
    except (KeyError, TypeError, ValueError):
        raise InvalidInput(_("A field lacks its kind, key or label."), param="fields") from None
    has_options = 1 <= len(field.options) <= MOST_OPTIONS
    if not _KEY.match(field.key) or not 1 <= len(field.label) <= 40:
        raise InvalidInput(
            _("A field's key is a short English word, its label has up to 40 characters."),
            param="fields",
        )
    if (field.kind is FieldKind.REGION) != has_options:
        raise InvalidInput(_("A choice, and only a choice, lists its options."), param="fields")
    return field
