"""Figures that are not the orders are found each night, and made right where they differ: orders
whose facts say something else are counted again, months whose sums are not their facts are summed
again."""

from datetime import datetime, timedelta
from typing import Any

import structlog

from analytics.models import Progress
from analytics.selectors import drift
from analytics.services.buyers import SLICES
from analytics.services.counting import BATCH, count_orders, take_lock
from analytics.services.rebuilding import recount_all_buyers, restate_buyers_of_slice, sum_months
from analytics.states import TRIES, WHOLE
from analytics.types import Drift
from core.scope import require_tenant, tenant_atomic
from core.statements import run
from tenants.selectors import zone_here

log = structlog.get_logger(__name__)

NIGHT = range(2, 6)  # hours by the shop's clock
OVERDUE = timedelta(hours=30)

# What waits is counted by itself.
_WRONG_ORDERS = """
    WITH waits AS MATERIALIZED (
        SELECT DISTINCT order_id FROM analytics_touched WHERE tenant_id = %(tenant)s),
    tries AS (
        SELECT unit.order_id, count(*) AS tries,
               count(*) FILTER (WHERE attempt.state = 'success') AS bought
          FROM suppliers_attempt AS attempt
          JOIN fulfillment_unit AS unit
            ON unit.tenant_id = attempt.tenant_id AND unit.id = attempt.unit_id
         WHERE attempt.tenant_id = %(tenant)s GROUP BY unit.order_id),
    truth AS (
        SELECT own.id AS order_id, 1 AS orders, own.total_e4 AS revenue,
               coalesce(money.refunded_e4, 0) AS refund, coalesce(tries.tries, 0) AS tries,
               coalesce(tries.bought, 0) AS bought
          FROM orders_order AS own
          LEFT JOIN payments_payment AS money
            ON money.tenant_id = own.tenant_id AND money.id = own.payment_id
          LEFT JOIN tries ON tries.order_id = own.id
         WHERE own.tenant_id = %(tenant)s AND own.paid_at < %(now)s),
    known AS (
        SELECT order_id, sum(orders) FILTER (WHERE kind = 'sold') AS orders,
               sum(revenue_e4) FILTER (WHERE kind = 'sold') AS revenue,
               sum(refund_e4) FILTER (WHERE kind = 'sold') AS refund,
               coalesce(sum(lines) FILTER (WHERE kind = 'tried'), 0) AS tries,
               coalesce(sum(delivered) FILTER (WHERE kind = 'tried'), 0) AS bought
          FROM analytics_fact WHERE tenant_id = %(tenant)s GROUP BY order_id)
    SELECT truth.order_id FROM truth LEFT JOIN known USING (order_id)
     WHERE (truth.orders, truth.revenue, truth.refund, truth.tries, truth.bought)
           IS DISTINCT FROM
           (known.orders, known.revenue, known.refund, known.tries, known.bought)
       AND truth.order_id NOT IN (SELECT order_id FROM waits)
"""
_MEASURES = "sum(orders), sum(lines), sum(units), sum(revenue_e4), sum(cost_e4), sum(refund_e4)"
_MONTH = "date_trunc('month', at AT TIME ZONE %(zone)s)"
_WRONG_MONTHS = f"""
    WITH facts AS (
        SELECT kind, {_MONTH} AS month, ARRAY[{_MEASURES}] AS sums
          FROM analytics_fact WHERE tenant_id = %(tenant)s AND kind IN ('sold', 'tried')
         GROUP BY kind, month),
    cuts AS (
        SELECT unnest(%(whole)s) AS cut, 'sold' AS kind
         UNION ALL SELECT unnest(%(tries)s), 'tried'),
    sums AS (
        SELECT cut, kind, {_MONTH} AS month, ARRAY[{_MEASURES}] AS sums
          FROM analytics_bucket JOIN cuts USING (cut) WHERE tenant_id = %(tenant)s
         GROUP BY cut, kind, month),
    wanted AS (SELECT cut, kind, month, facts.sums FROM facts JOIN cuts USING (kind))
    SELECT DISTINCT month FROM wanted FULL JOIN sums USING (cut, kind, month)
     WHERE coalesce(wanted.sums, array_fill(0::numeric, ARRAY[6]))
           <> coalesce(sums.sums, array_fill(0::numeric, ARRAY[6]))
     ORDER BY month
"""  # noqa: S608 -- our words


def check_nightly(*, now: datetime) -> list[Drift]:
    """Once a night, or whenever the last time is too long ago: what differed, and is mended now."""
    if not _is_time(now=now):
        return []
    found = _compare(now=now)
    if found:
        log.error(
            "analytics.differs", measures=sorted(f"{one.where} {one.measure}" for one in found)
        )
        heal(now=now)
        _note(_compare(now=now), mended_at=now)
    return found


@tenant_atomic
def _is_time(*, now: datetime) -> bool:
    last = Progress.objects.values_list("checked_at", flat=True).first()
    if last is None or now - last > OVERDUE:
        return True
    return now.astimezone(zone_here(now=now)).hour in NIGHT and now - last > OVERDUE / 2


def heal(*, now: datetime) -> None:
    """Make right what differs; each step under the shop's lock, while it goes on selling."""
    wrong = _wrong_orders(now=now)
    for first in range(0, len(wrong), BATCH):
        _count_again(wrong[first : first + BATCH], now=now)
    for month in _wrong_months(now=now):
        after = (month + timedelta(days=32)).replace(day=1)
        sum_months(since=month, until=after, now=now)
    if any(one.where == "buyers" for one in _compare(now=now)):
        for number in range(SLICES):
            restate_buyers_of_slice(number, now=now)
    recount_all_buyers(now=now)


@tenant_atomic
def _compare(*, now: datetime) -> list[Drift]:
    take_lock()
    found = drift(now=now)
    _note(found, checked_at=now)
    return found


def _note(found: list[Drift], **at: datetime) -> None:
    money = sum(abs(one.found - one.expected) for one in found if one.is_money)
    with tenant_atomic():
        Progress.objects.update(drift_e4=money, differing=len(found), **at)


@tenant_atomic
def _wrong_orders(*, now: datetime) -> list[int]:
    given = {"tenant": require_tenant(), "now": now}
    return sorted(order_id for (order_id,) in run(_WRONG_ORDERS, given, comes_again=False).rows)


@tenant_atomic
def _count_again(order_ids: list[int], *, now: datetime) -> None:
    take_lock()
    count_orders(order_ids=order_ids, now=now)


@tenant_atomic
def _wrong_months(*, now: datetime) -> list[datetime]:
    zone = zone_here(now=now)
    given: dict[str, Any] = {"tenant": require_tenant(), "zone": str(zone)}
    given |= {"whole": [str(cut) for cut in WHOLE], "tries": [str(cut) for cut in TRIES]}
    rows = run(_WRONG_MONTHS, given, comes_again=False).rows
    return [month.replace(tzinfo=zone) for (month,) in rows]
