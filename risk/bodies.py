"""A rule's body, read: where it looks, on what, what it wants then, and when it is in force.

    {"moments": ["order", "open"], "when": node, "action": "hold", "score": 20, "proof": "mail",
     "scope": {"sku": [refs], "brand": […], "channel": […], "partner": […]},
     "schedule": {"since": "2026-11-01", "until": "2026-12-01", "hours": [22, 6], "days": [6, 7]},
     "hold_minutes": 120, "then": "pay_back"}

Only `moments`, `when` and `action` must be there. `then` is what ends a hold that nobody decides,
`proof` how a person proves to be one, where the action wants that.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from risk.conditions import Condition, read
from risk.errors import ConditionWrong
from risk.facts import FACTS
from risk.possible import check
from risk.states import PAID, PROOFS, Action, Moment, Proof, Trait
from risk.tree import IN, Answer, AnyOf, Compared, Counts, Every, Node
from risk.types import Facts

SCOPES = ("sku", "brand", "channel", "partner")
THEN = ("pay_back", "release")
WANTS = (Action.TAG, Action.WARN, Action.VERIFY, Action.HOLD, Action.DENY)
KEYS = frozenset(
    {"moments", "when", "action", "proof", "score", "scope", "schedule", "hold_minutes", "then"}
)
MOST_SCORE, SHORTEST_HOLD, LONGEST_HOLD = 100, 5, 7 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    moments: frozenset[str]
    condition: Condition
    action: Action
    proof: Proof
    score: int
    hold_minutes: int  # 0: as the shop's settings say
    then: str
    since: date | None
    until: date | None

    def is_in_force(self, day: date) -> bool:
        """On this day of the shop."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        return self.condition.holds(facts, counts)


def read_body(body: Mapping[str, Any]) -> Body:
    """Raises ConditionWrong; `param` is the part that cannot be read."""
    unknown = sorted(body.keys() - KEYS)
    if unknown:
        # In JSON a name may be half a character, which is on no page.
        name = unknown[0][:40] if unknown[0].isprintable() else "…"
        raise ConditionWrong(_("A rule has no “%(name)s”.") % {"name": name}, param=name)
    schedule = _mapping(body.get("schedule", {}), "schedule", {"since", "until", "hours", "days"})
    scope = [node for _name, node in _scope(body.get("scope", {}))]
    parts = [read(body.get("when")).root, *scope, *_times(schedule)]
    moments = _moments(body.get("moments"))
    condition = Condition(Every(tuple(parts)) if len(parts) > 1 else parts[0])
    _known_then(condition, moments)
    since, until = (_day(schedule.get(one), f"schedule.{one}") for one in ("since", "until"))
    if since and until and until < since:
        raise ConditionWrong(_("It ends before it begins."), param="schedule.until")
    return Body(
        moments=moments,
        condition=condition,
        action=_action(body.get("action")),
        proof=_proof(body.get("proof", Proof.SLIDER)),
        score=_whole(body.get("score", 0), "score", 0, MOST_SCORE),
        hold_minutes=_hold_minutes(body.get("hold_minutes", 0)),
        then=_then(body.get("then", THEN[0])),
        since=since,
        until=until,
    )


def check_possible(body: Mapping[str, Any]) -> bool:
    """Of a body that can be read: whether its condition always holds, as far as its facts are
    known. Raises ConditionWrong for what can never be so: a rule that is written now is not to say
    that, one that was stored before may."""
    times, scope = _hours_and_days(body.get("schedule", {})), _scope(body.get("scope", {}))
    return check(
        [
            *((node, f"schedule.{name}") for name, node in times),
            *((node, f"scope.{name}") for name, node in scope),
            (read(body["when"]).root, "when"),
        ]
    )


def _known_then(condition: Condition, moments: frozenset[str]) -> None:
    for name in sorted(condition.facts):
        if not moments <= FACTS[name].moments:
            raise ConditionWrong(
                _("Not known then: %(fact)s.") % {"fact": FACTS[name].label}, param="moments"
            )
    is_of_payer = any(one.is_of(Trait.PAYER) for one in condition.counters)
    if is_of_payer and not moments <= PAID:
        raise ConditionWrong(
            _("Not known then: %(fact)s.") % {"fact": Trait.PAYER.label}, param="moments"
        )


