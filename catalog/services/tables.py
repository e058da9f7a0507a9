"""The catalog as a small table, a SKU a line: taken out, edited in a spreadsheet, brought back."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.errors import TableRefused
from catalog.models import Brand, Category, Product, Sku
from catalog.selectors import skus_in_order
from catalog.services._columns import (
    COLUMNS,
    COST,
    OF_BRAND,
    OF_CATEGORY,
    OF_PRODUCT,
    OF_SKU,
    PRODUCT,
    SKU,
    Head,
    read_head,
    reason_of,
)
from catalog.services._sheets import read_rows, write_csv, write_xlsx
from catalog.services.products import change_product, create_product
from catalog.services.shelves import save_brand, save_category
from catalog.services.skus import change_sku, create_sku
from catalog.types import TableLine, TableReport
from core.actors import Actor
from core.errors import AppError, InvalidInput, fields_called
from core.money import Money
from core.scope import tenant_atomic
from tenants import audit

Rows = list[tuple[int, list[str]]]
Line = dict[str, str]


def export_table(*, form: str, has_cost: bool) -> bytes:
    """All SKUs as `csv` or `xlsx`; without what they cost for who may not see it."""
    columns = [name for name in COLUMNS if has_cost or name != COST]
    rows = [
        [str(COLUMNS[name]) for name in columns],
        *([cells[name] for name in columns] for cells in map(_cells, _all_skus())),
    ]
    return write_xlsx(rows) if form == "xlsx" else write_csv(rows)


@tenant_atomic
def import_table(*, body: bytes, is_dry: bool, by: Actor, now: datetime) -> TableReport:
    """Make and change products and SKUs as the table says: all lines, or none.

    A line finds its product and SKU by ref, else by name; an unknown category or brand is made. A
    dry run does everything and takes it back, so that its report is what would happen.
    """
    rows = read_rows(body=body)
    head = _head_of(rows)
    counts: Counter[str] = Counter()
    with tenant_atomic():
        tried = [
            (number, _why_not(line, counts, by=by, now=now))
            for number, line in _lines(head, rows[1:])
        ]
        refused = tuple(
            TableLine(number=number, column=head.word_of(why.param), reason=reason_of(why))
            for number, why in tried
            if why
        )
        is_done = not is_dry and not refused
        if not is_done:
            transaction.set_rollback(True)
    if is_done:
        audit.record(by=by, action="catalog.imported", now=now, data=dict(counts))
    return TableReport(
        products_new=counts["products_new"],
        products_changed=counts["products_changed"],
        skus_new=counts["skus_new"],
        skus_changed=counts["skus_changed"],
        refused=refused,
        is_done=is_done,
    )


def _why_not(line: Line, counts: Counter[str], *, by: Actor, now: datetime) -> AppError | None:
    """Take the line, or tell why it cannot be taken."""
    try:
        with tenant_atomic():
            counts.update(_take(line, by=by, now=now))
    except AppError as refusal:
        return refusal
    return None


def _take(line: Line, *, by: Actor, now: datetime) -> list[str]:
    product = _find_product(line)
    given = _product_fields(line, by=by, now=now)
    with fields_called(OF_PRODUCT):
        if product is None:
            product, done = create_product(given=given, by=by, now=now), ["products_new"]
        else:
            done = ["products_changed"] if _differs(product, given) else []
            if done:
                product = change_product(product_id=product.pk, given=given, by=by, now=now)
    sku = _find_sku(line, product)
    fields = _sku_fields(line)
    with fields_called(OF_SKU):
        if sku is None:
            create_sku(product_id=product.pk, given=fields, by=by, now=now)
            return [*done, "skus_new"]
        if _differs(sku, fields):
            change_sku(sku_id=sku.pk, given=fields, by=by, now=now)
            done.append("skus_changed")
    return done


def _lines(head: Head, rows: Rows) -> Iterator[tuple[int, Line]]:
    """(number, cells by column); a row that ends early has empty cells there."""
    for number, row in rows:
        cells = zip_longest(head.names, row[: len(head.names)], fillvalue="")
        yield number, {name: cell for name, cell in cells if name}


def _head_of(rows: Rows) -> Head:
    """Raises TableRefused when no lines could be read by it."""
    head = read_head(rows[0][1] if rows else [])
    if head.missing:
        names = gettext(", ").join(head.missing)
        raise TableRefused(
            _("The first line must name these columns: %(names)s.") % {"names": names},
            param="table",
        )
    if len(rows) < 2:
        raise TableRefused(_("The table has no lines under its head."), param="table")
    return head


def _find_product(line: Line) -> Product | None:
    if ref := line.get("product_ref", ""):
        found = Product.objects.filter(ref=ref).first()
        if found is None:
            raise InvalidInput(_("There is no product of this ref."), param="product_ref")
        return found
    return Product.objects.filter(name=line["product"]).order_by("pk").first()


def _find_sku(line: Line, product: Product) -> Sku | None:
    if ref := line.get("sku_ref", ""):
        found = product.skus.filter(ref=ref).first()
        if found is None:
            raise InvalidInput(_("The product has no SKU of this ref."), param="sku_ref")
        return found
    return product.skus.filter(name=line["sku"]).first()


def _product_fields(line: Line, *, by: Actor, now: datetime) -> dict[str, Any]:
    for name in ("category", "brand"):
        if not line.get(name):
            raise InvalidInput(_("Please fill this in."), param=name)
    with fields_called(OF_CATEGORY):
        category = Category.objects.filter(name=line["category"]).first() or save_category(
            given={"name": line["category"]}, by=by, now=now
        )
    with fields_called(OF_BRAND):
        brand = Brand.objects.filter(name=line["brand"]).first() or save_brand(
            given={"name": line["brand"], "glyph": line["brand"][:5]}, by=by, now=now
        )
    texts = {field: line[name] for name, field in PRODUCT.items() if name in line}
    return texts | {"category_id": category.pk, "brand_id": brand.pk}


def _sku_fields(line: Line) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": line["sku"]}
    if "sku_en" in line:
        fields["name_en"] = line["sku_en"]
    for column, (field, read) in SKU.items():
        if line.get(column):
            fields[field] = read(line[column], column)
    return fields


def _differs(row: Product | Sku, given: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in given.items())


def _all_skus() -> Iterator[Sku]:
    related = ("product__brand", "product__category", "buyer_template")
    return iter(skus_in_order().select_related(*related))


def _cells(sku: Sku) -> dict[str, str]:
    """A SKU's line, by column."""
    product = sku.product
    return {
        "product_ref": product.ref,
        "product": product.name,
        "product_en": product.name_en,
        "category": product.category.name,
        "brand": product.brand.name,
        "summary": product.summary,
        "what_arrives": product.what_arrives,
        "where_works": product.where_works,
        "refund_rule": product.refund_rule,
        "sku_ref": sku.ref,
        "sku": sku.name,
        "sku_en": sku.name_en,
        "kind": sku.get_kind_display(),
        "price": _amount(sku.price_e4),
        "list_price": _amount(sku.list_price_e4),
        COST: _amount(sku.cost_hint_e4),
        "duration_days": "" if sku.duration_days is None else str(sku.duration_days),
        "promise": sku.get_promise_display(),
        "buyer_form": sku.buyer_template.name if sku.buyer_template else "",
        "most_per_order": str(sku.most_per_order),
        "is_on_sale": gettext("yes") if sku.is_on_sale else gettext("no"),
    }


def _amount(e4: int | None) -> str:
    return "" if e4 is None else Money(e4, "CNY").decimal
