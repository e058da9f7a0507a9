"""Small tables as CSV and XLSX: read with suspicion, written so that no cell becomes a formula."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl
import python_calamine
from django.utils.translation import gettext_lazy as _

from catalog.errors import TableRefused
from core.cells import as_cell, from_cell

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_LINES = 2_000
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_rows(*, body: bytes) -> list[tuple[int, list[str]]]:
    """The rows of a CSV (UTF-8, GB18030; comma, semicolon, tab) or XLSX, every cell as text.

    Each with its number as a spreadsheet counts, which counts empty rows too; those are left out.
    """
    if len(body) > MOST_BYTES:
        raise TableRefused(_("The table is larger than 5 MB."), param="table")
    rows = _read_xlsx(body) if body[:2] == b"PK" else _read_csv(body)
    if len(rows) > MOST_LINES + 1:
        raise _too_long()
    return [(number, [*map(from_cell, row)]) for number, row in rows]


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark: without one Excel shows Chinese as noise."""
    written = io.StringIO()
    csv.writer(written).writerows([*map(as_cell, row)] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([*map(as_cell, row)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _read_csv(body: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(body)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise _unreadable() from None
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _decoded(body: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _read_xlsx(body: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise TableRefused(_("The table is too large when unpacked."), param="table")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheet = book.get_sheet_by_index(0)
        if sheet.height > MOST_LINES + 1:
            raise _too_long()
        rows = sheet.to_python()
    except (zipfile.BadZipFile, python_calamine.CalamineError, IndexError, OSError):
        raise _unreadable() from None
    first = sheet.start[0] + 1 if sheet.start else 1
    return [
        (number, [_cell_text(cell) for cell in row])
        for number, row in enumerate(rows, start=first)
        if any(cell != "" for cell in row)
    ]


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _too_long() -> TableRefused:
    return TableRefused(
        _("The table has more than %(most)s lines.") % {"most": MOST_LINES}, param="table"
    )


def _unreadable() -> TableRefused:
    return TableRefused(
        _("This table cannot be read. Save it as XLSX, or as CSV in UTF-8."), param="table"
    )
