"""What happened in these days: drawn once from a fixed seed, so that every demo tells the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from dashboard.demo.book import DemoProduct, DemoShop, DemoSku

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 98  # fourteen weeks: twelve whole ones of buyers who may have come back
BUYERS = 180
GROWTH = 0.963  # of a day's orders there were the day before: a young shop
# Orders by the hour of the day: lunch, evening, and a quiet night.
HOURS = (6, 3, 2, 1, 1, 2, 5, 10, 16, 22, 26, 30, 40, 32, 26, 26, 28, 32, 38, 46, 52, 50, 36, 18)
CHANNELS = {"web": 62, "mini": 22, "taobao": 10, "api": 6}
QUANTITIES = {1: 84, 2: 11, 3: 3, 5: 2}


class Fate(StrEnum):
    PAID = "paid"
    UNPAID = "unpaid"
    LATE = "late"  # paid after the order was closed
    REFUNDED = "refunded"
    REPLACED = "replaced"  # by way of a complaint, like the next two
    PAID_BACK = "paid_back"
    REJECTED = "rejected"


FATES = {
    Fate.PAID: 860,
    Fate.UNPAID: 80,
    Fate.LATE: 4,
    Fate.REFUNDED: 24,
    Fate.REPLACED: 12,
    Fate.PAID_BACK: 8,
    Fate.REJECTED: 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    key: str
    sku: DemoSku
    product: str
    quantity: int
    channel: str
    buyer: int
    fate: Fate
    placed_at: datetime
    paid_at: datetime
    later: timedelta
    language: str

    @property
    def takes_stock(self) -> int:
        """How many codes it takes for good."""
        if self.sku.kind != "stock_code" or self.fate == Fate.UNPAID:
            return 0
        return self.quantity + (self.fate == Fate.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From so many days ago until `now`."""

    now: datetime
    days: int = DAYS

    @property
    def began(self) -> datetime:
        """When the shop was made ready."""
        return self.now - timedelta(days=self.days + 2)

    def dates(self) -> list[date]:
        today = self.now.astimezone(ZONE).date()
        return [today - timedelta(days=back) for back in range(self.days, -1, -1)]

    def age(self, day: date) -> int:
        return (self.now.astimezone(ZONE).date() - day).days


def orders_of(shop: DemoShop, day: date, *, span: Span) -> list[DemoOrder]:
    """A day's orders by time; none whose money came in the last minutes."""
    dice = random.Random(f"{shop.slug} {day}")  # noqa: S311 -- the same demo every time
    count = _how_many(shop, day, dice, span=span)
    own = [product for product in shop.products if not product.is_supplied]
    drawn = [_order(shop, own, day, number, dice) for number in range(count)]
    if supplied := [product for product in shop.products if product.is_supplied]:
        dice = random.Random(f"{shop.slug} {day} supplied")  # noqa: S311 -- the same demo every time
        more = round(count * _weight(supplied) / _weight(own))
        drawn += [_order(shop, supplied, day, count + number, dice) for number in range(more)]
    past = [order for order in drawn if order.paid_at < span.now - timedelta(minutes=20)]
    return sorted(past, key=lambda order: order.placed_at)


def just_now(shop: DemoShop, *, span: Span) -> list[DemoOrder]:
    """Orders of the last minutes: two that wait for their money, one that waits for our staff."""
    dice = random.Random(f"{shop.slug} now")  # noqa: S311 -- the same demo every time
    pairs = [(product, sku) for product in shop.products for sku in product.skus]
    stocked = [(product, sku) for product, sku in pairs if sku.kind == "stock_code"]
    by_hand = [(product, sku) for product, sku in pairs if sku.kind == "by_hand"]
    chosen = [*dice.sample(stocked, 2), *by_hand[:1]]
    return [
        DemoOrder(
            key=f"demo {shop.slug} now {number}",
            sku=sku,
            product=product.name,
            quantity=1,
            channel="web",
            buyer=BUYERS + number,
            fate=Fate.PAID if sku.kind == "by_hand" else Fate.UNPAID,
            placed_at=span.now - timedelta(minutes=3 * number),
            paid_at=span.now - timedelta(minutes=3 * number - 1),
            later=timedelta(hours=9),
            language="zh-hans",
        )
        for number, (product, sku) in enumerate(chosen, start=1)
    ]


def all_orders(shop: DemoShop, *, span: Span) -> Iterator[DemoOrder]:
    for day in span.dates():
        yield from orders_of(shop, day, span=span)


def _weight(products: Sequence[DemoProduct]) -> int:
    return sum(product.weight for product in products)


def _how_many(shop: DemoShop, day: date, dice: random.Random, *, span: Span) -> int:
    """More at the weekend, and a quarter more every week."""
    weekend = 1.35 if day.weekday() >= 5 else 1.0
    growth = 1.15 * GROWTH ** span.age(day)
    return max(1, round(shop.orders_a_day * weekend * growth * dice.uniform(0.8, 1.2)))


def _order(
    shop: DemoShop, products: Sequence[DemoProduct], day: date, number: int, dice: random.Random
) -> DemoOrder:
    weights = [product.weight for product in products]
    product = dice.choices(products, weights)[0]
    sku = dice.choice(product.skus)
    hour = dice.choices(range(24), HOURS)[0]
    moment = time(hour, dice.randrange(60), dice.randrange(60), tzinfo=ZONE)
    placed_at = datetime.combine(day, moment)
    fate = _pick(FATES, dice)
    wait = (
        timedelta(minutes=19) if fate is Fate.LATE else timedelta(seconds=dice.randrange(14, 210))
    )
    if sku.kind != "stock_code" and fate in {Fate.REPLACED, Fate.LATE}:
        fate = Fate.PAID
    if product.is_supplied and fate is not Fate.UNPAID:
        fate = Fate.PAID  # its supplier has its own word
    is_small = sku.kind != "stock_code" or fate not in {Fate.PAID, Fate.UNPAID}
    return DemoOrder(
        key=f"demo {shop.slug} {day} {number}",
        sku=sku,
        product=product.name,
        quantity=1 if is_small else _pick(QUANTITIES, dice),
        channel=_pick(CHANNELS, dice),
        buyer=int(dice.paretovariate(0.9) * 7) % BUYERS,
        fate=fate,
        placed_at=placed_at,
        paid_at=placed_at + wait,
        later=timedelta(minutes=dice.randrange(6, 9 * 60)),
        language="en" if dice.random() < 0.07 else "zh-hans",
    )


def _pick(weighted: dict[T, int], dice: random.Random) -> T:
    return dice.choices(list(weighted), list(weighted.values()))[0]
