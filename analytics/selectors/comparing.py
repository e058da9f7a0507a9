"""Suppliers compared on the SKUs that they deliver: what they took, how often and how fast."""

import math
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from analytics.selectors.naming import names_of_skus
from analytics.selectors.sums import days, numbers_by, seconds_at
from analytics.states import Cut
from analytics.types import ComparedSupplier, Numbers
from suppliers.selectors import names_of_suppliers

_TOLD = ("lines", "delivered", "failed", "cost_e4")
Pair = tuple[int, int]  # SKU, supplier


def compare_suppliers(*, since: date, until: date, now: datetime) -> list[ComparedSupplier]:
    """By SKU, those that several deliver first; of each the best supplier first."""
    first, after = days(since=since, until=until, now=now)
    found: dict[Pair, dict[int, Numbers]] = defaultdict(dict)
    by = ["sku_id", "supplier_id", "took"]
    for (sku_id, supplier_id, took), numbers in numbers_by(
        cut=Cut.TRIED, since=first, until=after, by=by, measures=_TOLD, now=now
    ).items():
        found[sku_id, supplier_id][took] = numbers
    several: dict[int, list[int]] = defaultdict(list)
    for sku_id, supplier_id in found:
        several[sku_id].append(supplier_id)
    names, suppliers = names_of_skus(sku_ids=several.keys()), names_of_suppliers()
    rows = [
        _scored(
            [
                _row(sku_id, names[sku_id].name, one, suppliers[one], found[sku_id, one])
                for one in those
            ]
        )
        for sku_id, those in several.items()
    ]
    rows.sort(key=lambda those: (len(those) < 2, those[0].sku))
    return [row for those in rows for row in those]


def _row(
    sku_id: int, sku: str, supplier_id: int, supplier: str, steps: dict[int, Numbers]
) -> ComparedSupplier:
    delivered = sum(one.delivered for one in steps.values())
    ended = delivered + sum(one.failed for one in steps.values())
    cost = sum(one.cost_e4 for one in steps.values())
    took = {step: one.lines for step, one in steps.items() if step >= 0}
    return ComparedSupplier(
        sku_id=sku_id,
        sku=sku,
        supplier_id=supplier_id,
        supplier=supplier,
        tries=sum(one.lines for one in steps.values()),
        success_percent=delivered * 100 / ended if ended else None,
        cost_e4=cost // delivered if delivered and cost else None,
        p50_seconds=seconds_at(0.5, took) if took else None,
        p95_seconds=seconds_at(0.95, took) if took else None,
        score=None,
    )


def _scored(those: list[ComparedSupplier]) -> list[ComparedSupplier]:
    scored = [replace(one, score=_score(one, those)) for one in those]
    return sorted(scored, key=lambda row: (-(row.score or 0), -row.tries))


def _score(one: ComparedSupplier, those: list[ComparedSupplier]) -> float | None:
    """The geometric mean of three shares of the best, so that no unit outweighs another."""
    if len(those) < 2 or not (one.cost_e4 and one.p50_seconds and one.success_percent):
        return None
    cheapest = min(each.cost_e4 for each in those if each.cost_e4)
    fastest = min(each.p50_seconds for each in those if each.p50_seconds)
    surest = max(each.success_percent for each in those if each.success_percent)
    shares = (
        cheapest / one.cost_e4,
        one.success_percent / surest,
        fastest / one.p50_seconds,
    )
    return 100 * math.pow(math.prod(shares), 1 / 3)
