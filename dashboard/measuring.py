"""How right each rule was, by what came of what it spoke on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orders.selectors import Outcome, outcomes_of
from orders.states import OrderState
from risk.selectors import judgements_of, look_ups_that_spoke, looks_that_spoke
from risk.selectors.spoken import MOST_LOOK_UPS_SPOKEN, MOST_SPOKEN, SpokenLook
from risk.states import SEVERITY, Action, Judgement

STOPS = frozenset({Action.HOLD, Action.DENY})
SETTLED = timedelta(days=7)  # after which an order that nobody complained of is taken for honest


class Fate(StrEnum):
    BAD, HONEST, OPEN = "bad", "honest", "open"


@dataclass(slots=True, kw_only=True)
class Measured:
    """How often a rule spoke, how often what it wanted was to hold or to refuse, and what those
    turned out to be."""

    spoke: int = 0
    held: int = 0
    refused: int = 0
    bad: int = 0
    honest: int = 0
    open: int = 0

    @property
    def precision(self) -> int | None:
        """Per cent of what is known; None while nothing is."""
        known = self.bad + self.honest
        return round(100 * self.bad / known) if known else None

    def count(self, wanted: str, fate: Fate) -> None:
        self.spoke += 1
        self.held += wanted == Action.HOLD
        self.refused += wanted == Action.DENY
        setattr(self, fate, getattr(self, fate) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """By rule. `is_whole` False: there was more, and only the newest looks were counted."""

    of: dict[str, Measured]
    is_whole: bool


def stopped_fates(*, days: int, now: datetime) -> Measured:
    """What came of all that rules which act held or refused in the last days, each counted once."""
    looks = looks_that_spoke(since=now - timedelta(days=days), until=now)
    hard = {one.subject: _hardest(one) for one in looks if _hardest(one) in STOPS}
    said, outcomes = judgements_of(subjects=list(hard)), outcomes_of(numbers=list(hard))
    found = Measured()
    for subject, wanted in hard.items():
        found.count(wanted, fate_of(said.get(subject), outcomes.get(subject), now=now))
    return found


def _hardest(look: SpokenLook) -> str:
    return max(look.wanted.values(), key=lambda one: SEVERITY[Action(one)] if one else -1)


def measurement(*, days: int, now: datetime) -> Measurement:
    """Of the looks of the last days that any rule spoke on, the newest ten thousand at most. What
    comes of an order says nothing of who looked it up."""
    since = now - timedelta(days=days)
    looks = looks_that_spoke(since=since, until=now)
    look_ups = look_ups_that_spoke(since=since, until=now)
    subjects = list({look.subject for look in looks})
    said, outcomes = judgements_of(subjects=subjects), outcomes_of(numbers=subjects)
    found: dict[str, Measured] = defaultdict(Measured)
    for look in looks:
        fate = fate_of(said.get(look.subject), outcomes.get(look.subject), now=now)
        for rule, wanted in look.wanted.items():
            found[rule].count(wanted, fate)
    for look in look_ups:
        for rule, wanted in look.wanted.items():
            found[rule].count(wanted, Fate.OPEN)
    is_whole = len(looks) < MOST_SPOKEN and len(look_ups) < MOST_LOOK_UPS_SPOKEN
    return Measurement(of=dict(found), is_whole=is_whole)


def fate_of(said: Judgement | None, outcome: Outcome | None, *, now: datetime) -> Fate:
    """A reviewer's word counts before what came of it; what never became an order, was never paid
    or was paid back undelivered says nothing."""
    if said == Judgement.FRAUD:
        return Fate.BAD
    if said == Judgement.HONEST:
        return Fate.HONEST
    if outcome is None:
        return Fate.OPEN
    if outcome.is_paid_back or outcome.is_complained_of:
        return Fate.BAD
    is_done = outcome.state == OrderState.COMPLETED and now - outcome.placed_at >= SETTLED
    return Fate.HONEST if is_done else Fate.OPEN
