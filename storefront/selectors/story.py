"""How an order stands: its steps, and one honest sentence."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from storefront.selectors.goods import Thing
from storefront.selectors.words import clock_time, day_and_time, price_of
from storefront.types import WAITS_LONG, Step

if TYPE_CHECKING:
    from orders.models import Order
    from payments.types import MoneyState
    from tenants.types import Shop


def steps_of(order: "Order", things: list[Thing]) -> list[Step]:
    """Placed, paid, delivered, with the moments at which they really were."""
    if order.state == "closed":
        return []
    placed = Step(label=gettext("Ordered"), state="done", at=order.placed_at)
    if order.paid_at is None:
        later = Step(label=gettext("Delivered"), state="next")
        return [
            placed,
            Step(label=gettext("Payment"), state="now", hint=gettext("to be paid")),
            later,
        ]
    paid = Step(label=gettext("Paid"), state="done", at=order.paid_at)
    if order.state == "canceled":
        return [placed, paid, Step(label=gettext("Canceled"), state="done", at=order.ended_at)]
    moments = [thing.unit.delivered_at for thing in things if thing.unit.delivered_at]
    if order.state == "completed":
        at = max(moments) if moments else order.ended_at
        return [placed, paid, Step(label=gettext("Delivered"), state="done", at=at)]
    return [
        placed,
        paid,
        Step(label=gettext("Being delivered"), state="now", hint=gettext("in progress")),
    ]


def story_of(
    order: "Order", things: list[Thing], money: "MoneyState", shop: "Shop"
) -> tuple[str, str, str]:
    """Tone, headline and one honest sentence."""
    match order.state:
        case "placed":
            until = clock_time(order.pay_until, shop)
            said = gettext("The goods are held for you until %(time)s.") % {"time": until}
            return "", gettext("Waiting for your payment"), said
        case "closed":
            return _closed(money, order)
        case "canceled":
            return "bad", gettext("Canceled"), _money_back(money, order)
        case "completed":
            return _completed(order, things, money)
        case _:
            return _on_its_way(order, things, shop)


def _closed(money: "MoneyState", order: "Order") -> tuple[str, str, str]:
    if money.paid_e4:
        return "bad", gettext("Closed: the payment came too late"), _money_back(money, order)
    said = gettext(
        "It was not paid in time, so the goods are free again. You can simply order anew."
    )
    return "none", gettext("Closed unpaid"), said


def _completed(order: "Order", things: list[Thing], money: "MoneyState") -> tuple[str, str, str]:
    there = [thing.unit for thing in things if thing.goods is not None]
    if not there:
        return "bad", gettext("Paid back"), _money_back(money, order)
    if len(there) < len(things) or money.refunded_e4:
        return "good", gettext("Delivered in part"), _money_back(money, order)
    assert order.paid_at is not None  # a completed order is a paid one, by constraint
    last = max(unit.delivered_at for unit in there if unit.delivered_at)
    return "good", gettext("Delivered"), _how_fast((last - order.paid_at).total_seconds())


def _how_fast(seconds: float) -> str:
    if seconds < 60:
        number = max(0.1, round(seconds, 1))
        said = gettext("It arrived %(n)s seconds after your payment. Please use it soon.")
        return said % {"n": f"{number:g}"}
    if seconds < 3600:
        minutes = round(seconds / 60)
        said = gettext("It arrived %(n)s min after your payment. Please use it soon.")
        return said % {"n": minutes}
    return gettext("Everything is there. Please use it soon.")


def _on_its_way(order: "Order", things: list[Thing], shop: "Shop") -> tuple[str, str, str]:
    open_units = [thing.unit for thing in things if thing.goods is None]
    if order.state == "held":
        said = gettext("A person at the shop looks at it first, then it is delivered.")
        return "warn", gettext("Paid, being looked at"), said
    until = [unit.review_until for unit in open_units if unit.review_until]
    if until:
        said = gettext("You get it, or a person's decision, by %(time)s.")
        return "", gettext("Paid, on its way"), said % {"time": day_and_time(max(until), shop)}
    if any(unit.state in WAITS_LONG for unit in open_units):
        said = gettext("It takes a little longer than usual. This page moves on by itself.")
    else:
        said = gettext("Delivery takes seconds. This page moves on by itself.")
    return "", gettext("Paid, on its way"), said


def _money_back(money: "MoneyState", order: "Order") -> str:
    if not money.refunded_e4:
        return gettext("Nothing was taken for what was not delivered.")
    amount = price_of(money.refunded_e4, order.currency)
    shown = {"amount": f"{amount.symbol}{amount.amount}"}
    if money.pending_e4:
        return gettext("%(amount)s is on its way back to you.") % shown
    return gettext("%(amount)s was paid back to you.") % shown
