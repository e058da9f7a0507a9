"""A rule's body, read: where it looks, on what, what it wants then, and when it is in force.

    {"moments": ["order", "open"], "when": node, "action": "hold", "score": 20,
     "scope": {"sku": [refs], "brand": […], "channel": […], "partner": […]},
     "schedule": {"since": "2026-11-01", "until": "2026-12-01", "hours": [22, 6], "days": [6, 7]},
     "hold_minutes": 120, "then": "pay_back"}

Only `moments`, `when` and `action` must be there. `then` is what ends a hold that nobody decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from risk.conditions import Condition, read
from risk.errors import ConditionWrong
from risk.facts import FACTS
from risk.states import Action, Moment
from risk.tree import IN, Answer, Compared, Counts, Every, Node
from risk.types import Facts

SCOPES = ("sku", "brand", "channel", "partner")
THEN = ("pay_back", "release")
WANTS = (Action.TAG, Action.WARN, Action.VERIFY, Action.HOLD, Action.DENY)
KEYS = frozenset(
    {"moments", "when", "action", "score", "scope", "schedule", "hold_minutes", "then"}
)
MOST_SCORE, SHORTEST_HOLD, LONGEST_HOLD = 100, 5, 7 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    moments: frozenset[str]
    condition: Condition
    action: Action
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
        raise ConditionWrong(
            _("A rule has no “%(name)s”.") % {"name": unknown[0][:40]}, param=unknown[0][:40]
        )
    schedule = _mapping(body.get("schedule", {}), "schedule", {"since", "until", "hours", "days"})
    parts = [read(body.get("when")).root, *_scope(body.get("scope", {})), *_times(schedule)]
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
        score=_whole(body.get("score", 0), "score", 0, MOST_SCORE),
        hold_minutes=_hold_minutes(body.get("hold_minutes", 0)),
        then=_then(body.get("then", THEN[0])),
        since=since,
        until=until,
    )


def _known_then(condition: Condition, moments: frozenset[str]) -> None:
    for name in sorted(condition.facts):
        if not moments <= FACTS[name].moments:
            raise ConditionWrong(
                _("Not known then: %(fact)s.") % {"fact": FACTS[name].label}, param="moments"
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


def _scope(said: object) -> list[Node]:
    found = _mapping(said, "scope", set(SCOPES))
    return [
        read({"fact": name, "op": IN, "value": values}, at=f"scope.{name}").root
        for name, values in sorted(found.items())
    ]


def _times(schedule: Mapping[str, Any]) -> list[Node]:
    found: list[Node] = []
    if "hours" in schedule:
        found.append(Compared(FACTS["hour"], IN, _hours(schedule["hours"])))
    if "days" in schedule:
        found.append(Compared(FACTS["weekday"], IN, _days(schedule["days"])))
    return found


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
    if said in (None, ""):
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError as why:
        raise ConditionWrong(_("Write a day such as 2026-12-31."), param=at) from why
