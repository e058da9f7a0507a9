"""The catalog as a small table, a SKU a line: taken out, edited in a spreadsheet, brought back."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalog.errors import TableRefused
from catalog.models import Brand, BuyerTemplate, Category, Product, Sku
from catalog.selectors import skus_in_order
from catalog.services._sheets import read_rows, write_csv, write_xlsx
from catalog.services.products import change_product, create_product
from catalog.services.shelves import save_brand, save_category
from catalog.services.skus import change_sku, create_sku
from catalog.states import Kind, Promise
from catalog.types import TableLine, TableReport
from core.actors import Actor
from core.errors import AppError, InvalidInput
from core.money import Money, parse_e4
from core.scope import tenant_atomic
from tenants import audit

COLUMNS = {
    "product_ref": _("product ref"),
    "product": _("product"),
    "product_en": _("product in English"),
    "category": _("category"),
    "brand": _("brand"),
    "summary": _("summary"),
    "what_arrives": _("what arrives"),
    "where_works": _("where it works"),
    "refund_rule": _("refund rule"),
    "sku_ref": _("SKU ref"),
    "sku": _("SKU"),
    "sku_en": _("SKU in English"),
    "kind": _("kind"),
    "price": _("price"),
    "list_price": _("list price"),
    "cost_hint": _("usual cost"),
    "duration_days": _("duration in days"),
    "promise": _("delivery promise"),
    "buyer_form": _("buyer form"),
    "most_per_order": _("most in one order"),
    "is_on_sale": _("on sale"),
}
COST = "cost_hint"
NEEDED = ("product", "category", "brand", "sku", "price")
_PRODUCT = {"product": "name", "product_en": "name_en"} | {
    name: name for name in ("summary", "what_arrives", "where_works", "refund_rule")
}
_YES = {"1", "yes", "true", "y", "是"}
_NO = {"0", "no", "false", "n", "否"}
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
    lines = _lines(read_rows(body=body))
    counts: Counter[str] = Counter()
    with tenant_atomic():
        tried = [_try_line(number, line, counts, by=by, now=now) for number, line in lines]
        refused = tuple(refusal for refusal in tried if refusal)
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


def _try_line(
    number: int, line: Line, counts: Counter[str], *, by: Actor, now: datetime
) -> TableLine | None:
    try:
        with tenant_atomic():
            counts.update(_take(line, by=by, now=now))
    except AppError as refusal:
        return TableLine(number=number, column=refusal.param, reason=str(refusal.message))
    return None


def _take(line: Line, *, by: Actor, now: datetime) -> list[str]:
    product = _find_product(line)
    given = _product_fields(line, by=by, now=now)
    if product is None:
        product, done = create_product(given=given, by=by, now=now), ["products_new"]
    else:
        done = ["products_changed"] if _differs(product, given) else []
        if done:
            product = change_product(product_id=product.pk, given=given, by=by, now=now)
    sku = _find_sku(line, product)
    fields = _sku_fields(line)
    if sku is None:
        create_sku(product_id=product.pk, given=fields, by=by, now=now)
        return [*done, "skus_new"]
    if _differs(sku, fields):
        change_sku(sku_id=sku.pk, given=fields, by=by, now=now)
        done.append("skus_changed")
    return done


def _lines(rows: list[list[str]]) -> Iterator[tuple[int, Line]]:
    """(line number as a spreadsheet counts, cells by column); raises TableRefused for the head."""
    names = _column_names()
    head = [names.get(cell.strip().lower(), "") for cell in (rows[0] if rows else [])]
    missing = [str(COLUMNS[name]) for name in NEEDED if name not in head]
    if missing:
        raise TableRefused(
            _("The first line must name these columns: %(names)s.") % {"names": ", ".join(missing)},
            param="table",
        )
    if len(rows) < 2:
        raise TableRefused(_("The table has no lines under its head."), param="table")
    return (
        (number, {name: cell for name, cell in zip(head, row, strict=False) if name})
        for number, row in enumerate(rows[1:], start=2)
    )


def _column_names() -> dict[str, str]:
    """A table made in one language is read in the other."""
    names = {name: name for name in COLUMNS}
    for language in ("en", "zh-hans"):
        with override(language):
            names |= {str(label).lower(): name for name, label in COLUMNS.items()}
    return names


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
    category = Category.objects.filter(name=line["category"]).first() or save_category(
        given={"name": line["category"]}, by=by, now=now
    )
    brand = Brand.objects.filter(name=line["brand"]).first() or save_brand(
        given={"name": line["brand"], "glyph": line["brand"][:5]}, by=by, now=now
    )
    texts = {field: line[name] for name, field in _PRODUCT.items() if name in line}
    return texts | {"category_id": category.pk, "brand_id": brand.pk}


def _sku_fields(line: Line) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": line["sku"]}
    if "sku_en" in line:
        fields["name_en"] = line["sku_en"]
    for column, (field, read) in _READ.items():
        if line.get(column):
            fields[field] = read(line[column], column)
    return fields


def _amount_of(text: str, column: str) -> int:
    return parse_e4(text, param=column)


def _number(text: str, column: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidInput(_("Write a whole number."), param=column)
    return int(text)


def _choice(choices: type[Kind] | type[Promise], text: str, column: str) -> str:
    """The stored word, or its label in either language."""
    for language in ("en", "zh-hans"):
        with override(language):
            for value, label in choices.choices:
                if text.lower() in {value, str(label).lower()}:
                    return str(value)
    raise InvalidInput(
        _("Write one of: %(words)s.") % {"words": ", ".join(choices.values)}, param=column
    )


def _form_id(name: str, column: str) -> int:
    found = BuyerTemplate.objects.filter(name=name).first()
    if found is None:
        raise InvalidInput(_("There is no buyer form of this name."), param=column)
    return found.pk


def _yes_or_no(text: str, column: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise InvalidInput(_("Write yes or no."), param=column)


_READ: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "kind": ("kind", partial(_choice, Kind)),
    "price": ("price_e4", _amount_of),
    "list_price": ("list_price_e4", _amount_of),
    "cost_hint": ("cost_hint_e4", _amount_of),
    "duration_days": ("duration_days", _number),
    "promise": ("promise", partial(_choice, Promise)),
    "buyer_form": ("buyer_template_id", _form_id),
    "most_per_order": ("most_per_order", _number),
    "is_on_sale": ("is_on_sale", _yes_or_no),
}


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
        "kind": sku.kind,
        "price": _amount(sku.price_e4),
        "list_price": _amount(sku.list_price_e4),
        COST: _amount(sku.cost_hint_e4),
        "duration_days": "" if sku.duration_days is None else str(sku.duration_days),
        "promise": sku.promise,
        "buyer_form": sku.buyer_template.name if sku.buyer_template else "",
        "most_per_order": str(sku.most_per_order),
        "is_on_sale": "yes" if sku.is_on_sale else "no",
    }


def _amount(e4: int | None) -> str:
    return "" if e4 is None else Money(e4, "CNY").decimal
