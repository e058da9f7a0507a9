"""Tables for Excel: with a byte order mark, and no cell of them becomes a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence

from core.cells import as_cell

BOM = codecs.BOM_UTF8


def rows_as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([*map(_escaped, row)] for row in rows)
    return written.getvalue().encode()


def _escaped(cell: str) -> str:
    return cell if _is_number(cell) else as_cell(cell)


def _is_number(cell: str) -> bool:
    """Our own amounts below zero stay numbers."""
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()
