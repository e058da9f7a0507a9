"""All figures of a shop made anew from its orders, while it goes on selling.

First the facts, a stretch of orders at a time; then the sums, a month at a time. Each step holds
the shop's lock, so that what is sold meanwhile is counted between two steps and never twice.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from analytics.models import Progress
from analytics.services.counting import count_orders, make_months, take_lock
from analytics.services.rolling import add_to_buckets, add_to_buyers
from core.scope import require_tenant, tenant_atomic
from core.statements import run
from tenants.selectors import zone_here

STRETCH = 10_000  # orders of one step
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
_OF_MONTH = """(
    SELECT * FROM analytics_fact
     WHERE tenant_id = %(tenant)s AND at >= %(since)s AND at < %(until)s)"""


def rebuild(*, now: datetime) -> int:
    """Make facts and sums anew; how many orders were gone through."""
    gone_through = _restate_facts(now=now)
    for since, until in _months(now=now):
        _sum_month(since=since, until=until, now=now)
    with tenant_atomic():
        Progress.objects.update(rebuilt_at=now)
    return gone_through


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
    """The merchant's months that have facts, from their first moments to the next one's."""
    zone = zone_here(now=now)
    given: dict[str, Any] = {"tenant": require_tenant(), "zone": str(zone)}
    ((first, last),) = run(_SPAN, given).rows
    if first is None:
        return []
    rows = run(_MONTHS, given | {"first": first, "last": last}, comes_again=False).rows
    return [(since.replace(tzinfo=zone), until.replace(tzinfo=zone)) for since, until in rows]


@tenant_atomic
def _sum_month(*, since: datetime, until: datetime, now: datetime) -> None:
    take_lock()
    make_months(since=since, now=until)
    given: dict[str, Any] = {"tenant": require_tenant(), "since": since, "until": until}
    given |= {"zone": str(zone_here(now=now))}
    for statement in _sums():
        run(statement, given, comes_again=False)


def _sums() -> Iterator[str]:
    for table in ("analytics_bucket", "analytics_buyerday"):
        yield _EMPTY.format(table=table)
    yield add_to_buckets(source=_OF_MONTH)
    yield add_to_buyers(source=_OF_MONTH)
