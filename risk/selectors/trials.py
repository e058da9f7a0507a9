"""What a rule would have said of the past: its looks, one after another, with counts made anew."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from risk.bodies import Body
from risk.models import LINKING, Assessment
from risk.states import Trait
from risk.tree import Counts
from risk.types import Counter

MOST_LOOKS, MOST_LISTED = 200_000, 50
_READ = ("pk", "at", "moment", "subject", "facts", "partner", "sku", "amount_e4", *LINKING)


@dataclass(slots=True, kw_only=True)
class Trial:
    """`looked_at` looks of the time, on how many of them the rule would have spoken, and for how
    much; `latest` are the last of those. `is_whole` False: the past was longer than is looked at.
    """

    looked_at: int = 0
    spoken: int = 0
    amount_e4: int = 0
    latest: deque[Assessment] = field(default_factory=lambda: deque(maxlen=MOST_LISTED))
    is_whole: bool = True

    @property
    def share(self) -> float:
        return self.spoken / self.looked_at if self.looked_at else 0.0


@dataclass(slots=True, kw_only=True)
class Together:
    """Of several rules: what each would have said, and on how many looks any of them."""

    each: list[Trial]
    all: Trial


def tried_on_past(*, body: Body, days: int, now: datetime) -> Trial:
    """Hold a rule against the looks of the last days, as if it had been in force."""
    return tried_together(bodies=[body], days=days, now=now).all


def tried_together(
    *, bodies: Sequence[Body], days: int, now: datetime, most: int = MOST_LOOKS
) -> Together:
    """Hold rules against the looks of the last days: the past is read once for all of them."""
    counters = {one for body in bodies for one in body.condition.counters}
    longest = max((one.within for one in counters), default=0)
    since = now - timedelta(days=days)
    found, counted = Together(each=[Trial() for _ in bodies], all=Trial()), _Counted(counters)
    moments = {moment for body in bodies for moment in body.moments}
    moments |= {moment for one in counters for moment in one.moments}
    for row in _past(moments, since - timedelta(seconds=longest), now):
        counts = counted.with_this(row)
        if row.at < since or not any(row.moment in body.moments for body in bodies):
            continue
        if found.all.looked_at >= most:
            found.all.is_whole = False
            break
        _try(bodies, found, row, counts)
    return found


def _try(bodies: Sequence[Body], found: Together, row: Assessment, counts: Counts) -> None:
    asked = [
        (trial, body)
        for trial, body in zip(found.each, bodies, strict=True)
        if row.moment in body.moments
    ]
    spoken = [trial for trial, body in asked if body.holds(row.facts, counts)]
    for trial, _body in [*asked, (found.all, None)]:
        trial.looked_at += 1
    for trial in [*spoken, found.all] if spoken else []:
        trial.spoken += 1
        trial.amount_e4 += row.amount_e4
        trial.latest.appendleft(row)


def _past(moments: Iterable[str], since: datetime, now: datetime) -> Iterator[Assessment]:
    """Of these moments only: strangers look up as often as they like."""
    kept = Assessment.objects.filter(moment__in=sorted(moments), at__gt=since, at__lte=now)
    rows = kept.order_by("at", "pk")
    yield from rows.only(*_READ).iterator(chunk_size=2_000)


class _Counted:
    """The rule's counters over a past that goes by."""

    def __init__(self, counters: Iterable[Counter]) -> None:
        self._counters = tuple(counters)
        self._seen: Mapping[Counter, dict[Any, deque[tuple[datetime, Any]]]] = {
            one: defaultdict(deque) for one in self._counters
        }

    def with_this(self, row: Assessment) -> dict[Counter, int]:
        return {one: self._count(one, row) for one in self._counters}

    def _count(self, one: Counter, row: Assessment) -> int:
        value = _trait(row, one.by)
        if not value:
            return 0
        seen = self._seen[one][value]
        other = _trait(row, one.differ) if one.differ else None
        if row.moment in one.moments and (not one.differ or other):
            seen.append((row.at, other or _weight(one, row)))
        since = row.at - timedelta(seconds=one.within)
        while seen and seen[0][0] <= since:
            seen.popleft()
        if one.differ:
            return len({what for _at, what in seen})
        return sum(what for _at, what in seen)


def _trait(row: Assessment, trait: str) -> bytes | str:
    value = getattr(row, Trait(trait).value)
    return value if isinstance(value, str) else bytes(value or b"")


def _weight(one: Counter, row: Assessment) -> int:
    return int(row.facts.get(one.sums, 0)) if one.sums else 1
