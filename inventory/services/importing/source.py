"""A job's file as numbered rows of cells, whatever kind of file it is."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.uploads import SealedFile
from core.workbooks import MOST_PACKED, rows_of_workbook
from inventory.services.importing.sniffing import find_delimiter, splitter
from inventory.services.importing.text import MOST_LINE, blocks_of_lines

TEXT, WORKBOOK = "text", "xlsx"
Row = tuple[int, Sequence[str]]
_SEPARATORS = " \t,;|，　"


@dataclass(frozen=True, slots=True)
class Source:
    """Opens the sealed file again and again: for the preview, the dry run, the load, a resume."""

    sealed: SealedFile
    kind: str
    encoding: str
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def rows(self, *, delimiter: str, has_header: bool, after: int = 0) -> Iterator[Row]:
        """Rows with something in them, by the number of their line; the header is left out."""
        skips_header = has_header
        for number, cells in self._numbered(delimiter):
            if skips_header:
                skips_header = False
            elif number > after:
                yield number, cells

    def head(self, *, delimiter: str | None, most: int) -> tuple[str, list[Row]]:
        """The delimiter (found, if not given) and the first rows with it, header included."""
        if self.kind == WORKBOOK:
            return "", _first(self._workbook_rows(), most)
        if delimiter is None:
            delimiter = find_delimiter([line for _unused, line in _first(self._lines(), most)])
        return delimiter, _first(self._numbered(delimiter), most)

    def digest(self) -> str:
        """SHA-256 of what was read so far: of the file, after a full pass."""
        return self._hash.hexdigest()

    def _numbered(self, delimiter: str) -> Iterator[Row]:
        return self._workbook_rows() if self.kind == WORKBOOK else self._text_rows(delimiter)

    def _text_rows(self, delimiter: str) -> Iterator[Row]:
        split = splitter(delimiter)
        for number, line in self._lines():
            # A line that never ends is not worth cutting: any cell of it is too long.
            yield number, split(line) if len(line) <= MOST_LINE else [line] * 8

    def _lines(self) -> Iterator[tuple[int, str]]:
        first = 1
        for block in blocks_of_lines(self._frames(), self.encoding):
            for number, line in enumerate(block, start=first):
                if line and line.strip(_SEPARATORS):
                    yield number, line
            first += len(block)

    def _workbook_rows(self) -> Iterator[Row]:
        body = bytearray()
        for frame in self._frames():
            body += frame
            if len(body) > MOST_PACKED:
                break
        for number, cells in enumerate(rows_of_workbook(bytes(body)), start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _frames(self) -> Iterator[bytes]:
        for frame in self.sealed.frames():
            self._hash.update(frame)
            yield frame


def _first(rows: Iterator, most: int) -> list:
    return [row for row, _unused in zip(rows, range(most), strict=False)]
