"""Suppliers beside each other on the same SKU."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import words
from analytics.selectors import compare_suppliers
from analytics.types import ComparedSupplier
from dashboard.cockpit.types import NONE, Asked, Cell, Told, columns, number, percent
from dashboard.questions.types import Answers


def told_compared(asked: Asked, given: Answers) -> Told:
    today = asked.range.last
    found = compare_suppliers(
        since=today - timedelta(days=given["days"] - 1), until=today, now=asked.now
    )
    best = {one.sku_id: one.supplier_id for one in reversed(found) if one.score is not None}
    return Told(
        columns=columns(
            _("SKU"), _("Supplier"), words.SCORE, words.COST_OF_ONE, words.TRY_SUCCESS,
            words.TRY_P50, words.TRY_P95, words.TRIES, numbers=6,
        ),
        rows=[_row(one, asked, is_best=best.get(one.sku_id) == one.supplier_id) for one in found],
    )  # fmt: skip


def _row(one: ComparedSupplier, asked: Asked, *, is_best: bool) -> tuple[Cell, ...]:
    return (
        Cell(one.sku),
        Cell(one.supplier, link=reverse("office_supplier", args=[one.supplier_id])),
        _score(one, is_best=is_best),
        asked.money(one.cost_e4),
        percent(one.success_percent),
        number(one.p50_seconds, digits=1, unit=" s"),
        number(one.p95_seconds, digits=1, unit=" s"),
        number(one.tries),
    )


def _score(one: ComparedSupplier, *, is_best: bool) -> Cell:
    if one.score is None:
        return Cell(NONE, plain="")
    return Cell(f"{one.score:.0f}", plain=f"{one.score:.0f}", tone="good" if is_best else "")
