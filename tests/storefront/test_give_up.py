"""A buyer who does not want it any more says so, and is not held to what he held."""

import pytest

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
