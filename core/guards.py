"""A door that may be tried with a guess, and what a miss costs there.

Each try is counted before the answer is known, for where it comes from (address, network, browser),
for what it asks about, and for the shop and the whole platform. A right answer takes it back, and
forgives the browser and what was asked about; never the address, for an attacker has one right
answer too. Nobody is made to wait inside: a refusal says when the next try is heard.

When it is only the crowd's budget that is spent (address, network, shop, platform), who brings
evidence that he is not the crowd is heard on a budget of its own: that is the way of an honest
buyer whose neighbours guess.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from django.utils.translation import gettext_lazy as _

from core import limits, meters
from core.callers import network_of
from core.errors import TooManyTries
from core.meters import Budget
from core.spans import span_words


class By(StrEnum):
    """What a miss is counted for."""

    ADDRESS = "address"
    NETWORK = "network"
    DEVICE = "device"
    TARGET = "target"
    SHOP = "shop"
    PLATFORM = "platform"


OWN = frozenset({By.DEVICE, By.TARGET})  # the others are a crowd's


class Crowded(TooManyTries):
    """Not he, but those around him have tried too often: evidence would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A target's limit that outlives Redis: `core.limits`."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`fair`: the budgets of who brings evidence, in place of the crowd's."""

    name: str
    budgets: Mapping[By, Budget]
    fair: Mapping[By, Budget] = field(default_factory=dict)
    floor: Floor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who tries, and at what; `target` and `device` name their shop where they are a shop's.

    Empty: there is none, and it is not counted.
    """

    address: str
    shop: str
    target: str = ""
    device: str = ""

    def name_of(self, by: By) -> str:
        match by:
            case By.ADDRESS:
                return self.address or "unknown"
            case By.NETWORK:
                return network_of(self.address) or "unknown"
            case By.SHOP:
                return self.shop
            case By.DEVICE:
                return self.device
            case By.TARGET:
                return self.target
        return "all"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that is heard; it stays a miss unless it is told to be right."""

    guard: Guard
    asker: Asker
    taken: frozenset[str]

    def was_right(self) -> None:
        own = {_meter(self.guard, by, self.asker) for by in OWN} & self.taken
        meters.give_back(self.taken - own)
        meters.clear(own)
        if self.guard.floor is not None and self.asker.target:
            limits.forgive(what=self.guard.name, who=self.asker.target)


def _nothing() -> bool:
    return False


def attempt(
    *,
    guard: Guard,
    asker: Asker,
    now: datetime,
    has_evidence: Callable[[], bool] = _nothing,
) -> Attempt:
    """Count a try before its answer is known. Raises TooManyTries, and Crowded for who had no
    evidence that would have been heard."""
    wanted = _wanted(guard, guard.budgets, asker)
    waits = meters.take(wanted, now=now)
    if waits:
        wanted = _fair(guard, asker, waits, has_evidence)
        waits = meters.take(wanted, now=now)
        if waits:
            raise _too_many(_longest(waits))
    if guard.floor is not None and asker.target:
        limits.hit(
            what=guard.name,
            who=asker.target,
            most=guard.floor.most,
            window=guard.floor.window,
            now=now,
        )
    return Attempt(guard, asker, frozenset(wanted))


def _fair(
    guard: Guard, asker: Asker, waits: Mapping[str, float], has_evidence: Callable[[], bool]
) -> dict[str, Budget]:
    """The meters of who brings evidence. Raises TooManyTries, Crowded."""
    own = {_meter(guard, by, asker) for by in OWN}
    if own & waits.keys() or not guard.fair:
        raise _too_many(_longest(waits))
    if not has_evidence():
        raise Crowded(_words(_longest(waits)), wait_seconds=_longest(waits))
    mine = {by: budget for by, budget in guard.budgets.items() if by in OWN}
    return _wanted(guard, mine, asker) | _wanted(guard, guard.fair, asker, way="fair")


def _wanted(
    guard: Guard, budgets: Mapping[By, Budget], asker: Asker, *, way: str = ""
) -> dict[str, Budget]:
    named = {by: budget for by, budget in budgets.items() if asker.name_of(by)}
    return {_meter(guard, by, asker, way=way): budget for by, budget in named.items()}


def _meter(guard: Guard, by: By, asker: Asker, *, way: str = "") -> str:
    return f"{guard.name}{way}|{by}|{asker.name_of(by)}"


def refused(*, wait: timedelta) -> TooManyTries:
    """What is told where somebody else than a meter refuses: nobody can tell the one from the
    other."""
    return _too_many(max(1, int(wait.total_seconds())))


def _too_many(seconds: int) -> TooManyTries:
    return TooManyTries(_words(seconds), wait_seconds=seconds)


def _longest(waits: Mapping[str, float]) -> int:
    return max(1, ceil(max(waits.values())))


def _words(seconds: int) -> str:
    wait = span_words(seconds)
    return str(_("Too many tries. Please wait %(span)s and try again.") % {"span": wait})
