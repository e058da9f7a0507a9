"""A buyer who does not want it any more says so, and is not held to what he held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Product
from core.scope import tenant_atomic
from orders import services as orders
from tests.conftest import client_of
from tests.storefront.factories import bought, codes_left, notify, path_of, state_of, stocked


@pytest.fixture
def client(shop):
    return client_of(shop)


def test_an_unpaid_order_is_canceled_from_its_pay_page(client):
    sku = stocked(3)
    order = bought(client, sku, quantity="2")
    assert path_of(order, "cancel/") in client.get(path_of(order, "pay/")).text

    answer = client.post(path_of(order, "cancel/"))

    assert (answer.status_code, answer.url) == (302, path_of(order))
    assert (state_of(order), codes_left(sku)) == ("closed", 3)
    assert client.get(path_of(order)).status_code == 200


@pytest.mark.parametrize("is_still_sold", [True, False])
def test_its_page_says_who_canceled_it_and_where_to_order_anew(client, is_still_sold):
    sku = stocked(3)
    order = bought(client, sku)
    client.post(path_of(order, "cancel/"))
    if not is_still_sold:
        with tenant_atomic():
            Product.objects.update(state="draft")

    page = client.get(path_of(order), headers={"accept-language": "en"}).text

    assert "<h1>You canceled it</h1>" in page
    with tenant_atomic():
        again = f'<a class="btn ghost" href="/p/{Product.objects.get().ref}/">Order it anew'
    assert (again in page) is is_still_sold


def test_who_did_not_pay_in_time_is_not_said_to_have_canceled(client):
    order = bought(client, stocked(1))
    with tenant_atomic():
        orders.close_unpaid(order_id=order.pk, now=timezone.now() + timedelta(hours=1))

    page = client.get(path_of(order), headers={"accept-language": "en"}).text

    assert "<h1>Closed unpaid</h1>" in page
    assert "Order it anew" in page


def test_after_it_the_cap_lets_him_buy_again(client):
    sku = stocked(20, hold_cap_per_buyer=2)
    order = bought(client, sku, quantity="2")

    client.post(path_of(order, "cancel/"))

    assert state_of(bought(client, sku, quantity="2", request_key="another form")) == "placed"


def test_money_that_comes_all_the_same_is_late_money(client):
    sku = stocked(1)
    order = bought(client, sku)
    client.post(path_of(order, "cancel/"))

    notify(client, order)

    assert state_of(order) == "completed"


def test_a_stranger_cancels_nothing(client, shop):
    order = bought(client, stocked(1))

    assert client_of(shop).post(path_of(order, "cancel/")).status_code == 403
    assert client.get(path_of(order, "cancel/")).status_code == 405
    assert state_of(order) == "placed"
