"""What a list is that can be taken away. Knows no list and no page: who has one offers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from tenants.roles import has_right

Cell = str | int | Decimal | None
Line = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom a list is read: a member of staff, with the rights that the role has now."""

    user_id: int
    role: str

    def may(self, right: str) -> bool:
        return has_right(self.role, right)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `right`: what one must have, besides the list's own right, to be given it."""

    title: str | Promise
    right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list by its name.

    `rows(asker, query)` are those of the page at that address, in any order; it raises AppError for
    an address that means nothing. `lines(asker, rows)` are what some of them read in a file, a cell
    a column, none or several lines a row; it never holds a code or a secret. `of_days(first, last)`
    is the address of those of some days; without it a report of some days is the whole list.
    """

    name: str
    title: str | Promise
    right: str
    columns: tuple[Column, ...]
    rows: Callable[[Asker, str], "QuerySet"]
    lines: Callable[[Asker, Sequence], Sequence[Line]]
    of_days: Callable[[date, date], str] | None = None

    def rights_of(self, asker: Asker) -> list[str]:
        """Those that what this asker is given takes."""
        wanted = {column.right for column in self.columns if column.right}
        return sorted({self.right, *filter(asker.may, wanted)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums instead of rows: all `lines(asker, query)` at once. They name nobody, so a small file of
    them may go by mail. `more_with`: rights with which there are more lines."""

    name: str
    title: str | Promise
    right: str
    columns: tuple[Column, ...]
    lines: Callable[[Asker, str], Sequence[Line]]
    of_days: Callable[[date, date], str]
    more_with: tuple[str, ...] = ()

    def rights_of(self, asker: Asker) -> list[str]:
        return sorted({self.right, *filter(asker.may, self.more_with)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A report as somebody wants it: which list, how often, at which hour of the shop's clock."""

    table: str
    every: str
    hour: int
    form: str
    is_mailed: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A list as somebody asks for it; `uid` names the asking: the same one twice is one export."""

    table: str
    form: str
    uid: UUID
    language: str
    query: str = field(default="", repr=False)
