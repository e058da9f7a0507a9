"""What an export consists of, in rows of the database: packed, sealed, a stretch at a time."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count

from core.scope import bind, tenant_atomic
from core.uploads import open_frame, seal_frame
from reports.models import Export, Piece
from reports.types import Cell, Line

_MOST_DIGITS = 15  # what a spreadsheet keeps of a number


def put_lines(export: Export, lines: Sequence[Line], *, key: bytes) -> None:
    said = json.dumps([[_kept(cell) for cell in line] for line in lines], ensure_ascii=False)
    _put(export, zlib.compress(said.encode()), key=key, number=export.pieces, is_file=False)
    export.pieces += 1


def put_file(export: Export, parts: Iterable[bytes], *, key: bytes) -> None:
    for number, part in enumerate(parts):
        _put(export, part, key=key, number=number, is_file=True)


def drop_lines(export: Export) -> None:
    Piece.objects.filter(export=export, is_file=False).delete()


def _put(export: Export, clear: bytes, *, key: bytes, number: int, is_file: bool) -> None:
    body = seal_frame(clear, key=key, number=number)
    Piece.objects.create(export=export, number=number, is_file=is_file, body=body)


def lines_in(export: Export, *, key: bytes) -> Iterator[list[Cell]]:
    for packed in parts_of(export, key=key, is_file=False):
        for line in json.loads(zlib.decompress(packed)):
            yield [_read(cell) for cell in line]


def parts_of(export: Export, *, key: bytes, is_file: bool) -> Iterator[bytes]:
    """One at a time, each read in a transaction of its own: memory holds one, and the reading may
    outlast the caller's request."""
    for number in count():
        with bind(export.tenant_id), tenant_atomic():
            found = Piece.objects.filter(export_id=export.pk, is_file=is_file, number=number)
            body = found.values_list("body", flat=True).first()
        if body is None:
            return
        yield open_frame(bytes(body), key=key, number=number)


def _kept(cell: Cell) -> object:
    """A number stays one, and exact; with more digits than a spreadsheet keeps it is text."""
    if isinstance(cell, Decimal):
        return [str(cell)]
    if isinstance(cell, int) and len(str(abs(cell))) > _MOST_DIGITS:
        return str(cell)
    return cell


def _read(cell: object) -> Cell:
    return Decimal(cell[0]) if isinstance(cell, list) else cell  # type: ignore[return-value]
