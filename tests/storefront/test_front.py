"""The home page's first shelf says what it is: what others bought, or what the shop chose."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.scope import tenant_atomic
from orders.selectors import products_sold
from storefront.views import shelf
from tests.catalog.factories import make_product
from tests.conftest import client_of
from tests.orders.factories import make_item, make_order
from tests.storefront.factories import page_of, stocked
from tests.times import NOON

WEEK_AGO = NOON - timedelta(days=7)


@pytest.fixture
def client(shop):
    return client_of(shop)


def sell(sku, *, times: int = 1, now=NOON, **fields):
    with tenant_atomic():
        for _ in range(times):
            order = make_order(**{"state": "completed", "placed_at": now} | fields)
            make_item(order, sku=sku)


def goods(number: int, **fields):
    return [stocked(product=product(n), **fields) for n in range(number)]


def product(number: int):
    with tenant_atomic():
        return make_product(name=f"商品 {number}", position=number)


def first_shelf(client) -> tuple[str, list[str]]:
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    front = page.split('aria-labelledby="hot"')[1].split("</section>")[0]
    title = front.split('<h2 id="hot">')[1].split("</h2>")[0]
    return title, [part.split('"')[0] for part in front.split('href="')[1:]]


def test_what_was_bought_most_stands_first(client):
    skus = goods(6)
    for times, sku in enumerate(skus, start=1):
        sell(sku, times=times, now=timezone.now())

    assert first_shelf(client) == ("Bought most this week", [page_of(sku) for sku in skus[::-1]])


def test_a_shop_that_has_hardly_sold_says_that_it_chose_itself(client):
    skus = goods(6)
    sell(skus[-1], times=9, now=timezone.now())

    title, links = first_shelf(client)

    assert title == "Picked by the shop"
    assert sorted(links) == sorted(map(page_of, skus))


def test_what_is_sold_out_is_not_shown_as_popular(client):
    skus = [*goods(5), stocked(codes=0, product=product(9))]
    for times, sku in enumerate(skus, start=1):
        sell(sku, times=times, now=timezone.now())

    title, links = first_shelf(client)

    assert (title, len(links)) == ("Bought most this week", 5)
    assert page_of(skus[-1]) not in links


@pytest.mark.parametrize(
    "fields",
    [
        {"placed_at": WEEK_AGO - timedelta(seconds=1)},
        {"state": "placed"},
        {"state": "closed"},
        {"state": "canceled"},
    ],
)
def test_what_was_long_ago_or_not_bought_in_the_end_does_not_count(scope, fields):
    sold, other = goods(2)
    sell(sold)
    sell(other, **fields)

    assert products_sold(since=WEEK_AGO, most=10) == [sold.product_id]


def test_two_lines_of_a_product_in_one_order_are_one_order(scope):
    often, wide = goods(2)
    sell(often, times=2)
    order = make_order(state="completed", placed_at=NOON)
    for position in (1, 2, 3):
        make_item(order, sku=wide, position=position)

    assert products_sold(since=WEEK_AGO, most=10) == [often.product_id, wide.product_id]


def test_sales_are_asked_once_a_minute(settings, client):
    settings.KEPT_SECONDS = 0.000001

    with CaptureQueriesContext(connection) as asked:
        client.get("/")
        client.get("/")

    shelf._sold.forget()
    assert sum("orders_item" in query["sql"] for query in asked) == 1


def test_of_many_categories_the_home_page_shows_some_and_leads_to_all(client):
    goods(18)

    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert page.count('<section class="shelf few-') == 12
    assert "All 18 categories" in page
    assert page.split("<details")[0].count("<i>") == 15
    assert page.split("<details")[1].split("</details>")[0].count("<i>") == 3
