"""One comparison of a condition: what it asks, its opposite, and how people read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.money import E4
from risk.conditions import called
from risk.facts import Fact, Kind
from risk.possible.left import What
from risk.tree import IN, NOT_IN, STARTS, Compared, Counted, Node, Not, Summed, kind_of
from risk.types import Counter

NOT_STARTS = "not_starts"
_OPPOSITE = {
    ">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "!=", "!=": "=", IN: NOT_IN, NOT_IN: IN,
    STARTS: NOT_STARTS, NOT_STARTS: STARTS,
}  # fmt: skip
_WORDS: Mapping[str, Callable[[], str]] = {
    ">": lambda: _("more than"), ">=": lambda: _("at least"), "<": lambda: _("less than"),
    "<=": lambda: _("at most"), "=": lambda: _("is"), "!=": lambda: _("is not"),
    IN: lambda: _("is one of"), NOT_IN: lambda: _("is none of"), STARTS: lambda: _("begins with"),
    NOT_STARTS: lambda: _("does not begin with"),
}  # fmt: skip
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One comparison. `is_sure` False: it holds of what is not known, too."""

    what: What
    op: str
    value: Any
    at: str
    is_sure: bool = True

    @property
    def key(self) -> object:
        if isinstance(self.what, Fact):
            return self.what.name
        if isinstance(self.what, Counter):
            return self.what
        return tuple(
            (times, one.name if isinstance(one, Fact) else one) for times, one in self.what
        )

    @property
    def opposite(self) -> "Said":
        what = self.what
        is_sure = what.is_always_known if isinstance(what, Fact) else isinstance(what, Counter)
        return replace(self, op=_OPPOSITE[self.op], is_sure=is_sure)

    @property
    def words(self) -> str:
        values = sorted(self.value)[:_MOST_TOLD] if self.op in (IN, NOT_IN) else [self.value]
        return f"{_WORDS[self.op]()} {_(', ').join(map(self._value_words, values))}"

    @property
    def label(self) -> str:
        if isinstance(self.what, Fact):
            return str(self.what.label)
        if isinstance(self.what, Counter):
            return called(self.what)
        return _("sum")

    def number(self, value: int) -> str:
        is_sum = isinstance(self.what, tuple)
        kind = kind_of(self.what[0][1] if isinstance(self.what, tuple) else self.what)
        size = (E4 if is_sum else 1) * (E4 if kind == Kind.MONEY else 1)
        return f"{(Decimal(value) / size).normalize():f}"

    def _value_words(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, str):
            return self.what.words(value) if isinstance(self.what, Fact) else value
        return self.number(value)


def said_in(node: Node, at: str) -> Said | None:
    """The comparison that a node is, or that it denies; None for what joins several."""
    match node:
        case Compared():
            return Said(what=node.fact, op=node.op, value=node.value, at=at)
        case Counted():
            return Said(what=node.counter, op=node.op, value=node.value, at=at)
        case Summed():
            return Said(what=node.terms, op=node.op, value=node.value, at=at)
        case Not(Compared() | Counted() | Summed() as inner):
            found = said_in(inner, f"{at}.not")
            return found.opposite if found else None
    return None
