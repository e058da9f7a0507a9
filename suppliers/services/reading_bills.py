"""A supplier's file as lines of a bill. What is wrong with a line is told with its number."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from core.money import parse_e4
from suppliers.services.bill_columns import Column, columns_of, is_enough
from suppliers.services.bill_tables import MOST_LINES, Row, rows_of, too_long
from suppliers.services.matching import charged
from suppliers.states import BadReason

LOOKED_AT = 20  # so many rows may stand above the header
SAMPLE = 10
MOST_BAD = 500  # are listed; all are counted
_LONGEST = 80
_SPOILT = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_SUMS = frozenset({"合计", "总计", "小计", "共计", "total", "sum", "subtotal"})


def _in_form(form: str, text: str) -> datetime:
    return datetime.strptime(text, form)  # noqa: DTZ007 -- its zone is the merchant's


_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d%H%M%S")
_READERS: tuple[Callable[[str], datetime], ...] = (
    datetime.fromisoformat,
    *(partial(_in_form, form) for form in _FORMS),
)


@dataclass(frozen=True, slots=True)
class NewLine:
    row: int
    number: str
    supplier_ref: str
    amount_e4: int
    said: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BadLine:
    row: int
    reason: BadReason


@dataclass(slots=True)
class Stretch:
    """Some of a bill's lines, one after the other. All bad ones are counted, the first are kept."""

    lines: list[NewLine] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0
    total_e4: int = 0
    last: int = 0  # the row that was looked at last

    def take(self, line: NewLine | BadLine) -> None:
        self.last = line.row
        if isinstance(line, NewLine):
            self.lines.append(line)
            self.total_e4 += charged(amount_e4=line.amount_e4, said=line.said)
            return
        self.bad_count += 1
        if self.bad_count <= MOST_BAD:
            self.bad.append(line)


@dataclass(slots=True)
class Reading(Stretch):
    """The beginning of a bill, or all of it if it `is_whole`. `sample` are the first rows as they
    are, header included; without columns that are enough nothing else was read."""

    columns: dict[Column, int] = field(default_factory=dict)
    sample: list[Row] = field(default_factory=list)
    is_whole: bool = True

    @property
    def is_understood(self) -> bool:
        return is_enough(self.columns)

    @property
    def width(self) -> int:
        return max((len(cells) for _number, cells in self.sample), default=0)


@dataclass(frozen=True, slots=True)
class _Table:
    columns: dict[Column, int]
    sample: list[Row]
    rows: Iterator[Row]


class _Refused(Exception):
    """The line cannot be taken, for this reason."""

    def __init__(self, reason: BadReason) -> None:
        super().__init__(reason)
        self.reason = reason


def read_lines(
    *, body: bytes, mapping: Mapping[str, int] | None, zone: ZoneInfo, most: int
) -> Reading:
    """At most so many lines. Raises FileRefused for a file that cannot be read as a whole.

    A `mapping` that says anything is the only one: the header's words count for nothing then.
    """
    table = _table(body, mapping)
    reading = Reading(columns=table.columns, sample=table.sample)
    if not reading.is_understood:
        return reading
    for count, line in enumerate(_judged(table, zone), start=1):
        if count > most:
            reading.is_whole = False
            break
        reading.take(line)
    return reading


def stretches_of_bill(
    *, body: bytes, mapping: Mapping[str, int] | None, zone: ZoneInfo, after: int, size: int
) -> Iterator[Stretch]:
    """The lines below the row `after`, so many at a time. Raises FileRefused, also on the way."""
    lines = (line for line in _judged(_table(body, mapping), zone) if line.row > after)
    while some := list(islice(lines, size)):
        stretch = Stretch()
        for line in some:
            stretch.take(line)
        yield stretch


def _table(body: bytes, mapping: Mapping[str, int] | None) -> _Table:
    rows = rows_of(body)
    head = list(islice(rows, LOOKED_AT))
    header_at, columns = _header(head)
    if mapping:
        columns = {Column(name): at for name, at in mapping.items() if name in set(Column)}
    first = 0
    if is_enough(columns):
        first = header_at + 1 if header_at is not None else _first_line(head, columns)
    return _Table(columns=columns, sample=head[:SAMPLE], rows=chain(head[first:], rows))


def _header(head: Sequence[Row]) -> tuple[int | None, dict[Column, int]]:
    """Titles, and whose bill it is, may stand above it."""
    for at, (_number, cells) in enumerate(head):
        columns = columns_of(cells)
        if is_enough(columns):
            return at, columns
    return None, {}


def _first_line(head: Sequence[Row], columns: Mapping[Column, int]) -> int:
    """Under a header whose words we do not know: a row without any digit in its amount."""
    amount = _cell(head[0][1], columns[Column.AMOUNT]) if head else ""
    return 0 if re.search(r"\d", amount) else 1


def _judged(table: _Table, zone: ZoneInfo) -> Iterator[NewLine | BadLine]:
    """Every line but sums, taken or not. Raises FileRefused past so many good ones."""
    count = 0
    for number, cells in table.rows:
        if cells[0].rstrip(":").lower() in _SUMS:
            continue
        try:
            line = _line(table.columns, number, cells, zone)
        except _Refused as why:
            yield BadLine(number, why.reason)
            continue
        count += 1
        if count > MOST_LINES:
            raise too_long()
        yield line


def _line(columns: Mapping[Column, int], row: int, cells: list[str], zone: ZoneInfo) -> NewLine:
    said = {column: _cell(cells, at) for column, at in columns.items()}
    numbers = [said.get(name, "") for name in (Column.NUMBER, Column.SUPPLIER_REF)]
    for number in numbers:
        _check_number(number)
    if not any(numbers):
        raise _Refused(BadReason.NO_NUMBER)
    return NewLine(
        row=row,
        number=numbers[0],
        supplier_ref=numbers[1],
        amount_e4=_amount(said[Column.AMOUNT]),
        said=said.get(Column.SAID, "")[:40],
        at=_moment(said.get(Column.AT, ""), zone),
    )


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if 0 <= at < len(cells) else ""


def _check_number(number: str) -> None:
    if len(number) > _LONGEST:
        raise _Refused(BadReason.TOO_LONG)
    if _SPOILT.fullmatch(number):
        raise _Refused(BadReason.SHORTENED)


def _amount(text: str) -> int:
    """Up to four decimals; negative is money that came back."""
    try:
        amount = parse_e4(text.removeprefix("-"), digits=4)
    except InvalidInput:
        raise _Refused(BadReason.AMOUNT) from None
    return -amount if text.startswith("-") else amount


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """For a person to read: none, where it is not understood."""
    text = text.replace("/", "-")
    for read in _READERS:
        try:
            found = read(text)
        except ValueError:
            continue
        if 2000 <= found.year < 2100:
            return found if found.tzinfo else found.replace(tzinfo=zone)
    return None
