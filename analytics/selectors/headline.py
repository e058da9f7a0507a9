"""The numbers at the top of the wall, and the day's curve."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial

from analytics.models import Progress
from analytics.selectors.sums import (
    beginning_of_day,
    count_buyers,
    numbers_by,
    today_of,
    total,
)
from analytics.states import Cut
from analytics.types import Curve, Headline, Numbers
from core.kept import Kept
from core.scope import require_tenant
from tenants.selectors import get_shop, zone_here

DAY = timedelta(days=1)
WEEK_DAYS = 7
_buyers_before = Kept[int](most=10_000, at_least=300)  # of days that are over


def headline(*, now: datetime) -> Headline:
    progress = Progress.objects.first()
    week = [_until_this_hour(ago, now=now) for ago in range(1, WEEK_DAYS + 1)]
    return Headline(
        today=_until_this_hour(0, now=now),
        yesterday=week[0],
        week_mean=_mean(week),
        counted_at=progress.counted_at if progress else None,
        currency=get_shop().currency,
    )


def is_recounting() -> bool:
    """Whether sums are being made anew by another clock, or will be within minutes."""
    return Progress.objects.filter(recut_at__isnull=False).exists()


def _until_this_hour(days_ago: int, *, now: datetime) -> Numbers:
    """A day's numbers from midnight to the end of the hour that it is now; its buyers are those of
    the whole day."""
    day = today_of(now=now) - DAY * days_ago
    since, until = beginning_of_day(day, now=now), beginning_of_day(day + DAY, now=now)
    hour = now.astimezone(zone_here(now=now)).hour + 1
    found = total(cut=Cut.HOUR, since=since, until=min(until, _hours_on(since, hour)), now=now)
    count = partial(count_buyers, since=since, until=until)
    key = require_tenant(), since
    return replace(found, buyers=_buyers_before.get(key, count) if days_ago else count())


def _hours_on(moment: datetime, hours: int) -> datetime:
    """Hours on the merchant's wall, whatever a change of the clock does to the day."""
    return moment + timedelta(hours=hours)


def _mean(several: list[Numbers]) -> Numbers:
    sums = {
        field.name: sum(getattr(one, field.name) or 0 for one in several)
        for field in fields(Numbers)
    }
    return Numbers(**{name: round(value / len(several)) for name, value in sums.items()})


def day_curves(*, now: datetime) -> tuple[Curve, ...]:
    """Today, yesterday and the same day last week, each by the hour."""
    this_hour = now.astimezone(zone_here(now=now)).hour
    return tuple(
        _curve(name, ago, last=23 if ago else this_hour, now=now)
        for name, ago in (("today", 0), ("yesterday", 1), ("last_week", 7))
    )


def _curve(name: str, days_ago: int, *, last: int, now: datetime) -> Curve:
    day = today_of(now=now) - DAY * days_ago
    since, until = beginning_of_day(day, now=now), beginning_of_day(day + DAY, now=now)
    found = numbers_by(cut=Cut.HOUR, since=since, until=until, by=["hour_of_day"], now=now)
    hours = [found.get((hour,), Numbers()) if hour <= last else None for hour in range(24)]
    return Curve(
        name=name,
        revenue_e4=tuple(one.revenue_e4 if one else None for one in hours),
        orders=tuple(one.orders if one else None for one in hours),
    )


def heat_map(*, now: datetime, weeks: int = 4) -> tuple[tuple[int, ...], ...]:
    """Orders by weekday (Monday first) and hour, of so many whole weeks until yesterday."""
    today = today_of(now=now)
    since, until = (
        beginning_of_day(today - DAY * 7 * weeks, now=now),
        beginning_of_day(today, now=now),
    )
    found = numbers_by(
        cut=Cut.HOUR, since=since, until=until, by=["weekday", "hour_of_day"], now=now
    )
    return tuple(
        tuple(found.get((weekday, hour), Numbers()).orders for hour in range(24))
        for weekday in range(1, 8)
    )
