"""Which values a comparison leaves of what it compares."""

from dataclasses import dataclass, replace
from typing import Any

from risk.facts import MOST_DIFFERENT, Fact, Kind
from risk.tree import IN, NOT_IN
from risk.types import Counter

Terms = tuple[tuple[int, Fact | Counter], ...]
What = Fact | Counter | Terms


@dataclass(frozen=True, slots=True)
class Left:
    """What is left: whole numbers between two ends, which None leaves open, or texts; of `only`
    these, if that is not None."""

    least: int | None = None
    most: int | None = None
    only: frozenset[Any] | None = None
    without: frozenset[Any] = frozenset()
    starts: tuple[str, ...] = ()
    not_starts: tuple[str, ...] = ()

    def narrowed(self, op: str, value: Any) -> "Left":
        match op:
            case ">" | ">=":
                least = value + 1 if op == ">" else value
                return replace(self, least=least if self.least is None else max(self.least, least))
            case "<" | "<=":
                most = value - 1 if op == "<" else value
                return replace(self, most=most if self.most is None else min(self.most, most))
            case "=" | "in":
                only = value if op == IN else frozenset({value})
                return replace(self, only=only if self.only is None else self.only & only)
            case "!=" | "not_in":
                return replace(self, without=self.without | (value if op == NOT_IN else {value}))
            case "starts":
                return replace(self, starts=(*self.starts, value))
        return replace(self, not_starts=(*self.not_starts, value))

    @property
    def is_empty(self) -> bool:
        if self.only is not None:
            return not any(self._fits(one) for one in self.only)
        if self.least is not None and self.most is not None:
            # Each between them is gone through only where they are as few as those left out.
            few = self.most - self.least < len(self.without)
            return few and self.without.issuperset(range(self.least, self.most + 1))
        # What begins with the longest start must begin with the others, too, or nothing can.
        return not self._begins(max(self.starts, key=len, default=""))

    def _fits(self, one: Any) -> bool:
        if one in self.without:
            return False
        if isinstance(one, str):
            return self._begins(one)
        is_low = self.least is not None and one < self.least
        return not is_low and (self.most is None or one <= self.most)

    def _begins(self, text: str) -> bool:
        return all(map(text.startswith, self.starts)) and not any(
            map(text.startswith, self.not_starts)
        )


def left_of(what: What) -> Left:
    if isinstance(what, Counter):
        return Left(least=0, most=MOST_DIFFERENT if what.differ else None)
    if isinstance(what, Fact):
        if what.kind == Kind.FLAG:
            return Left(only=frozenset({True, False}))
        only = frozenset(what.choices) if what.is_closed else None
        return Left(least=what.least, most=what.most, only=only)
    ends = [(times, left_of(one)) for times, one in what]
    low = [(times, left.least if times > 0 else left.most) for times, left in ends]
    high = [(times, left.most if times > 0 else left.least) for times, left in ends]
    return Left(least=_added(low), most=_added(high))


def _added(ends: list[tuple[int, int | None]]) -> int | None:
    total = 0
    for times, end in ends:
        if end is None:
            return None
        total += times * end
    return total
