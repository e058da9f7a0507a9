"""A worker makes an export: a stretch of rows at a time, each committed with how far it came."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import AppError, NotAllowed
from core.failpoints import reach
from core.leases import Lease, LeaseLost
from core.scope import tenant_atomic
from reports.errors import TooManyRows
from reports.models import Export
from reports.services.exports import end, key_of, query_of
from reports.services.files import workbook
from reports.services.leases import carry_on, claim, fail, held
from reports.services.pieces import drop_lines, put_file, put_lines
from reports.services.tables import asker_of, get_table
from reports.states import ExportState, Form
from reports.types import Asker, Column, Figures, Line, Table
from tenants.selectors import get_shop

STRETCH = 2_000
MOST_ROWS = 2_000_000


def run_export(*, export_id: int, now: datetime) -> None:
    """Make it, or go on where another worker stopped; who comes while one is at work does nothing.
    A refusal (a right that was lost meanwhile, say) ends it, and is told by its code."""
    lease = claim(export_id, now=now)
    if lease is None:
        return
    try:
        _make(lease)
    except LeaseLost:
        return
    except AppError as why:
        fail(lease, failure=why.code)


def _make(lease: Lease) -> None:
    with tenant_atomic():
        export, zone = held(lease), ZoneInfo(get_shop().time_zone)
        key = key_of(export)
    with timezone.override(zone), translation.override(export.language):
        while _stretch(lease, key):
            reach("reports.after_stretch")
        _finish(lease, key)


@tenant_atomic(durable=True)
def _stretch(lease: Lease, key: bytes) -> bool:
    """The next rows, by descending key: what comes meanwhile is no part of it. False at the end."""
    export = held(lease)
    table, asker = get_table(export.table), asker_of(export.user_id)
    if not all(map(asker.may, export.rights)):
        raise NotAllowed
    if isinstance(table, Figures):
        _put_figures(export, table, asker, key)
        is_more = False
    else:
        is_more = _put_rows(export, table, asker, key)
    carry_on(export, lease)
    return is_more


def _put_figures(export: Export, table: Figures, asker: Asker, key: bytes) -> None:
    """At once; who goes on after a worker that was killed finds them there."""
    if export.pieces:
        return
    lines = table.lines(asker, query_of(export))
    put_lines(export, [[str(column.title) for column in table.columns], *lines], key=key)
    export.rows_total = export.rows_done = len(lines)


def _put_rows(export: Export, table: Table, asker: Asker, key: bytes) -> bool:
    """The next rows; whether there are more."""
    columns = [column for column in table.columns if column.right in {"", *export.rights}]
    rows = table.rows(asker, query_of(export))
    if not export.pieces:
        export.rows_total = rows.order_by().count()
        put_lines(export, [[str(column.title) for column in columns]], key=key)
    left = rows if export.after_id is None else rows.filter(pk__lt=export.after_id)
    some = list(left.order_by("-pk")[:STRETCH])
    if some:
        put_lines(export, _given(table, columns, table.lines(asker, some)), key=key)
        export.after_id, export.rows_done = some[-1].pk, export.rows_done + len(some)
        export.tries = 0
    if export.rows_done > MOST_ROWS:
        raise TooManyRows(_("The list is too long for a file."))
    return len(some) == STRETCH


def _given(table: Table, columns: Sequence[Column], lines: Sequence[Line]) -> list[Line]:
    """The lines without the columns that the asker may not see."""
    places = [place for place, column in enumerate(table.columns) if column in columns]
    return [[line[place] for place in places] for line in lines]


def _finish(lease: Lease, key: bytes) -> None:
    with tenant_atomic():
        export = held(lease)
    if export.form == Form.XLSX:
        with workbook(export, key=key, meanwhile=partial(_still_here, lease)) as parts:
            _end(lease, key, parts)
    else:
        _end(lease, key, ())


@tenant_atomic(durable=True)
def _still_here(lease: Lease) -> None:
    carry_on(held(lease), lease)


@tenant_atomic(durable=True)
def _end(lease: Lease, key: bytes, parts: Iterable[bytes]) -> None:
    export = held(lease)
    if export.form == Form.XLSX:
        put_file(export, parts, key=key)
        drop_lines(export)
    end(export, ExportState.DONE, now=lease.now)
