"""A supplier's file as numbered rows of text: CSV in its encodings, or XLSX. Nothing is reckoned: a
formula is the value that was saved with it, or nothing.

Beside the file itself a few rows of it are in memory: text is decoded on the way.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from core.errors import FileRefused
from core.workbooks import rows_of_workbook

MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 200_000
MOST_COLUMNS = 60
Row = tuple[int, list[str]]
_WORKBOOK = b"PK\x03\x04"
_PIECE = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = ",\t;|"
_HEAD = 20
# `="00123"` is how exports keep Excel from eating zeros; ' and ` before a number do the same.
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"|[\'`](.*)', re.DOTALL)


def rows_of(body: bytes) -> Iterator[Row]:
    """Rows with something in them, by their number in the file. Raises FileRefused, also on the
    way: for what cannot be read, and for too much of it."""
    if len(body) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 20 MB. Split it."), param="file")
    rows = _of_workbook(body) if body.startswith(_WORKBOOK) else _of_text(body)
    count = 0
    for number, cells in rows:
        cleaned = [clean(cell) for cell in cells[:MOST_COLUMNS]]
        if not any(cleaned):
            continue
        count += 1
        if count > MOST_LINES + _HEAD:
            raise too_long()
        yield number, cleaned


def about_lines(body: bytes) -> int:
    """How many rows it may have, for a progress bar; 0 if that is not seen from outside."""
    if body.startswith(_WORKBOOK):
        return 0
    return max(body.count(b"\n"), body.count(b"\r")) + 1


def too_long() -> FileRefused:
    return FileRefused(
        _("The file has more than %(most)s lines. Split it.") % {"most": f"{MOST_LINES:,}"},
        param="file",
    )


def clean(cell: str) -> str:
    """Full-width signs made plain, what cannot be seen taken out; zeros in front stay."""
    if not (cell.isascii() and cell.isprintable()):
        plain = unicodedata.normalize("NFKC", cell)
        cell = "".join(" " if one in "\t\r\n" else one for one in plain if _is_seen(one))
    cell = cell.strip()
    kept = _KEPT_AS_TEXT.fullmatch(cell)
    return (kept[1] if kept[1] is not None else kept[2]).strip() if kept else cell


def _is_seen(one: str) -> bool:
    return one in "\t\r\n" or not unicodedata.category(one).startswith("C")


def _of_workbook(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    yield from enumerate(rows_of_workbook(body), start=1)


def _of_text(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    encoding = _encoding(body)
    # The first lines are the same in a piece that is cut in the middle of a sign.
    head = body[: 4 * 65_536].decode(encoding, errors="ignore")
    text = io.TextIOWrapper(io.BytesIO(body), encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=_delimiter(head))
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error:
        raise _unreadable() from None


def _encoding(body: bytes) -> str:
    """The first in which all of it is text."""
    marked = [encoding for bom, encoding in _BOMS if body.startswith(bom)]
    for encoding in marked or _ENCODINGS:
        if _is_text(body, encoding):
            return encoding
    raise _unreadable()


def _is_text(body: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(body), _PIECE):
            if "\0" in decoder.decode(body[at : at + _PIECE]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    head = "\n".join(text[:65_536].splitlines()[:_HEAD])
    return max(_DELIMITERS, key=head.count)


def _unreadable() -> FileRefused:
    return FileRefused(
        _("This file cannot be read. Save it as XLSX, or as CSV in UTF-8."), param="file"
    )
