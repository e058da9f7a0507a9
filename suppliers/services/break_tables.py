"""Breaks as a table to take away: to write to the supplier about, say."""

from collections.abc import Iterator, Sequence
from itertools import chain

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.money import Money
from core.scope import bind, require_tenant, tenant_atomic
from suppliers.models import Break
from suppliers.services.tables_out import BOM, rows_as_csv
from suppliers.states import BreakKind, BreakState

_AT_ONCE = 2_000
Words = dict[str, str]


def breaks_csv(*, rows: "QuerySet[Break]") -> Iterator[bytes]:
    """`rows` as `breaks` orders them, the latest first.

    A stretch at a time, each in a transaction of its own: it may be read after the caller's.
    """
    head = (
        _("supplier"), _("bill"), _("day"), _("what differs"), _("our number"),
        _("the supplier's number"), _("ours"), _("theirs"), _("difference"), _("state"), _("note"),
    )  # fmt: skip
    words = {str(one.value): str(one.label) for one in (*BreakKind, *BreakState)}
    stretches = _stretches(require_tenant(), rows)
    tables = (rows_as_csv(_row(one, words) for one in some) for some in stretches)
    return chain([BOM + rows_as_csv([head])], tables)


def _stretches(tenant_id: int, rows: "QuerySet[Break]") -> Iterator[list[Break]]:
    before: int | None = None
    while True:
        with bind(tenant_id), tenant_atomic():
            left = rows if before is None else rows.filter(pk__lt=before)
            some = list(left[:_AT_ONCE])
        if not some:
            return
        yield some
        before = some[-1].pk


def _row(one: Break, words: Words) -> Sequence[str]:
    def amount(e4: int | None) -> str:
        return "" if e4 is None else Money(e4, one.supplier.currency).decimal

    return (
        one.supplier.name,
        one.bill.file_name if one.bill else "",
        one.day.isoformat() if one.day else "",
        words[one.kind],
        one.number,
        one.supplier_ref,
        amount(one.ours_e4),
        amount(one.theirs_e4),
        amount((one.theirs_e4 or 0) - (one.ours_e4 or 0)),
        words[one.state],
        one.note,
    )
