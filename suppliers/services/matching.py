"""A supplier's bill against our own tries: what differs, said without touching any table.

A line that the supplier itself calls failed or returned takes nothing, whatever amount stands in
it; money that came back is a line of its own, with a negative amount.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from suppliers.states import NOTHING_BOUGHT, AttemptState, BreakKind
from suppliers.types import FoundBreak

_TOOK_NOTHING = re.compile(
    r"失败|退款|退回|已退|取消|撤销|关闭|fail|refund|return|cancel|revers", re.I
)

_TOOK_IT = re.compile(r"退款失败|未退|refund.{0,3}fail|not.{0,3}refund", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ours:
    """A try of ours; `is_due`: it was ordered on one of the bill's days."""

    number: str
    supplier_ref: str
    state: str
    cost_e4: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    number: str
    supplier_ref: str
    charged_e4: int


@dataclass(slots=True)
class _Billed:
    """All that the bill says about one try."""

    buys: int = 0
    charged_e4: int = 0

    def add(self, line: Theirs) -> None:
        self.buys += line.charged_e4 > 0
        self.charged_e4 += line.charged_e4


@dataclass(slots=True)
class _Sorted:
    """The bill's lines by the try they are about; and those about none of ours."""

    known: dict[str, _Billed] = field(default_factory=lambda: defaultdict(_Billed))
    unknown: dict[tuple[str, str], _Billed] = field(default_factory=lambda: defaultdict(_Billed))


def charged(*, amount_e4: int, said: str) -> int:
    """What a line takes from us."""
    took_nothing = _TOOK_NOTHING.search(said) and not _TOOK_IT.search(said)
    return 0 if amount_e4 > 0 and took_nothing else amount_e4


def differences(*, ours: Iterable[Ours], theirs: Iterable[Theirs]) -> list[FoundBreak]:
    tries = {one.number: one for one in ours}
    lines = _sorted(tries, theirs)
    return [*_of_tries(tries, lines), *_of_strangers(lines)]


def _sorted(tries: dict[str, Ours], theirs: Iterable[Theirs]) -> _Sorted:
    """By our number; by theirs, where a line does not give ours."""
    by_ref = {one.supplier_ref: one.number for one in tries.values() if one.supplier_ref}
    found = _Sorted()
    for line in theirs:
        number = line.number if line.number in tries else by_ref.get(line.supplier_ref, "")
        if number:
            found.known[number].add(line)
        else:
            found.unknown[line.number, line.supplier_ref].add(line)
    return found


def _of_tries(tries: dict[str, Ours], lines: _Sorted) -> Iterator[FoundBreak]:
    for number, one in tries.items():
        billed = lines.known.get(number)
        kind = _missing(one) if billed is None else _differs(one, billed)
        if kind:
            yield FoundBreak(
                kind=kind,
                number=number,
                supplier_ref=one.supplier_ref,
                ours_e4=_taken(one),
                theirs_e4=billed.charged_e4 if billed else None,
            )


def _of_strangers(lines: _Sorted) -> Iterator[FoundBreak]:
    for (number, supplier_ref), billed in lines.unknown.items():
        if billed.charged_e4:
            yield FoundBreak(
                kind=BreakKind.THEIRS_ONLY,
                number=number,
                supplier_ref=supplier_ref,
                theirs_e4=billed.charged_e4,
            )


def _missing(one: Ours) -> str:
    return BreakKind.OURS_ONLY if one.is_due and one.state == AttemptState.SUCCESS else ""


def _differs(one: Ours, billed: _Billed) -> str:
    if billed.buys > 1:
        return BreakKind.TWICE
    if one.state != AttemptState.SUCCESS:
        return BreakKind.STATE_DIFFERS if billed.charged_e4 else ""
    if not billed.charged_e4 and one.cost_e4:
        return BreakKind.STATE_DIFFERS
    return BreakKind.AMOUNT_DIFFERS if billed.charged_e4 != one.cost_e4 else ""


def _taken(one: Ours) -> int | None:
    """By our books; of what is not confirmed yet they cannot tell."""
    if one.state == AttemptState.SUCCESS:
        return one.cost_e4
    return 0 if one.state in NOTHING_BOUGHT else None
