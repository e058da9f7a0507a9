"""What a block of the cockpit is, what it is asked, and what it tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from analytics.words import Metric
from core.money import E4, MINOR_DIGITS, SYMBOLS, Money
from dashboard.cockpit.ranges import Range

Text = str | Promise
NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`range` is what was chosen; blocks that are about just now do not ask for it."""

    range: Range
    currency: str
    now: datetime
    may_see_cost: bool

    def money(self, e4: int | None) -> "Cell":
        if e4 is None:
            return Cell(NONE, plain="")
        money = Money(e4, self.currency)
        return Cell(amount(money), plain=money.decimal)

    def cost(self, e4: int | None, *, unpriced: int = 0) -> "Cell":
        """For who may see it: what is known of it, and of how many units it is not."""
        if not self.may_see_cost or e4 is None:
            return Cell(NONE, plain="")
        if not unpriced:
            return self.money(e4)
        unknown = _("cost unknown for %(count)s") % {"count": f"{unpriced:,}"}
        if not e4:
            return Cell(unknown, plain="")
        known = self.money(e4)
        return Cell(f"{known.text} + {unknown}", plain=known.plain)

    def chart(self, kind: str, **told: Any) -> dict[str, Any]:
        """Of money unless it says otherwise."""
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        return {"kind": kind, "unit": "money", "symbol": symbol, **told}


@dataclass(frozen=True, slots=True)
class Cell:
    """As a person reads it; `plain` is how a file has it, where that differs."""

    text: Text
    plain: str | None = None
    link: str = ""
    tone: str = ""

    @property
    def in_file(self) -> str:
        return str(self.text) if self.plain is None else self.plain


@dataclass(frozen=True, slots=True)
class Column:
    """`meaning` says what is counted in it, where that is a figure."""

    title: Text
    is_number: bool = False
    meaning: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline number: what it is beside, and by how much it is more or less than yesterday."""

    metric: Metric
    now: Cell
    before: Cell
    mean: Cell
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`note` is said above the table: that there is nothing, or that something is missing.
    `metrics` are those that stand in rows, `totals` those of all rows together."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    chart: dict[str, Any] | None = None
    note: Text = ""
    figures: list[Figure] = field(default_factory=list)
    metrics: Sequence[Metric] = ()
    totals: Sequence[tuple[Metric, Cell]] = ()

    @property
    def named_rows(self) -> list[list[tuple[Column, Cell]]]:
        """Each cell with its column: on a phone a row is a card."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def terms(self) -> list[Metric]:
        """What is explained beside the block: each figure of it once."""
        titled = [Metric(one.title, one.meaning) for one in self.columns if one.meaning]
        figures = [one.metric for one in self.figures] + [one for one, _cell in self.totals]
        return list(dict.fromkeys([*self.metrics, *figures, *titled]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`meaning` says what is counted, `every` after how many seconds it is asked again."""

    name: str
    title: Text
    meaning: Text
    every: int
    tell: Callable[[Asked], Told]
    right: str = "risk.view"
    is_wide: bool = False
    has_chart: bool = True
    can_sum: bool = False


def amount(money: Money) -> str:
    """With its thousands apart and to the minor unit, as figures on a wall are read."""
    minor_e4 = E4 // 10 ** MINOR_DIGITS.get(money.currency, 2)
    return str(Money(round(Decimal(money.e4) / minor_e4) * minor_e4, money.currency))


def number(value: float | None, *, digits: int = 0, unit: str = "") -> Cell:
    if value is None:
        return Cell(NONE, plain="")
    return Cell(f"{value:,.{digits}f}{unit}", plain=f"{value:.{digits}f}")


def percent(value: float | None) -> Cell:
    return number(value, digits=1, unit=" %")


def drawn(e4: int | None) -> float | None:
    """An amount for a chart: what is drawn may be a float, what is counted never is."""
    return None if e4 is None else round(e4 / E4, 2)


def columns(*titles: Text | Metric, numbers: int) -> tuple[Column, ...]:
    """The last `numbers` of them are of numbers."""
    first = len(titles) - numbers
    return tuple(_column(one, is_number=at >= first) for at, one in enumerate(titles))


def _column(one: Text | Metric, *, is_number: bool) -> Column:
    if isinstance(one, Metric):
        return Column(one.title, is_number, one.meaning)
    return Column(one, is_number)
