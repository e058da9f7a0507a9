"""Suppliers, what they offer, what was tried there, how prices moved, and their bills."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from dashboard.exporting.asking import amount, moment, of_days, request_of, rows_by_day
from dashboard.offering import bought_skus
from dashboard.protocols import protocol_words
from dashboard.words import goods_words, who
from reports.types import Asker, Column, Line, Table
from suppliers.models import Attempt, Bill, Offer, PriceChange, Supplier
from suppliers.selectors import price_changes
from suppliers.words import said_words


def _suppliers(asker: Asker, rows: Sequence[Supplier]) -> list[Line]:
    return [
        (
            one.name,
            protocol_words(one.protocol),
            _yes(one.is_on),
            amount(one.balance_e4, one.currency),
            moment(one.balance_at),
            one.currency,
            capfirst(str(one.get_cycle_display())),
            one.pay_days,
            str(one.contract_from or ""),
            str(one.contract_until or ""),
        )
        for one in rows
    ]


def _offered(asker: Asker, query: str) -> "QuerySet[Offer]":
    wanted = bought_skus(given=request_of(asker, query).GET).order_by()
    found = Offer.objects.filter(sku_id__in=wanted.values("pk"))
    return found.select_related("supplier", "sku__product")


def _offers(asker: Asker, rows: Sequence[Offer]) -> list[Line]:
    return [
        (
            goods_words(one.sku),
            one.supplier.name,
            one.product,
            amount(one.cost_e4, one.supplier.currency),
            amount(one.most_e4, one.supplier.currency),
            one.supplier.currency,
            one.priority,
            one.weight,
            _yes(one.is_on),
        )
        for one in rows
    ]


def _attempts(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    return [
        (
            one.number,
            goods_words(one.offer.sku),
            one.offer.supplier.name,
            capfirst(str(one.get_state_display())),
            amount(one.cost_e4, one.offer.supplier.currency),
            one.offer.supplier.currency,
            said_words(one.reason),
            one.supplier_ref,
            moment(one.made_at),
        )
        for one in rows
    ]


def _changed(asker: Asker, query: str) -> "QuerySet[PriceChange]":
    is_all = request_of(asker, query).GET.get("show") == "all"
    return price_changes(of_offers=not is_all)


def _changes(asker: Asker, rows: Sequence[PriceChange]) -> list[Line]:
    return [
        (
            one.supplier.name,
            one.product.name or one.product.product,
            amount(one.old_e4, one.supplier.currency),
            amount(one.new_e4, one.supplier.currency),
            one.supplier.currency,
            moment(one.at),
        )
        for one in rows
    ]


def _bills(asker: Asker, rows: Sequence[Bill]) -> list[Line]:
    return [
        (
            one.supplier.name,
            str(one.since),
            str(one.until),
            one.file_name,
            one.count,
            amount(one.total_e4, one.currency),
            one.currency,
            capfirst(str(one.get_state_display())),
            who(one.by),
            moment(one.made_at),
        )
        for one in rows
    ]


def _yes(is_so: bool) -> str:  # noqa: FBT001 -- a cell's value
    return now_in_words("yes") if is_so else now_in_words("no")


SUPPLIERS = Table(
    name="suppliers",
    title=_("Suppliers"),
    right="stock.view",
    columns=(
        Column(_("Supplier")), Column(_("Protocol")), Column(_("In use")),
        Column(_("Balance there"), "cost.view"), Column(_("Balance asked at"), "cost.view"),
        Column(_("Currency")), Column(_("Settled"), "cost.view"),
        Column(_("Days to pay"), "cost.view"), Column(_("Contract from"), "cost.view"),
        Column(_("Contract until"), "cost.view"),
    ),
    rows=lambda asker, query: Supplier.objects.all(),
    lines=_suppliers,
)  # fmt: skip
OFFERS = Table(
    name="offers",
    title=_("Offers"),
    right="stock.view",
    columns=(
        Column(_("Goods")), Column(_("Supplier")), Column(_("The supplier's product")),
        Column(_("Cost"), "cost.view"), Column(_("Highest cost"), "cost.view"),
        Column(_("Currency")), Column(_("Priority")), Column(_("Weight")), Column(_("In use")),
    ),
    rows=_offered,
    lines=_offers,
)  # fmt: skip
ATTEMPTS = Table(
    name="attempts",
    title=_("Attempts"),
    right="stock.view",
    columns=(
        Column(_("Number")), Column(_("Goods")), Column(_("Supplier")), Column(_("State")),
        Column(_("Cost"), "cost.view"), Column(_("Currency")),
        Column(_("What the supplier says")), Column(_("The supplier's number")),
        Column(_("Made at")),
    ),
    rows=partial(rows_by_day, Attempt, "made_at"),
    of_days=of_days,
    lines=_attempts,
)  # fmt: skip
PRICES = Table(
    name="prices",
    title=_("Price changes"),
    right="cost.view",
    columns=(
        Column(_("Supplier")), Column(_("Product")), Column(_("Before")), Column(_("Now")),
        Column(_("Currency")), Column(_("At")),
    ),
    rows=_changed,
    lines=_changes,
)  # fmt: skip
BILLS = Table(
    name="bills",
    title=_("Bills"),
    right="bills.settle",
    columns=(
        Column(_("Supplier")), Column(_("From")), Column(_("To")), Column(_("File")),
        Column(_("Lines")), Column(_("Total")), Column(_("Currency")), Column(_("State")),
        Column(_("By")), Column(_("Read at")),
    ),
    rows=lambda asker, query: Bill.objects.select_related("supplier"),
    lines=_bills,
)  # fmt: skip
