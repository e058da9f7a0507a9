"""An Excel workbook as rows of text. What Excel has already spoilt is refused, with the reason.

A workbook is a zip, so it is measured before it is parsed: what its directory declares, what its
streams really inflate to, and how large a table its cell addresses span (a parser that lays a sheet
out as a table would take gigabytes for two cells in opposite corners).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from core.errors import FileRefused

MOST_PACKED = 40 * 1024 * 1024
MOST_INFLATED = 160 * 1024 * 1024
MOST_PARTS = 2_000
MOST_CELLS = 12_000_000
_PIECE = 256 * 1024
_LOCAL_HEAD = struct.Struct("<4s5H3L2H")
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,7})?(\d{1,9})[\"']")
_OVERLAP = 64  # an address may lie across two pieces


class Spoilt(StrEnum):
    """A cell that no longer says what the merchant typed."""

    LOST_DIGITS = "lost_digits"
    IS_DATE = "is_date"
    NOT_WHOLE = "not_whole"


class SpoiltCell(str):
    """What the cell shows, and why it must not be taken for a code."""

    __slots__ = ("why",)
    why: Spoilt

    @classmethod
    def of(cls, text: str, why: Spoilt) -> "SpoiltCell":
        cell = cls(text)
        cell.why = why
        return cell


def rows_of_workbook(body: bytes) -> Iterator[list[str]]:
    """The rows of the first visible sheet, from its first line on, empty ones included."""
    measure(body)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
            sheet = _first_visible(book)
            # The parser gives empty rows above the table, but leaves out the columns beside it.
            pad = [""] * (sheet.start or (0, 0))[1]
            for row in sheet.iter_rows():
                yield pad + [_as_text(cell) for cell in row]
    except CalamineError as why:
        raise FileRefused(_("This workbook cannot be read. Save it again as XLSX or CSV.")) from why


def _first_visible(book: CalamineWorkbook) -> CalamineSheet:
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible:
            return book.get_sheet_by_name(sheet.name)
    raise FileRefused(_("This workbook has no visible sheet."))


def _as_text(cell: object) -> str:
    """Text stays text. A number is taken only while Excel still knows every digit of it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _number_as_text(cell)
    if isinstance(cell, datetime | date):
        return SpoiltCell.of(f"{cell:%Y-%m-%d}", Spoilt.IS_DATE)
    if isinstance(cell, time | timedelta):
        return SpoiltCell.of(str(cell), Spoilt.IS_DATE)
    return str(cell)


def _number_as_text(number: float) -> str:
    # IEEE doubles, and Excel, keep 15 digits: beyond them the last ones are already zeros.
    if abs(number) >= 1e15:
        return SpoiltCell.of(f"{number:.5E}", Spoilt.LOST_DIGITS)
    if number == int(number):
        return str(int(number))
    return SpoiltCell.of(repr(number), Spoilt.NOT_WHOLE)


def measure(body: bytes) -> None:
    """Refuse what would not fit, before any parser sees it."""
    if len(body) > MOST_PACKED:
        raise _too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as why:
        raise FileRefused(_("This workbook cannot be read. Save it again as XLSX or CSV.")) from why
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise FileRefused(_("This is not an Excel workbook. Save it as XLSX, CSV or TXT."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise _too_large()
    if sum(part.compress_size for part in parts) > len(body):
        raise _too_large()  # parts that overlap: each is inflated from the same bytes
    left = MOST_INFLATED
    for part in parts:
        left -= _measure_part(body, part, left=left)


def _measure_part(body: bytes, part: zipfile.ZipInfo, *, left: int) -> int:
    """The size the part really has; more than it declares, or too large a table, is refused."""
    most = min(left, part.file_size)
    size, last_row, last_column, tail = 0, 0, 0, b""
    for piece in _inflate(body, part):
        size += len(piece)
        if size > most:
            raise _too_large()
        if part.filename.startswith("xl/worksheets/"):
            for letters, digits in _ADDRESS.findall(tail + piece):
                last_row = max(last_row, int(digits))
                last_column = max(last_column, _column(letters))
            if last_row * last_column > MOST_CELLS:
                raise _too_large()
            tail = piece[-_OVERLAP:]
    return size


def _inflate(body: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """By hand, because the library believes the declared size and stops there."""
    if part.flag_bits & 1:
        raise FileRefused(_("This workbook has a password. Save it without one."))
    try:
        *_unused, name, extra = _LOCAL_HEAD.unpack_from(body, part.header_offset)
    except struct.error as why:
        raise _too_large() from why
    start = part.header_offset + _LOCAL_HEAD.size + name + extra
    packed = memoryview(body)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused(_("This workbook cannot be read. Save it again as XLSX or CSV."))
    yield from _inflate_deflated(packed)


def _inflate_deflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-15)
    try:
        piece = stream.decompress(packed, _PIECE)
        while piece:
            yield piece
            piece = stream.decompress(stream.unconsumed_tail, _PIECE)
    except zlib.error as why:
        raise FileRefused(_("This workbook is damaged. Save it again as XLSX or CSV.")) from why


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large() -> FileRefused:
    return FileRefused(_("This workbook is too large when unpacked. Save it as CSV instead."))
