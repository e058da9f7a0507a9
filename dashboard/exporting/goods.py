"""Products with their SKUs, a SKU a line."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Sku
from catalog.states import Kind
from dashboard.exporting.asking import amount, moment, rows_of_admin
from inventory.selectors import stock_of
from reports.types import Asker, Column, Line, Table
from tenants.selectors import get_shop

_COUNTED = frozenset({Kind.STOCK_CODE, Kind.REUSABLE})


def _lines(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    currency = get_shop().currency
    pairs = [(product, sku) for product in rows for sku in product.skus.all()]
    stock = stock_of([sku.pk for _product, sku in pairs]) if pairs else {}
    return [_line(product, sku, stock, currency) for product, sku in pairs]


def _line(product: Product, sku: Sku, stock: dict[int, int], currency: str) -> Line:
    return (
        product.ref,
        product.shown.name,
        capfirst(str(product.get_state_display())),
        product.category.shown.name,
        product.brand.shown.name,
        sku.ref,
        sku.shown.name,
        capfirst(str(sku.get_kind_display())),
        amount(sku.price_e4, currency),
        amount(sku.list_price_e4, currency),
        amount(sku.cost_hint_e4, currency),
        currency,
        stock.get(sku.pk, 0) if sku.kind in _COUNTED else None,
        moment(product.changed_at),
    )


GOODS = Table(
    name="goods",
    title=_("Products"),
    right="catalog.view",
    columns=(
        Column(_("Product ref")), Column(_("Product")), Column(_("State")), Column(_("Category")),
        Column(_("Brand")), Column(_("SKU ref")), Column(_("SKU")), Column(_("Kind")),
        Column(_("Price")), Column(_("List price")), Column(_("Usual cost"), "cost.view"),
        Column(_("Currency")), Column(_("Stock")), Column(_("Changed at")),
    ),
    rows=partial(rows_of_admin, Product),
    lines=_lines,
)  # fmt: skip
