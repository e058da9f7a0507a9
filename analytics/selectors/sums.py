"""Sums of buckets: what every question of the cockpit is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from analytics.states import MONTHLY, Cut
from analytics.types import Numbers, seconds_of_step
from core.scope import require_tenant
from core.statements import run
from tenants.selectors import zone_here

MEASURES = tuple(name for name in Numbers.__dataclass_fields__ if name != "buyers")
_TIMES = {"day", "hour_of_day", "weekday", "at"}
_BY = _TIMES | {"sku_id", "supplier_id", "channel", "province", "took"}
_WORDS = {
    "day": "(at AT TIME ZONE %(zone)s)::date",
    "hour_of_day": "extract(hour FROM at AT TIME ZONE %(zone)s)::int",
    "weekday": "extract(isodow FROM at AT TIME ZONE %(zone)s)::int",
}
_SOURCE = """
    SELECT *, {sign} AS sign FROM analytics_bucket
     WHERE tenant_id = %(tenant)s AND cut = '{cut}' AND at >= %(since_{place})s
       AND at < %(until_{place})s"""


@dataclass(frozen=True, slots=True)
class _Span:
    """Sums that are added (`sign` 1) or taken away again (-1)."""

    cut: Cut
    since: datetime
    until: datetime
    sign: int = 1


def numbers_by(
    *,
    cut: Cut,
    since: datetime,
    until: datetime,
    by: Sequence[str] = (),
    measures: Sequence[str] = MEASURES,
    now: datetime,
) -> dict[tuple[Any, ...], Numbers]:
    """The sums of one cut from `since` until before `until`, for each value of `by`; measures that
    are not asked for are 0.

    Where no time is asked by, months are read from the cut's sums of months, if it has them: of one
    that is asked for in part, its days, or the whole less its other days, whichever are fewer.
    """
    assert set(by) <= _BY
    zone = zone_here(now=now)
    given: dict[str, Any] = {"tenant": require_tenant(), "zone": str(zone)}
    spans = [_Span(cut, since, until)]
    if cut in MONTHLY and since < until and not set(by) & _TIMES:
        spans = list(_spans(cut, since.astimezone(zone), until.astimezone(zone), now=now))
    for place, span in enumerate(spans):
        given |= {f"since_{place}": span.since, f"until_{place}": span.until}
    sql = _statement(spans, by, measures)
    return {
        tuple(row[: len(by)]): Numbers(**dict(zip(measures, row[len(by) :], strict=True)))
        for row in run(sql, given, comes_again=False).rows
    }


def _statement(spans: Sequence[_Span], by: Sequence[str], measures: Sequence[str]) -> str:
    """Over these spans, each between the moments of its place."""
    sources = (
        _SOURCE.format(cut=span.cut, sign=span.sign, place=place)
        for place, span in enumerate(spans)
    )
    groups = ", ".join(_WORDS.get(name, name) for name in by)
    sums = [f"coalesce(sum({name} * sign), 0)::bigint" for name in measures]
    grouped = ""
    if by:
        grouped = f"GROUP BY {', '.join(str(place) for place in range(1, len(by) + 1))}"
    if by and any(span.sign < 0 for span in spans):
        # What is on the days alone that were taken away is not there.
        grouped += f" HAVING {' OR '.join(f'{each} <> 0' for each in sums)}"
    return f"""
        SELECT {groups + "," if by else ""} {", ".join(sums)}
          FROM ({" UNION ALL ".join(sources)}) AS found
        {grouped}
    """  # noqa: S608 -- our words


def _spans(cut: Cut, since: datetime, until: datetime, *, now: datetime) -> Iterator[_Span]:
    """The same time in days and in months, as the merchant's clock has them."""
    whole: _Span | None = None  # months one after the other are one span
    while since < until:
        opens = _month_of(since)
        closes = _month_of(opens + timedelta(days=32))
        end = min(until, closes)
        # Of a month that goes on, no day is left out that has not come yet.
        others = [
            _Span(cut, first, last, sign=-1)
            for first, last in ((opens, since), (end, min(closes, now)))
            if first < last
        ]
        if sum((one.until - one.since for one in others), timedelta()) < end - since:
            whole = _Span(MONTHLY[cut], whole.since if whole else opens, closes)
            yield from others
        else:
            yield _Span(cut, since, end)
            if whole:
                yield whole
            whole = None
        since = end
    if whole:
        yield whole


def _month_of(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def total(*, cut: Cut, since: datetime, until: datetime, now: datetime) -> Numbers:
    return numbers_by(cut=cut, since=since, until=until, now=now)[()]


def count_buyers(*, since: datetime, until: datetime) -> int:
    """Buyers of the day from `since` until before `until`."""
    sql = """
        SELECT count(*) FROM analytics_buyerday
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
