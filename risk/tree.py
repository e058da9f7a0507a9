"""What a condition is made of: a tree of parts, each held against facts and counts.

A count includes what is judged. Three-valued (Kleene): None where a count cannot be told just now.
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from risk.facts import MOST_DIFFERENT, Fact, Kind
from risk.types import Counter, Facts, Value

ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_EQUAL: dict[str, Callable[[Any, Any], bool]] = {"=": operator.eq, "!=": operator.ne}
ALL_OPS = {**ORDERED, **_EQUAL}
OPS_OF_KIND = {
    Kind.MONEY: ALL_OPS,
    Kind.NUMBER: ALL_OPS,
    Kind.TEXT: _EQUAL,
    Kind.FLAG: {"=": operator.eq},
}
IN, NOT_IN, STARTS = "in", "not_in", "starts"

Counts = Mapping[Counter, int | None]
Answer = bool | None


def kind_of(what: Fact | Counter) -> Kind:
    if isinstance(what, Fact):
        return what.kind
    return Kind.MONEY if what.sums == "amount" else Kind.NUMBER


class Node(ABC):
    """A part of a condition."""

    @abstractmethod
    def holds(self, facts: Facts, counts: Counts) -> Answer: ...

    def counters(self) -> Iterator[Counter]:
        yield from ()

    def facts(self) -> Iterator[str]:
        yield from ()


@dataclass(frozen=True)
class Every(Node):
    parts: tuple[Node, ...]

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        answer: Answer = True
        for part in self.parts:
            found = part.holds(facts, counts)
            if found is False:
                return False
            answer = None if found is None else answer
        return answer

    def counters(self) -> Iterator[Counter]:
        for part in self.parts:
            yield from part.counters()

    def facts(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.facts()


@dataclass(frozen=True)
class AnyOf(Every):
    def holds(self, facts: Facts, counts: Counts) -> Answer:
        answer: Answer = False
        for part in self.parts:
            found = part.holds(facts, counts)
            if found is True:
                return True
            answer = None if found is None else answer
        return answer


@dataclass(frozen=True)
class Not(Node):
    part: Node

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        found = self.part.holds(facts, counts)
        return None if found is None else not found

    def counters(self) -> Iterator[Counter]:
        return self.part.counters()

    def facts(self) -> Iterator[str]:
        return self.part.facts()


@dataclass(frozen=True)
class Compared(Node):
    """A fact that is known and compares so."""

    fact: Fact
    op: str
    value: Any

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        found = facts.get(self.fact.name)
        return False if found is None else self._compare(found)

    def facts(self) -> Iterator[str]:
        yield self.fact.name

    def _compare(self, found: Value) -> bool:
        if self.op == IN:
            return found in self.value
        if self.op == NOT_IN:
            return found not in self.value
        if self.op == STARTS:
            return str(found).startswith(self.value)
        return bool(OPS_OF_KIND[self.fact.kind][self.op](found, self.value))


@dataclass(frozen=True)
class Counted(Node):
    counter: Counter
    op: str
    value: int

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        found = counts.get(self.counter)
        return None if found is None else ORDERED[self.op](found, self.value)

    def counters(self) -> Iterator[Counter]:
        yield self.counter


@dataclass(frozen=True)
class Summed(Node):
    """Facts and counts of one kind, each so many times, added up and held against a number.

    `terms` and `value` are in 1/10,000 of what facts and counts are in. A fact that is not known
    makes it false, as any comparison. Of different ones as many count as the memory tells apart,
    whoever counted them.
    """

    terms: tuple[tuple[int, Fact | Counter], ...]
    op: str
    value: int

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        total, is_told = 0, True
        for times, what in self.terms:
            if isinstance(what, Fact):
                found = facts.get(what.name)
                if found is None:
                    return False
            else:
                found = counts.get(what)
                if found is not None and what.differ:
                    found = min(found, MOST_DIFFERENT)
            is_told = is_told and found is not None
            total += times * int(found or 0)
        return ALL_OPS[self.op](total, self.value) if is_told else None

    def counters(self) -> Iterator[Counter]:
        yield from (what for _times, what in self.terms if isinstance(what, Counter))

    def facts(self) -> Iterator[str]:
        yield from (what.name for _times, what in self.terms if isinstance(what, Fact))


def leaves(node: Node) -> Iterator[Node]:
    """The comparisons of a condition."""
    match node:
        case Every():
            for part in node.parts:
                yield from leaves(part)
        case Not():
            yield from leaves(node.part)
        case _:
            yield node
