"""A file of lines: CSV as it is read, XLSX once. No cell of them becomes a formula."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter

from core.actors import Actor
from core.cells import as_cell
from core.errors import NotAllowed
from core.scope import tenant_atomic
from reports.errors import ExportGone, ExportNotReady
from reports.models import Export
from reports.selectors import get_file
from reports.services.exports import key_of
from reports.services.pieces import lines_in, parts_of
from reports.services.tables import asker_of
from reports.states import ExportState, Form
from reports.types import Cell
from suppliers.services.tables_out import BOM, rows_as_csv
from tenants import audit

ROWS_OF_A_SHEET = 1_000_000  # a spreadsheet ends at 1,048,576
_AT_ONCE, _MEANWHILE = 1_000, 10_000
_PART = 1024 * 1024


@tenant_atomic
def open_export(*, ref: str, by: Actor, now: datetime) -> tuple[Export, Iterator[bytes]]:
    """The file, a piece at a time, for who asked for it (a schedule's: for anybody) and may see all
    that is in it now.

    Raises NotFound, NotAllowed, ExportNotReady, ExportGone.
    """
    export = get_file(ref=ref, user_id=by.user_id or 0)
    if export.state == ExportState.GONE or (export.kept_until and export.kept_until <= now):
        raise ExportGone(_("This file has been deleted, as all are after a week. Ask anew."))
    if export.state != ExportState.DONE:
        raise ExportNotReady(_("This file is not ready."))
    asker = asker_of(by.user_id or 0)
    if not all(map(asker.may, export.rights)):
        raise NotAllowed(
            _("This file holds columns that your role may not see any more. Ask for a new one.")
        )
    audit.record(
        by=by,
        action="export.taken",
        target=export.table,
        now=now,
        data={"ref": export.ref, "form": export.form, "rows": export.rows_done},
    )
    key = key_of(export)
    is_file = export.form == Form.XLSX
    return export, parts_of(export, key=key, is_file=True) if is_file else _csv(export, key)


def _csv(export: Export, key: bytes) -> Iterator[bytes]:
    yield BOM
    some: list[list[str]] = []
    for line in lines_in(export, key=key):
        some.append(["" if cell is None else str(cell) for cell in line])
        if len(some) == _AT_ONCE:
            yield rows_as_csv(some)
            some = []
    yield rows_as_csv(some)


class _Unnamed(WorksheetWriter):
    """A sheet in a file without a name: openpyxl's own has one in /tmp, and stays there in clear if
    the worker is killed."""

    def __init__(self, sheet: Any) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- open for as long as the sheet is
        super().__init__(sheet, out=f"/proc/self/fd/{self._file.fileno()}")

    def cleanup(self) -> None:
        self._file.close()


def _sheet_of(book: Workbook) -> Any:
    sheet = book.create_sheet()
    sheet._writer = _Unnamed(sheet)  # noqa: SLF001 -- it takes no other file than one it names
    sheet._writer.write_top()  # noqa: SLF001
    return sheet


@contextmanager
def workbook(
    export: Export, *, key: bytes, meanwhile: Callable[[], None]
) -> Iterator[Iterator[bytes]]:
    """The lines as a workbook, in parts of a megabyte. What is too long for a sheet goes on on the
    next one. `meanwhile` is called now and then: a million rows take a minute.

    Until it is read it lies in files without a name, which go with the process.
    """
    lines = lines_in(export, key=key)
    head = [_cell(cell) for cell in next(lines)]
    book = Workbook(write_only=True)
    for number, line in enumerate(lines):
        if number % ROWS_OF_A_SHEET == 0:
            sheet = _sheet_of(book)
            sheet.append(head)
        if number % _MEANWHILE == 0:
            meanwhile()
        sheet.append([_cell(cell) for cell in line])
    if not book.worksheets:
        _sheet_of(book).append(head)
    with tempfile.TemporaryFile() as written:
        book.save(written)
        written.seek(0)
        yield iter(partial(written.read, _PART), b"")


def _cell(cell: Cell) -> Cell:
    return as_cell(cell) if isinstance(cell, str) else cell