def _moments(said: object) -> frozenset[str]:
    known = Moment.values
    if not isinstance(said, list) or not said or any(one not in known for one in said):
        raise ConditionWrong(_("Say when the rule looks."), param="moments")
    return frozenset(said)


def _action(said: object) -> Action:
    if said not in [str(one) for one in WANTS]:
        raise ConditionWrong(_("Say what the rule wants."), param="action")
    return Action(said)


def _proof(said: object) -> Proof:
    if said not in [str(one) for one in PROOFS]:
        raise ConditionWrong(_("Say how a person proves to be one."), param="proof")
    return Proof(said)


def _then(said: object) -> str:
    if said not in THEN:
        raise ConditionWrong(_("Say how a hold ends that nobody decides."), param="then")
    return str(said)


def _whole(said: object, at: str, least: int, most: int) -> int:
    if type(said) is not int or not least <= said <= most:
        raise ConditionWrong(
            _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most},
            param=at,
        )
    return said


def _hold_minutes(said: object) -> int:
    return 0 if said == 0 else _whole(said, "hold_minutes", SHORTEST_HOLD, LONGEST_HOLD)


def _mapping(said: object, at: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(said, dict) or not said.keys() <= keys:
        raise ConditionWrong(_("This part of the rule cannot be read."), param=at)
    return said


def _scope(said: object) -> list[tuple[str, Node]]:
    found = _mapping(said, "scope", set(SCOPES))
    return [
        (name, read({"fact": name, "op": IN, "value": values}, at=f"scope.{name}").root)
        for name, values in sorted(found.items())
    ]


def _times(schedule: Mapping[str, Any]) -> list[Node]:
    """A night belongs to the day on which it begins: Saturday from 22 to 6 ends on Sunday."""
    found = [node for _name, node in _hours_and_days(schedule)]
    if len(found) < 2 or not (after := _after_midnight(schedule["hours"])):
        return found
    days = _days(schedule["days"])
    before = _hours(schedule["hours"]) - after
    return [AnyOf((_at(before, days), _at(after, _next(days))))]


def _hours_and_days(schedule: Mapping[str, Any]) -> list[tuple[str, Node]]:
    """Each by itself, with the days on which a night ends."""
    found: list[tuple[str, Node]] = []
    after = frozenset[int]()
    if "hours" in schedule:
        found.append(("hours", Compared(FACTS["hour"], IN, _hours(schedule["hours"]))))
        after = _after_midnight(schedule["hours"])
    if "days" in schedule:
        days = _days(schedule["days"])
        days |= _next(days) if after else days
        found.append(("days", Compared(FACTS["weekday"], IN, days)))
    return found


def _at(hours: frozenset[int], days: frozenset[int]) -> Node:
    return Every((Compared(FACTS["hour"], IN, hours), Compared(FACTS["weekday"], IN, days)))


def _next(days: frozenset[int]) -> frozenset[int]:
    return frozenset(day % 7 + 1 for day in days)


def _after_midnight(hours: Sequence[int]) -> frozenset[int]:
    """Of hours that can be read, those that are of the day after."""
    first, last = hours
    return frozenset(range(last)) if last <= first else frozenset()


def _hours(said: object) -> frozenset[int]:
    """From an hour on and up to another, over midnight as well."""
    if not isinstance(said, list) or len(said) != 2:
        raise ConditionWrong(_("Write from which hour to which."), param="schedule.hours")
    first, last = (_whole(one, "schedule.hours", 0, 24) for one in said)
    return frozenset((first + step) % 24 for step in range((last - first) % 24 or 24))


def _days(said: object) -> frozenset[int]:
    if not isinstance(said, list) or not said:
        raise ConditionWrong(_("Name the days, 1 is Monday."), param="schedule.days")
    return frozenset(_whole(one, "schedule.days", 1, 7) for one in said)


def _day(said: object, at: str) -> date | None:
    """Written as the form writes it, and in no other way that a day may be written in."""
    if said in (None, ""):
        return None
    with suppress(ValueError):
        if isinstance(said, str) and (found := date.fromisoformat(said)).isoformat() == said:
            return found
    raise ConditionWrong(_("Write a day such as 2026-12-31."), param=at)
