"""What each figure is called and what it counts: the one place for pages, tooltips and files."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Metric:
    """`meaning` is a whole sentence or two, for whoever asks what stands in a column."""

    title: str | Promise
    meaning: str | Promise


GMV = Metric(
    _("Paid (GMV)"),
    _(
        "What buyers paid, in the hour in which they paid it. Refunds that come later are not "
        "taken off."
    ),
)
REFUNDS = Metric(
    _("Paid back"),
    _("Refunds of these orders, whenever they were made: they count where the order was paid."),
)
NET = Metric(_("Net of refunds"), _("What was paid less what was paid back."))
LIST = Metric(_("List price"), _("What the goods would have cost without any discount."))
DISCOUNTS = Metric(_("Discounts"), _("List price less what was paid."))
COST = Metric(
    _("Cost"),
    _(
        "What the code's batch cost, or what the supplier charged, in the shop's currency. Goods "
        "of one's own and those delivered by hand count as 0."
    ),
)
FEES = Metric(_("Fees"), _("What the ways to pay charged, as far as they say so."))
MARGIN = Metric(_("Gross margin"), _("Net of refunds, less cost and fees."))
MARGIN_PERCENT = Metric(_("Margin %"), _("Gross margin in percent of what is net of refunds."))
ORDERS = Metric(_("Orders"), _("Orders that were paid; each counts once, later refunds or not."))
BUYERS = Metric(
    _("Buyers"),
    _("Different buyers, told apart by phone, mail or account. Partners' orders have none."),
)
PER_ORDER = Metric(_("Per order"), _("What was paid, divided by the number of orders."))
SOLD = Metric(_("Sold"), _("Units that were paid, whether delivered yet or not."))
DELIVERED = Metric(_("Delivered"), _("Units that their buyer has, or that the account has got."))
SUCCESS = Metric(
    _("Delivered %"),
    _("Units delivered, in percent of those that ended: delivered, refunded or canceled."),
)
SUPPLIER_SUCCESS = Metric(
    _("Success"),
    _("Orders at this supplier that succeeded, in percent of those that ended."),
)
STOCK = Metric(_("Stock left"), _("Codes that can be sold just now."))
COVER = Metric(
    _("Lasts days"),
    _("How many days it lasts at the mean of the last 14 whole days; of a balance, of seven."),
)
WOULD_BE_LOST = Metric(
    _("Would be lost"),
    _(
        "The cost of those codes that, at the pace of the last 14 days, end before they are sold; "
        "of what nobody buys, the cost of all."
    ),
)
P50 = Metric(
    "p50",
    _("Half of all deliveries arrived within this time after the payment, by steps of a fifth."),
)
P95 = Metric(
    "p95",
    _("95 of 100 deliveries arrived within this time after the payment, by steps of a fifth."),
)
UNCONFIRMED = Metric(
    _("Unconfirmed"), _("Orders of which the supplier has not said yet what became of them.")
)
BALANCE = Metric(_("Balance"), _("What is left of our money at the supplier, as it said last."))
STOPPED = Metric(_("Stopped"), _("Orders that the rule held or refused."))
STOPPED_WORTH = Metric(_("Worth"), _("What these orders would have paid, or had paid."))
OF_PAID = Metric(_("Of paid"), _("In percent of the units that were paid in these days."))
PACE = Metric(
    _("Sold a day"), _("Units that the forecast expects on a mean day, from the last twelve weeks.")
)
FORECAST_COVER = Metric(
    _("Lasts days"),
    _("How long the stock lasts at the forecast, codes that end before they are sold not counted."),
)
ORDER_BY = Metric(
    _("Order by"),
    _("The last day on which an order still comes before the stock is gone."),
)
TO_BUY = Metric(
    _("To buy"),
    _("Codes to buy so that they last as long as was asked, with the reserve."),
)
TO_BUY_COST = Metric(
    _("Would cost"), _("What to buy, at what codes of this SKU cost last; empty if not known.")
)
DAY_ERROR = Metric(
    _("Off a day"),
    _(
        "By how much the forecast of a day was wrong, in percent of what was sold: each of the "
        "last four weeks, forecast from the days before it."
    ),
)
WEEK_ERROR = Metric(
    _("Off a week"),
    _(
        "By how much the forecast of a week was wrong, in percent of what was sold: each of the "
        "last four weeks, forecast from the days before it."
    ),
)
BEST_DAY = Metric(
    _("Best weekday"), _("The weekday that sells most, and how many times a mean day it sells.")
)
ENDING = Metric(_("Codes that end"), _("Codes that can be sold now and end within these days."))
LEFT = Metric(_("Will be left"), _("Codes that the forecast does not sell by their last day."))
LOSS = Metric(_("Will be lost"), _("What these codes cost, at the mean of the SKU's batches."))
SCORE = Metric(
    _("Overall"),
    _(
        "100 is the SKU's best in cost, in success and in speed; only where several suppliers "
        "deliver it."
    ),
)
COST_OF_ONE = Metric(
    _("Cost of one"), _("What one that was delivered cost in the mean, in the shop's currency.")
)
TRIES = Metric(_("Tries"), _("How often the supplier was asked for one, whatever came of it."))
TRY_SUCCESS = Metric(_("Success"), _("Tries that succeeded, in percent of those that ended."))
TRY_P50 = Metric(
    "p50",
    _("Half of what it delivered came within this time after it was asked, by steps of a fifth."),
)
TRY_P95 = Metric(
    "p95",
    _("95 of 100 that it delivered came within this time after it was asked, by steps of a fifth."),
)
SEGMENTS = {
    "best": Metric(
        _("Best buyers"),
        _("Bought within 60 days, three times or more, and are among the fifth worth most."),
    ),
    "loyal": Metric(_("Loyal"), _("Bought within 60 days, and more than once.")),
    "fresh": Metric(_("New buyers"), _("Bought within 60 days, for the first time.")),
    "dear": Metric(
        _("Worth winning back"),
        _("Did not buy for 60 to 180 days, and are among the fifth worth most."),
    ),
    "slipping": Metric(_("Slipping away"), _("Did not buy for 60 to 180 days.")),
    "lost": Metric(_("Lost"), _("Did not buy for 180 days or longer.")),
}
RECENCY = Metric(_("Last order"), _("When the buyer's last order was paid."))
FREQUENCY = Metric(_("Orders"), _("Orders that this buyer paid, later refunds or not."))
MONETARY = Metric(_("Net of refunds"), _("What this buyer paid in all, less what was paid back."))
FIRST = Metric(_("First order"), _("When the buyer's first order was paid."))
NEW_BUYERS = Metric(_("New buyers"), _("Those whose first order was paid in this month."))
CAME_BACK = Metric(
    _("Came back"),
    _(
        "In percent of the month's new buyers, those who bought again so many months later. The "
        "present month is not over yet."
    ),
)
WORTH_TO_DATE = Metric(
    _("Net until today"), _("What these buyers paid in all since, less what was paid back.")
)
