"""All figures of a shop made anew from its orders, while it goes on selling.

First the facts, a stretch of orders at a time; then the sums, a month at a time, and the buyers, a
slice at a time. Each step holds the shop's lock, so that what is sold meanwhile is counted between
two steps and never twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from analytics.models import Progress
from analytics.services.buyers import SLICES, recount_buyers, restate_slice
from analytics.services.counting import count_orders, make_months, take_lock
from analytics.services.rolling import add_to_buckets, add_to_buyers
from core.leases import Clock
from core.scope import require_tenant, tenant_atomic
from core.statements import run
from tenants.selectors import zone_here

STRETCH = 10_000  # orders of one step
SETTLED = timedelta(minutes=2)  # after it nobody counts by the clock of before
LEASE = timedelta(minutes=10)  # for one step: a month of a large shop
# An order whose paid moment is none (any more) has no facts; it can only be a stretch's.
_STRAYS = """
    DELETE FROM analytics_fact AS was
     WHERE was.tenant_id = %(tenant)s AND NOT EXISTS (
           SELECT FROM orders_order AS own WHERE own.tenant_id = was.tenant_id
              AND own.id = was.order_id AND own.paid_at IS NOT NULL)
"""
_NEXT = """
    SELECT array_agg(id) FROM (
        SELECT id FROM orders_order WHERE tenant_id = %(tenant)s AND id > %(after)s
         ORDER BY id LIMIT %(most)s) AS found
"""
_SPAN = """
    SELECT date_trunc('month', min(at), %(zone)s), max(at) FROM analytics_fact
     WHERE tenant_id = %(tenant)s
"""
_MONTHS = """
    SELECT month, month + interval '1 month'
      FROM generate_series(%(first)s AT TIME ZONE %(zone)s, %(last)s AT TIME ZONE %(zone)s,
                           interval '1 month') AS month
"""
_EMPTY = "DELETE FROM {table} WHERE tenant_id = %(tenant)s AND at >= %(since)s AND at < %(until)s"
_EMPTY_OUTSIDE = """
    DELETE FROM {table}
     WHERE tenant_id = %(tenant)s AND NOT (at >= %(since)s AND at < %(until)s)
"""
_SUMMED_IN = ("analytics_bucket", "analytics_buyerday")
_OF_MONTH = """(
    SELECT * FROM analytics_fact
     WHERE tenant_id = %(tenant)s AND at >= %(since)s AND at < %(until)s)"""


def rebuild(*, now: datetime) -> int:
    """Make facts and sums anew; how many orders were gone through."""
    gone_through = _restate_facts(now=now)
    for _step in _sum_all(now=now):
        pass
    with tenant_atomic():
        Progress.objects.update(rebuilt_at=now)
    return gone_through


def _sum_all(*, now: datetime) -> Iterator[None]:
    """All sums from the facts there are, a step at a time."""
    for since, until in _months(now=now):
        yield sum_months(since=since, until=until, now=now)
    for number in range(SLICES):
        yield restate_buyers_of_slice(number, now=now)
    yield recount_all_buyers(now=now)


@tenant_atomic
def ask_for_recut(*, merchant_id: int, now: datetime) -> None:
    """Another clock cuts hours and days elsewhere. Not at once: for a minute other processes still
    count by the old one."""
    Progress.objects.update(recut_at=now + SETTLED)


def recut(*, now: datetime) -> None:
    """Make all sums anew if that was asked for; who comes while one is at it does nothing, and
    what a killed worker has begun is begun again."""
    asked_at = _claim(now=now)
    if asked_at is None:
        return
    clock = Clock(began=now)
    for _step in _sum_all(now=now):
        with tenant_atomic():
            Progress.objects.update(lease_until=clock.now + LEASE)
    with tenant_atomic():
        Progress.objects.update(rebuilt_at=now, lease_until=None)
        Progress.objects.filter(recut_at=asked_at).update(recut_at=None)


@tenant_atomic
def _claim(*, now: datetime) -> datetime | None:
    due = Progress.objects.filter(recut_at__lte=now)
    free = due.filter(Q(lease_until=None) | Q(lease_until__lte=now))
    if not free.update(lease_until=now + LEASE):
        return None
    return Progress.objects.values_list("recut_at", flat=True).get()


def _restate_facts(*, now: datetime) -> int:
    after, gone_through = 0, 0
    while stretch := _restate_stretch(after=after, now=now):
        after, gone_through = stretch[-1], gone_through + len(stretch)
    with tenant_atomic():
        run(_STRAYS, {"tenant": require_tenant()})
    return gone_through


@tenant_atomic
def _restate_stretch(*, after: int, now: datetime) -> list[int]:
    take_lock()
    given = {"tenant": require_tenant(), "after": after, "most": STRETCH}
    ((found,),) = run(_NEXT, given).rows
    if found:
        count_orders(order_ids=found, now=now, with_sums=False)
    return sorted(found or [])


@tenant_atomic
def _months(*, now: datetime) -> list[tuple[datetime, datetime]]:
    """The merchant's months that have facts, from their first moments to the next one's.

    What stands outside of them is no sum of any fact: the first day began earlier by the clock of
    another time zone.
    """
    take_lock()
    zone = zone_here(now=now)
    given: dict[str, Any] = {"tenant": require_tenant(), "zone": str(zone)}
    ((first, last),) = run(_SPAN, given).rows
    rows = run(_MONTHS, given | {"first": first, "last": last}, comes_again=False).rows
    months = [(since.replace(tzinfo=zone), until.replace(tzinfo=zone)) for since, until in rows]
    since, until = (months[0][0], months[-1][1]) if months else (now, now)
    given |= {"since": since, "until": until}
    for table in _SUMMED_IN:
        run(_EMPTY_OUTSIDE.format(table=table), given, comes_again=False)
    return months


@tenant_atomic
def sum_months(*, since: datetime, until: datetime, now: datetime) -> None:
    """Anew, from the facts of whole months of the merchant's."""
    take_lock()
    make_months(since=since, now=until)
    given: dict[str, Any] = {"tenant": require_tenant(), "since": since, "until": until}
    given |= {"zone": str(zone_here(now=now))}
    for statement in _sums():
        run(statement, given, comes_again=False)


@tenant_atomic
def restate_buyers_of_slice(number: int, *, now: datetime) -> None:
    take_lock()
    restate_slice(number, zone=str(zone_here(now=now)))


@tenant_atomic
def recount_all_buyers(*, now: datetime) -> None:
    take_lock()
    recount_buyers(zone=str(zone_here(now=now)))


def _sums() -> Iterator[str]:
    for table in _SUMMED_IN:
        yield _EMPTY.format(table=table)
    yield add_to_buckets(source=_OF_MONTH)
    yield add_to_buyers(source=_OF_MONTH)
