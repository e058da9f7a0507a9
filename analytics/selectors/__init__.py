"""The read side: what the cockpit asks. Every selector answers for the bound tenant, from sums."""

from analytics.selectors.buyers import (
    buyers_before,
    buyers_of_orders,
    buyers_of_saved,
    cohorts,
    find_saved,
    profile_of,
    saved_segments,
)
from analytics.selectors.comparing import compare_suppliers
from analytics.selectors.costless import costless
from analytics.selectors.daily import by_day
from analytics.selectors.drift import drift
from analytics.selectors.due import due_checks, due_recuts, due_segments, due_touched
from analytics.selectors.headline import day_curves, headline, heat_map, is_recounting
from analytics.selectors.newest import newest_sales
from analytics.selectors.planning import ending_stock, stock_plan
from analytics.selectors.rows import (
    by_province,
    by_sku,
    channel_profit,
    flow,
    hot_goods,
    units_a_day,
)
from analytics.selectors.segments import buyers_like, segment_of, segmentation
from analytics.selectors.stock import stock_risk
from analytics.selectors.suppliers import supplier_board

__all__ = [
    "buyers_before",
    "buyers_like",
    "buyers_of_orders",
    "buyers_of_saved",
    "by_day",
    "by_province",
    "by_sku",
    "channel_profit",
    "cohorts",
    "compare_suppliers",
    "costless",
    "day_curves",
    "drift",
    "due_checks",
    "due_recuts",
    "due_segments",
    "due_touched",
    "ending_stock",
    "find_saved",
    "flow",
    "headline",
    "heat_map",
    "hot_goods",
    "is_recounting",
    "newest_sales",
    "profile_of",
    "saved_segments",
    "segment_of",
    "segmentation",
    "stock_plan",
    "stock_risk",
    "supplier_board",
    "units_a_day",
]
