"""Which days a report is about, and when its turn is: by the shop's clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reports.states import Every

_DAY = timedelta(days=1)


def last_period(every: str, *, today: date) -> tuple[date, date]:
    """The first and the last day of the latest day, week (from Monday on) or month that is over."""
    begins = _begin(every, today)
    return _begin(every, begins - _DAY), begins - _DAY


def next_turn(every: str, *, hour: int, after: datetime, zone: ZoneInfo) -> datetime:
    """When the hour comes for the first time after that moment on a day on which a period begins.

    An hour that the clocks leave out comes when it would have; one that comes twice, the first
    time.
    """
    day = _begin(every, after.astimezone(zone).date())
    while (turn := datetime.combine(day, time(hour), tzinfo=zone)) <= after:
        day = _next(every, day)
    return turn


def _begin(every: str, day: date) -> date:
    if every == Every.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if every == Every.MONTH else day


def _next(every: str, begins: date) -> date:
    return _begin(every, begins + {Every.WEEK: 7, Every.MONTH: 32}.get(Every(every), 1) * _DAY)
