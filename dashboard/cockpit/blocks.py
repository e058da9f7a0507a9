"""Every block of the cockpit: what it counts, in the reader's words, and who is asked for it."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from analytics.selectors import (
    by_day,
    by_province,
    channel_profit,
    costless,
    day_curves,
    flow,
    headline,
    heat_map,
    hot_goods,
    newest_sales,
    stock_risk,
    supplier_board,
)
from analytics.types import Numbers
from dashboard.cockpit.profit import summed, told_channels, told_waterfall
from dashboard.cockpit.sales import told_curves, told_daily, told_headline, told_heat, told_hot
from dashboard.cockpit.supply import told_flow, told_stock, told_suppliers
from dashboard.cockpit.types import Asked, Block
from dashboard.cockpit.watch import told_places, told_risk, told_ticker
from risk.selectors import radar

LISTED = 50
SALES = "sales.view"
_ALL = (
    Block(
        name="headline",
        title=_("Today at a glance"),
        meaning=_(
            "GMV is what was paid by the time of payment, later refunds not taken off; net is "
            "without them. Beside it yesterday and the mean of the seven days before, each to the "
            "end of this hour; buyers are those of the whole day. Gross margin is net less cost "
            "and fees."
        ),
        every=5,
        tell=lambda asked: told_headline(asked, headline(now=asked.now)),
        is_wide=True,
        has_chart=False,
        right=SALES,
    ),
    Block(
        name="curve",
        title=_("GMV by the hour"),
        meaning=_(
            "What was paid in each hour of today, of yesterday and of the same day a week ago, by "
            "the shop's clock."
        ),
        every=15,
        tell=lambda asked: told_curves(asked, day_curves(now=asked.now)),
        can_sum=True,
        right=SALES,
    ),
    Block(
        name="daily",
        title=_("GMV by day"),
        meaning=_(
            "What was paid on each of these days, and on as many days before them. Today is not "
            "over yet."
        ),
        every=60,
        tell=lambda asked: told_daily(asked, *_both(asked)),
        can_sum=True,
        right=SALES,
    ),
    Block(
        name="hot",
        title=_("Selling best"),
        meaning=_(
            "What sold most by units. Stock is counted up to "
            "1,000 a SKU; it lasts by the mean of the last 14 days."
        ),
        every=15,
        tell=lambda asked: told_hot(asked, hot_goods(**_days(asked), most=LISTED, now=asked.now)),
        right=SALES,
    ),
    Block(
        name="heat",
        title=_("When people buy"),
        meaning=_("Paid orders by weekday and hour, of the four weeks until yesterday."),
        every=300,
        tell=lambda asked: told_heat(asked, heat_map(now=asked.now)),
    ),
    Block(
        name="channels",
        title=_("Profit by channel"),
        meaning=_(
            "What was paid through each channel, parted into cost (of the code's batch, or the "
            "supplier's charge), fees, refunds, and what is left. The line is the margin in "
            "percent of what was kept."
        ),
        every=60,
        tell=lambda asked: told_channels(
            asked,
            channel_profit(**_days(asked), now=asked.now),
            costless(**_days(asked), now=asked.now),
        ),
        right="cost.view",
    ),
    Block(
        name="waterfall",
        title=_("From price to margin"),
        meaning=_(
            "List prices of all that was sold, less discounts, refunds, cost and fees: what is "
            "left is the gross margin."
        ),
        every=60,
        tell=lambda asked: told_waterfall(
            asked,
            summed(channel_profit(**_days(asked), now=asked.now)),
            costless(**_days(asked), now=asked.now),
        ),
        right="cost.view",
    ),
    Block(
        name="flow",
        title=_("From paid to delivered"),
        meaning=_(
            "Units paid in these days, and what became of them. The seconds are from the payment "
            "to the delivery, by steps of a fifth. What waits just now is counted live."
        ),
        every=5,
        tell=lambda asked: told_flow(asked, flow(**_days(asked), now=asked.now)),
    ),
    Block(
        name="places",
        title=_("Where buyers are"),
        meaning=_(
            "Paid orders by province, from the buyer's network address or phone number and data "
            "on this server: approximate."
        ),
        every=300,
        tell=lambda asked: told_places(asked, by_province(**_days(asked), now=asked.now)),
        right=SALES,
    ),
    Block(
        name="suppliers",
        title=_("Suppliers"),
        meaning=_(
            "The last 24 hours of each supplier: deliveries, orders that succeeded of those that "
            "ended, and seconds from paid to delivered. Unconfirmed is counted live; the balance "
            "lasts by the mean of seven days."
        ),
        every=5,
        tell=lambda asked: told_suppliers(asked, supplier_board(now=asked.now)),
        right="stock.view",
        is_wide=True,
        has_chart=False,
    ),
    Block(
        name="stock",
        title=_("Stock at risk"),
        meaning=_(
            "What lasts less than three days at the pace of the last 14, codes that end within 30 "
            "days with what would be left of them by then, and stock of which none was sold in 30 "
            "days."
        ),
        every=60,
        tell=lambda asked: told_stock(asked, stock_risk(now=asked.now)),
        right="stock.view",
        has_chart=False,
    ),
    Block(
        name="risk",
        title=_("Stopped by risk rules"),
        meaning=_("Orders that a rule or a list held or refused in these days, by rule."),
        every=60,
        tell=lambda asked: told_risk(
            asked, radar(since=asked.range.since, now=min(asked.range.until, asked.now))
        ),
    ),
    Block(
        name="ticker",
        title=_("Just sold"),
        meaning=_("The newest 20 sales of the last two days. No buyer is named."),
        every=5,
        tell=lambda asked: told_ticker(asked, newest_sales(now=asked.now)),
        is_wide=True,
        has_chart=False,
    ),
)
BLOCKS = {one.name: one for one in _ALL}
COCKPIT = tuple(BLOCKS)
WALL = ("headline", "curve", "hot", "places", "flow", "heat", "ticker")


def _days(asked: Asked) -> dict[str, date]:
    return {"since": asked.range.first, "until": asked.range.last}


def _both(asked: Asked) -> tuple[dict[date, Numbers], dict[date, Numbers]]:
    first, last, back = asked.range.first, asked.range.last, timedelta(days=asked.range.days)
    return (
        by_day(since=first, until=last, now=asked.now),
        by_day(since=first - back, until=last - back, now=asked.now),
    )
