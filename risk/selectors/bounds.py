"""Within which bounds a rule speaks, in words: when it looks, of what, at which times."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.bodies import SCOPES
from risk.facts import FACTS
from risk.states import Moment

Words = Callable[[str, str], str]  # a fact and a value: what people call it
DAYS = {
    1: gettext_lazy("Monday"), 2: gettext_lazy("Tuesday"), 3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"), 5: gettext_lazy("Friday"), 6: gettext_lazy("Saturday"),
    7: gettext_lazy("Sunday"),
}  # fmt: skip


def plain(fact: str, value: str) -> str:
    return FACTS[fact].words(value) if fact in FACTS else value


def bounds_of(*, body: Mapping[str, Any], words: Words = plain) -> Iterator[tuple[str, str]]:
    """Each by its name; none of them where the rule looks at all orders as they are placed."""
    if body["moments"] != [Moment.ORDER.value]:
        yield "moments", _("looks when: %(moments)s") % {"moments": _moments(body["moments"])}
    for name in SCOPES:
        if values := body.get("scope", {}).get(name):
            said = _(", ").join(words(name, one) for one in values)
            yield f"scope.{name}", _("only %(fact)s: %(values)s") % {
                "fact": FACTS[name].label, "values": said,
            }  # fmt: skip
    yield from _times(body.get("schedule", {}))
    if score := body.get("score"):
        yield "score", _("score %(score)s") % {"score": score}


def _moments(said: list[str]) -> str:
    return _(", ").join(str(one.label) for one in Moment if one in said)


def _times(schedule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if days := schedule.get("days"):
        said = _(", ").join(str(DAYS[day]) for day in sorted(set(days)))
        yield "schedule.days", _("only on %(days)s") % {"days": said}
    if hours := schedule.get("hours"):
        yield "schedule.hours", _("from %(first)s:00 to %(last)s:00") % {
            "first": hours[0], "last": hours[1],
        }  # fmt: skip
    if since := schedule.get("since"):
        yield "schedule.since", _("from %(day)s on") % {"day": since}
    if until := schedule.get("until"):
        yield "schedule.until", _("until %(day)s, that day too") % {"day": until}
