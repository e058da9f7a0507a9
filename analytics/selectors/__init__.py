"""The read side: what the cockpit asks. Every selector answers for the bound tenant, from sums."""

from analytics.selectors.daily import by_day
from analytics.selectors.drift import drift
from analytics.selectors.due import due_touched
from analytics.selectors.headline import day_curves, headline, heat_map
from analytics.selectors.newest import newest_sales
from analytics.selectors.rows import (
    by_province,
    by_sku,
    channel_profit,
    flow,
    hot_goods,
    units_a_day,
)
from analytics.selectors.stock import stock_risk
from analytics.selectors.suppliers import supplier_board

__all__ = [
    "by_day",
    "by_province",
    "by_sku",
    "channel_profit",
    "day_curves",
    "drift",
    "due_touched",
    "flow",
    "headline",
    "heat_map",
    "hot_goods",
    "newest_sales",
    "stock_risk",
    "supplier_board",
    "units_a_day",
]
