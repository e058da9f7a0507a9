"""Small words of the shop: prices, stock, kinds, promises."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

from core.money import MINOR_DIGITS, SYMBOLS, Money
from storefront.types import Price, Stock

if TYPE_CHECKING:
    from orders.models import Item
    from tenants.types import Shop

FEW = 10
# What is made when it is ordered has no stock that could run out.
STOCKED_KINDS = frozenset({"stock_code", "reusable"})


def price_of(e4: int, currency: str, *, is_short: bool = False) -> Price:
    """`148.00`; short, for cards: `148`, `17.9`."""
    amount = Money(e4, currency).decimal
    if is_short and "." in amount:
        amount = amount.rstrip("0").rstrip(".")
    return Price(symbol=SYMBOLS.get(currency, currency + " "), amount=amount)


def money_word(e4: int, currency: str) -> str:
    """`¥148.00`, for a sentence."""
    price = price_of(e4, currency)
    return f"{price.symbol}{price.amount}"


def goods_word(kind: str) -> str:
    """What is delivered, by how it is shown (UnitGoods)."""
    match kind:
        case "link":
            return gettext("Link")
        case "text":
            return gettext("Content")
        case _:
            return gettext("Code")


def all_names(items: "Iterable[Item]") -> str:
    """What an order holds, in the reader's language and its comma."""
    comma = ", " if (get_language() or "").startswith("en") else "、"
    return comma.join(item.shown_name for item in items)


def minor_of(e4: int, currency: str) -> int:
    return e4 // (10_000 // {0: 1, 2: 100}[MINOR_DIGITS.get(currency, 2)])


def stock_of_count(count: int) -> Stock:
    if count <= 0:
        return Stock(word=gettext("Sold out"), tone="none")
    if count <= FEW:
        word = gettext("Only %(n)s left") % {"n": count}
        return Stock(word=word, tone="warn")
    return Stock(word=gettext("In stock"), tone="good")


def kind_word(kind: str) -> str:
    match kind:
        case "reusable":
            return gettext("Link or text")
        case "by_hand":
            return gettext("Delivered by hand")
        case "top_up":
            return gettext("Direct top-up")
        case "voucher":
            return gettext("Voucher")
        case _:
            return gettext("Gift code")


def promise_word(promise: str, *, slow_hours: int = 0) -> str:
    """How soon it is there; `slow_hours`: a slow supplier may deliver it, which takes so long."""
    if slow_hours:
        return gettext("May take up to %(n)s hours") % {"n": slow_hours}
    match promise:
        case "instant":
            return gettext("Usually in a second")
        case "fast":
            return gettext("Usually in a minute")
        case _:
            return gettext("Time as stated")


def expiry_word(*, least_days: int, is_stocked: bool) -> str:
    if least_days:
        return gettext("Days left when you buy: at least %(n)s") % {"n": least_days}
    return gettext("The date stands beside the code") if is_stocked else ""


def refund_word(rule: str) -> str:
    """The shop's own rule, else the house's."""
    return rule or gettext(
        "Not delivered: your money comes back by itself. Delivered digital goods cannot be "
        "returned; a code that does not work is replaced or refunded."
    )


def clock_time(moment: datetime, shop: "Shop") -> str:
    return moment.astimezone(ZoneInfo(shop.time_zone)).strftime("%H:%M")


def day_and_time(moment: datetime, shop: "Shop") -> str:
    return moment.astimezone(ZoneInfo(shop.time_zone)).strftime("%m-%d %H:%M")


def soon_word(promise: str, *, slow_hours: int = 0) -> str:
    """The promise in the few letters that a card has room for."""
    if slow_hours:
        return gettext("up to %(n)s hours") % {"n": slow_hours}
    match promise:
        case "instant":
            return gettext("in a second")
        case "fast":
            return gettext("in a minute")
        case _:
            return gettext("time as stated")
