"""Sums of buckets: what every question of the cockpit is made of."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from analytics.states import Cut
from analytics.types import Numbers, seconds_of_step
from core.scope import require_tenant
from core.statements import run
from tenants.selectors import zone_here

MEASURES = tuple(name for name in Numbers.__dataclass_fields__ if name != "buyers")
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in MEASURES)
_BY = {
    "day",
    "hour_of_day",
    "weekday",
    "at",
    "sku_id",
    "supplier_id",
    "channel",
    "province",
    "took",
}
_WORDS = {
    "day": "(at AT TIME ZONE %(zone)s)::date",
    "hour_of_day": "extract(hour FROM at AT TIME ZONE %(zone)s)::int",
    "weekday": "extract(isodow FROM at AT TIME ZONE %(zone)s)::int",
}


def numbers_by(
    *, cut: Cut, since: datetime, until: datetime, by: Sequence[str] = (), now: datetime
) -> dict[tuple[Any, ...], Numbers]:
    """The sums of one cut from `since` until before `until`, for each value of `by`."""
    assert set(by) <= _BY
    groups = ", ".join(_WORDS.get(name, name) for name in by)
    sql = f"""
        SELECT {groups + "," if by else ""} {_SUMS} FROM analytics_bucket
         WHERE tenant_id = %(tenant)s AND cut = '{cut}' AND at >= %(since)s AND at < %(until)s
        {"GROUP BY " + ", ".join(str(n) for n in range(1, len(by) + 1)) if by else ""}
    """  # noqa: S608 -- our words
    given = {"tenant": require_tenant(), "since": since, "until": until}
    given |= {"zone": str(zone_here(now=now))}
    return {
        tuple(row[: len(by)]): Numbers(**dict(zip(MEASURES, row[len(by) :], strict=True)))
        for row in run(sql, given, comes_again=False).rows
    }


def total(*, cut: Cut, since: datetime, until: datetime, now: datetime) -> Numbers:
    return numbers_by(cut=cut, since=since, until=until, now=now)[()]


def count_buyers(*, since: datetime, until: datetime) -> int:
    """Different buyers of the days from `since` until before `until`."""
    sql = """
        SELECT count(DISTINCT buyer) FROM analytics_buyerday
         WHERE tenant_id = %(tenant)s AND at >= %(since)s AND at < %(until)s AND orders > 0
    """
    given = {"tenant": require_tenant(), "since": since, "until": until}
    ((count,),) = run(sql, given).rows
    return int(count)


def beginning_of_day(day: date, *, now: datetime) -> datetime:
    """A day's first moment by the merchant's clock."""
    return datetime.combine(day, time.min, tzinfo=zone_here(now=now))


def days(*, since: date, until: date, now: datetime) -> tuple[datetime, datetime]:
    """The moments between which the days from `since` to `until`, both with it, lie."""
    after = until + timedelta(days=1)
    return beginning_of_day(since, now=now), beginning_of_day(after, now=now)


def today_of(*, now: datetime) -> date:
    return now.astimezone(zone_here(now=now)).date()


def seconds_at(share: float, steps: dict[int, int]) -> float | None:
    """The time within which this share of the deliveries was there, from the counts by step."""
    left = sum(steps.values()) * share
    for step, count in sorted(steps.items()):
        left -= count
        if left <= 0:
            return seconds_of_step(step)
    return None
