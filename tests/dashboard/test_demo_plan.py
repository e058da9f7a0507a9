from datetime import UTC, datetime, timedelta

import pytest

from dashboard.demo import book
from dashboard.demo.plan import ZONE, Span, all_orders, orders_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SPAN = Span(now=NOW)


@pytest.mark.parametrize("slug", book.SLUGS)
def test_the_same_days_are_told_every_time(slug):
    shop = book.shop(slug)

    assert list(all_orders(shop, span=SPAN)) == list(all_orders(shop, span=SPAN))


@pytest.mark.parametrize("slug", book.SLUGS)
def test_nothing_happens_in_the_future(slug):
    latest = max(order.paid_at for order in all_orders(book.shop(slug), span=SPAN))

    assert latest < NOW - timedelta(minutes=20)


def test_every_day_of_fourteen_weeks_has_its_orders_and_all_are_no_more_than_can_be_waited_for():
    shop = book.shop("cloud")

    counts = [len(orders_of(shop, day, span=SPAN)) for day in SPAN.dates()]

    assert len(counts) == 14 * 7 + 1
    assert min(counts) > 0
    assert sum(counts) < 600


def test_the_evening_sells_more_than_the_night():
    hours = [order.placed_at.astimezone(ZONE).hour for order in all_orders(shop_of(), span=SPAN)]

    assert sum(18 <= hour < 23 for hour in hours) > 5 * sum(1 <= hour < 6 for hour in hours)


def shop_of():
    return book.shop("cloud")


def test_forty_products_of_three_shops_say_what_a_page_needs():
    products = [product for slug in book.SLUGS for product in book.shop(slug).products]

    assert len(products) >= 40
    assert all(all(product.texts().values()) for product in products)
    assert not any("{" in text for product in products for text in product.texts().values())
