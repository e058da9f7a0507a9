"""What was sold on each day."""

from datetime import date, datetime, timedelta

from analytics.selectors.sums import days, numbers_by
from analytics.states import Cut
from analytics.types import Numbers


def by_day(*, since: date, until: date, now: datetime) -> dict[date, Numbers]:
    """Every day from `since` to `until`, those on which nothing was sold, too."""
    first, after = days(since=since, until=until, now=now)
    found = numbers_by(cut=Cut.DAY, since=first, until=after, by=["day"], now=now)
    every = (since + timedelta(days=past) for past in range((until - since).days + 1))
    return {day: found.get((day,), Numbers()) for day in every}
