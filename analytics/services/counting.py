"""Orders that something happened to are counted again, and the sums follow by the difference.

What an order counts as is read anew from the order itself, so that it does not matter how often or
in which order its news is heard; what it counted as before is its facts. Sums and facts move in one
transaction under the shop's lock (its row of `Progress`), hence a bucket costs the same however hot
it is, and nothing is added twice.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from analytics.models import Progress, Touched
from analytics.services.buyers import digests_of_orders, restate_buyers
from analytics.services.rolling import add_to_buckets, add_to_buyers
from analytics.services.truth import (
    COLUMNS,
    DIMENSIONS,
    KEY,
    MEASURES,
    ORDERS_OF_BATCH,
    rows_now,
)
from core.outbox import Event
from core.rows import draft, insert
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from core.statements import run
from fulfillment.selectors import find_order_of_unit
from tenants.selectors import zone_here

BATCH = 1_000
MOST_BATCHES = 20  # of one task: the sweeper nudges again while more wait

_COLUMNS = ", ".join(COLUMNS)
_SAME = " AND ".join(f"was.{name} = now.{name}" for name in KEY)
_KEEP = ", ".join(f"{name} = excluded.{name}" for name in (*DIMENSIONS, *MEASURES))
_MINUS = ", ".join(f"was.{name}" if name not in MEASURES else f"-was.{name}" for name in COLUMNS)
_THOSE = "own.id = ANY(%(orders)s)"
_REPLACE = f"""
    {rows_now(which=_THOSE)},
    was AS MATERIALIZED (
        SELECT {_COLUMNS} FROM analytics_fact
         WHERE tenant_id = %(tenant)s AND order_id = ANY(%(orders)s) AND at >= %(since)s),
    stale AS (SELECT {", ".join(KEY)} FROM was EXCEPT SELECT {", ".join(KEY)} FROM now),
    gone AS (
        DELETE FROM analytics_fact AS was USING stale AS now WHERE {_SAME}),
    kept AS (
        INSERT INTO analytics_fact ({_COLUMNS}) SELECT {_COLUMNS} FROM now
            ON CONFLICT ({", ".join(KEY)}) DO UPDATE SET {_KEEP})"""  # noqa: S608 -- our words
_DELTA = f"""
    delta AS MATERIALIZED (
        SELECT {_COLUMNS} FROM now UNION ALL SELECT {_MINUS} FROM was)"""  # noqa: S608
_COUNT = f"""{_REPLACE}, {_DELTA},
    buyers AS ({add_to_buyers(source="delta")})
    {add_to_buckets(source="delta")}"""
_RESTATE = f"{_REPLACE} SELECT count(*) FROM now"  # noqa: S608
_SINCE = """
    SELECT min(paid_at) FROM orders_order
     WHERE tenant_id = %(tenant)s AND id = ANY(%(orders)s) AND paid_at IS NOT NULL
"""
# The month before, too: by the merchant's clock a month may begin there.
_MONTHS = """
    SELECT analytics_make_month(month)
      FROM generate_series(date_trunc('month', date_trunc('month', %(since)s AT TIME ZONE 'UTC')
                                               - interval '1 day'),
                           date_trunc('month', %(now)s AT TIME ZONE 'UTC' + interval '1 day'),
                           interval '1 month') AS month
     WHERE to_regclass('analytics_fact' || to_char(month, '_YYYYMM')) IS NULL
"""
_NOTE_BATCH = f"""
    INSERT INTO analytics_touched (tenant_id, order_id) {ORDERS_OF_BATCH}
"""
_CLAIM = """
    DELETE FROM analytics_touched
     WHERE tenant_id = %(tenant)s AND id IN (
           SELECT id FROM analytics_touched WHERE tenant_id = %(tenant)s
            ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING order_id
"""


def note_order(event: Event, *, sheet: Sheet | None) -> None:
    """An order's facts are to be counted again, says the transaction that changes it."""
    _note(event.order_id, sheet)  # type: ignore[attr-defined]  # -- wired to facts about orders only


def note_unit(event: Event, *, sheet: Sheet | None) -> None:
    """So are those of the order that this unit is of."""
    order_id = find_order_of_unit(unit_id=event.unit_id)  # type: ignore[attr-defined]  # -- of units
    if order_id is not None:
        _note(order_id, sheet)


@tenant_atomic
def note_batch(*, batch_id: int, now: datetime) -> None:
    """So are those of the orders that a batch's codes went to: what they cost is known now."""
    run(_NOTE_BATCH, {"tenant": require_tenant(), "batch": batch_id})


def _note(order_id: int, sheet: Sheet | None) -> None:
    if sheet is None:
        insert([draft(Touched, order_id=order_id)])
    else:
        sheet.note_once(Touched, order_id=order_id)  # paid, delivered and completed at once


def count_touched(*, now: datetime) -> int:
    """Count the orders that wait for it; how many there were."""
    counted = 0
    for _ in range(MOST_BATCHES):
        batch = _count_batch(now=now)
        counted += batch
        if batch < BATCH:
            break
    return counted


@tenant_atomic(durable=True)
def _count_batch(*, now: datetime) -> int:
    take_lock()
    claimed = run(_CLAIM, {"tenant": require_tenant(), "most": BATCH}).rows
    count_orders(order_ids={order_id for (order_id,) in claimed}, now=now)
    if len(claimed) < BATCH:
        Progress.objects.update(counted_at=now)
    return len(claimed)


def take_lock() -> None:
    """One counts at a time; what commits meanwhile is seen by the statements after this one."""
    Progress.objects.bulk_create([Progress()], ignore_conflicts=True)
    Progress.objects.select_for_update(no_key=True).get()


def count_orders(*, order_ids: Collection[int], now: datetime, with_sums: bool = True) -> None:
    """Make facts and sums say what the orders are now; the lock is the caller's.

    Without sums: for a rebuild, which makes those of whole months afterwards.
    """
    given: dict[str, Any] = {"tenant": require_tenant(), "orders": sorted(order_ids)}
    ((since,),) = run(_SINCE, given).rows
    if since is None:
        return
    given |= {"since": since, "zone": str(zone_here(now=now))}
    make_months(since=since, now=now)
    if not with_sums:
        run(_RESTATE, given, comes_again=False)
        return
    before = digests_of_orders(given)
    run(_COUNT, given, comes_again=False)
    restate_buyers(digests=before | digests_of_orders(given), zone=given["zone"])


def make_months(*, since: datetime, now: datetime) -> None:
    run(_MONTHS, {"since": since, "now": max(since, now)}, comes_again=False)
