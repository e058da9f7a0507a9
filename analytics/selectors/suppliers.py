"""How each supplier does, over the last 24 hours."""

from collections import defaultdict
from datetime import datetime, timedelta

from analytics.selectors.sums import numbers_by, seconds_at
from analytics.states import Cut
from analytics.types import Numbers, SupplierRow
from suppliers.selectors.health import Health, health_of_suppliers

HOURS = 24


def supplier_board(*, now: datetime) -> list[SupplierRow]:
    """Every supplier, those in use first; the figures are those of the hours since this one
    yesterday."""
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    speeds = numbers_by(
        cut=Cut.SPEED, since=since, until=now, by=["supplier_id", "took", "at"], now=now
    )
    steps: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    hours: dict[int, list[int]] = defaultdict(lambda: [0] * HOURS)
    sums: dict[int, list[Numbers]] = defaultdict(list)
    for (supplier_id, took, at), numbers in speeds.items():
        steps[supplier_id][took] += numbers.lines
        hours[supplier_id][min(HOURS - 1, int((at - since).total_seconds() // 3600))] += (
            numbers.delivered
        )
        sums[supplier_id].append(numbers)
    return [
        _row(health, steps[health.supplier.pk], hours[health.supplier.pk], sums[health.supplier.pk])
        for health in health_of_suppliers(now=now)
    ]


def _row(
    health: Health, steps: dict[int, int], hours: list[int], found: list[Numbers]
) -> SupplierRow:
    one = health.supplier
    return SupplierRow(
        supplier_id=one.pk,
        name=one.name,
        is_on=one.is_on,
        numbers=Numbers(
            orders=sum(each.orders for each in found),
            units=sum(each.units for each in found),
            revenue_e4=sum(each.revenue_e4 for each in found),
            cost_e4=sum(each.cost_e4 for each in found),
            delivered=sum(each.delivered for each in found),
        ),
        success_percent=health.success_percent,
        p50_seconds=seconds_at(0.5, steps),
        p95_seconds=seconds_at(0.95, steps),
        unconfirmed=health.unconfirmed,
        balance_e4=one.balance_e4,
        currency=one.currency,
        balance_days=health.days_of_cover,
        rest=health.rest,
        hours=tuple(hours),
    )
