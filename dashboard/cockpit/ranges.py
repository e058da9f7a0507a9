"""Which days the cockpit is about: chosen, or typed, and refused clearly where they cannot be."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInput
from dashboard.reading import day_of

MOST_DAYS = 366
FIRST_YEAR = 2000
CUSTOM, TODAY = "custom", "today"
BACK = {TODAY: 1, "7d": 7, "30d": 30}
CHOICES: dict[str, str | Promise] = {
    TODAY: gettext_lazy("Today"),
    "7d": gettext_lazy("7 days"),
    "30d": gettext_lazy("30 days"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From the beginning of `first` to the end of `last`, both by the shop's clock."""

    name: str
    first: date
    last: date

    @property
    def since(self) -> datetime:
        return _begin(self.first)

    @property
    def until(self) -> datetime:
        return _begin(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        if self.name != CUSTOM:
            return f"range={self.name}"
        return f"range={CUSTOM}&since={self.first}&until={self.last}"


def last_days(name: str, *, today: date) -> Range:
    """The range of this name, which ends today."""
    return Range(name=name, first=today - timedelta(days=BACK[name] - 1), last=today)


def range_of(given: QueryDict, *, today: date) -> Range:
    """Raises InvalidInput in the words of who typed it: two days, in order, not too far apart."""
    name = given.get("range", TODAY)
    if name != CUSTOM:
        return last_days(name if name in BACK else TODAY, today=today)
    first = day_of(given.get("since", ""), param="since")
    last = day_of(given.get("until", ""), param="until")
    if first is None or last is None:
        raise InvalidInput(_("Write both days: from and to."), param="since")
    if first > last:
        raise InvalidInput(_("The first day is after the last one."), param="since")
    if first.year < FIRST_YEAR:
        raise InvalidInput(_("Write a year from 2000 on."), param="since")
    if last > today:
        raise InvalidInput(_("The last day is still to come."), param="until")
    if (last - first).days >= MOST_DAYS:
        said = _("At most %(most)s days at once; these are %(count)s.")
        counts = {"most": MOST_DAYS, "count": f"{(last - first).days + 1:,}"}
        raise InvalidInput(said % counts, param="since")
    return Range(name=CUSTOM, first=first, last=last)


def _begin(day: date) -> datetime:
    """Days with 23 or 25 hours begin at their own midnight, too."""
    return datetime.combine(day, time(), tzinfo=get_current_timezone())
