"""Batches, without a code of theirs, and what came late."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dashboard.exporting.asking import amount, moment, rows_of_admin
from dashboard.words import days_words, goods_words, who
from fulfillment.models import LateArrival
from fulfillment.selectors import late_arrivals
from inventory.models import Batch
from reports.types import Asker, Column, Line, Table
from tenants.selectors import get_shop


def _batches(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    currency = get_shop().currency
    return [_batch(batch, currency) for batch in rows]


def _batch(batch: Any, currency: str) -> Line:
    return (
        batch.ref,
        goods_words(batch.sku),
        capfirst(str(batch.get_state_display())),
        batch.left_now,
        batch.sold_now,
        days_words(batch.first_day, batch.last_day),
        batch.supplier_name,
        amount(batch.cost_e4, currency),
        currency,
        batch.note,
        who(batch.made_by),
        moment(batch.made_at),
    )


def _lates(asker: Asker, rows: Sequence[LateArrival]) -> list[Line]:
    return [
        (
            late.unit.order.number,
            late.unit.item.shown_name,
            late.attempt.offer.supplier.name,
            late.attempt.number,
            capfirst(str(late.get_kind_display())),
            capfirst(str(late.get_state_display())),
            amount(late.cost_e4, late.currency),
            late.currency,
            moment(late.at),
        )
        for late in rows
    ]


BATCHES = Table(
    name="batches",
    title=_("Batches"),
    right="stock.view",
    columns=(
        Column(_("Batch")), Column(_("Goods")), Column(_("State")), Column(_("Stock")),
        Column(_("Sold")), Column(_("Expires on")), Column(_("Supplier")),
        Column(_("Cost of one code"), "cost.view"), Column(_("Currency")), Column(_("Note")),
        Column(_("Loaded by")), Column(_("Loaded at")),
    ),
    rows=partial(rows_of_admin, Batch),
    lines=_batches,
)  # fmt: skip
LATES = Table(
    name="lates",
    title=_("Came late"),
    right="stock.view",
    columns=(
        Column(_("Order number")), Column(_("Goods")), Column(_("Supplier")), Column(_("Number")),
        Column(_("Kind")), Column(_("State")), Column(_("Cost"), "cost.view"),
        Column(_("Currency")), Column(_("Came at")),
    ),
    rows=lambda asker, query: late_arrivals(),
    lines=_lates,
)  # fmt: skip
