"""The main road, without JavaScript: look, order, pay, see the code."""

import pytest
from django.test import Client

from core.scope import tenant_atomic
from fulfillment.models import Unit
from orders.models import Order
from payments.models import SandboxNotice
from tests.conftest import client_of
from tests.storefront.factories import (
    KEY,
    a_form,
    bought,
    buy,
    codes_left,
    delivered,
    notify,
    page_of,
    path_of,
    state_of,
    stocked,
)
from tests.storefront.test_files import TOKEN


@pytest.fixture
def client(shop):
    return client_of(shop)


def test_a_shopper_walks_from_the_home_page_to_the_code(client):
    sku = stocked(codes=1)
    home = client.get("/").content.decode()
    assert page_of(sku) in home
    key = KEY.search(client.get(page_of(sku)).content.decode())[1]

    order = bought(client, sku, request_key=key)
    pay = client.get(path_of(order, "pay/")).content.decode()
    bank = pay.split('href="/sandbox/pay/')[1].split('"')[0]
    client.post(f"/sandbox/pay/{bank}", {"how": ""})
    assert notify(client, order).content == b"success"
    page = client.post(path_of(order, "codes/")).content.decode()

    assert "SECRET-" in page
    assert state_of(order) == "completed"
    assert codes_left(sku) == 0


def test_the_code_is_masked_until_it_is_asked_for(client):
    order = delivered(client, stocked())

    page = client.get(path_of(order)).content.decode()

    assert "SE••••" in page
    assert "SECRET-" not in page


def test_a_double_click_is_one_order(client):
    sku = stocked(codes=3)

    first = buy(client, sku)
    second = buy(client, sku)

    assert first["Location"] == second["Location"]
    assert codes_left(sku) == 2


def both_clicks_of(shop, cookies) -> list[Client]:
    """Two requests that leave a browser before the answer to either has come back."""
    clicks = [client_of(shop), client_of(shop)]
    for click in clicks:
        click.cookies.update(cookies)
    return clicks


@pytest.mark.parametrize("lost", [(), ("qy_device",)])
def test_a_double_click_of_a_new_browser_is_one_order_of_one_device(shop, lost):
    sku, browser = stocked(codes=3), client_of(shop, enforce_csrf_checks=True)
    page = browser.get(page_of(sku)).content.decode()
    form = {"csrfmiddlewaretoken": TOKEN.search(page)[1], "request_key": KEY.search(page)[1]}
    cookies = {name: kept for name, kept in browser.cookies.items() if name not in lost}

    one, other = (buy(click, sku, **form) for click in both_clicks_of(shop, cookies))

    assert one["Location"] == other["Location"]
    assert one.cookies["qy_device"].value == other.cookies["qy_device"].value
    assert codes_left(sku) == 2


def test_the_same_form_from_another_device_is_another_order(shop):
    sku = stocked(codes=3)
    one, other = client_of(shop), client_of(shop)
    key = KEY.search(one.get(page_of(sku)).content.decode())[1]
    other.get(page_of(sku))

    mine, theirs = (bought(each, sku, request_key=key) for each in (one, other))

    assert mine.pk != theirs.pk
    assert other.get(path_of(mine)).status_code == 403


def test_who_knows_a_form_and_has_no_device_gets_nobodys_order(shop):
    sku = stocked(codes=3)
    mine = bought(client_of(shop), sku)

    stranger = client_of(shop)
    theirs = bought(stranger, sku)

    assert mine.pk != theirs.pk
    assert stranger.get(path_of(mine)).status_code == 403


def test_a_device_is_named_by_its_first_form_and_keeps_its_name(client):
    sku = stocked()

    first = client.get(page_of(sku)).cookies["qy_device"]
    again = client.get(page_of(sku)).cookies
    order = buy(client, sku).cookies["qy_device"]

    assert (first["max-age"], first["httponly"]) == ("", True)
    assert "qy_device" not in again
    assert (order.value, order["max-age"]) == (first.value, 400 * 24 * 3600)


def test_five_notices_deliver_once(client):
    sku = stocked(codes=3)
    order = bought(client, sku)

    words = [notify(client, order).content for _ in range(5)]

    assert words == [b"success"] * 5
    assert state_of(order) == "completed"
    assert codes_left(sku) == 2


def test_the_device_that_bought_lists_its_orders(client):
    order = delivered(client, stocked())

    assert order.number in client.get("/orders/").content.decode()


def test_a_forgotten_device_lists_nothing(client):
    order = delivered(client, stocked())

    client.post("/orders/forget/")

    assert order.number not in client.get("/orders/").content.decode()
    assert client.get(path_of(order)).status_code == 403


def test_an_unpaid_order_leads_to_its_payment_and_a_paid_one_away_from_it(client):
    order = bought(client, stocked())
    assert client.get(path_of(order, "pay/")).status_code == 200

    notify(client, order)

    assert client.get(path_of(order, "pay/"))["Location"] == path_of(order)


def test_the_bank_tells_once_however_often_it_is_tapped(client):
    order = bought(client, stocked())
    page = client.get(path_of(order, "pay/")).content.decode()
    bank = "/sandbox/pay/" + page.split('href="/sandbox/pay/')[1].split('"')[0]

    for _ in range(3):
        assert client.post(bank, {"how": ""}).status_code == 302

    with tenant_atomic():
        assert SandboxNotice.objects.count() == 1


def test_consent_is_stored_with_the_purchase(client):
    order = bought(client, stocked())

    assert order.consent_at is not None


def test_the_page_polls_for_what_changed_only(client):
    order = delivered(client, stocked())
    news = client.get(path_of(order, "live/"), headers={"accept": "application/json"}).json()

    again = client.get(path_of(order, "live/"), {"v": news["version"]}).json()

    assert "SECRET-" not in news["html"]
    assert again == {"is_final": True, "is_payable": False}


def test_the_order_keeps_the_language_it_was_placed_in(shop):
    english = client_of(shop)
    english.get("/language/en/")

    order = bought(english, stocked())

    assert order.language == "en"
    with tenant_atomic():
        assert Order.objects.count() == 1


def test_the_form_says_its_own_price_and_no_other(client):
    sku = stocked()

    order = bought(client, sku, price="1", total="1", unit_price_e4="1", price_e4="1")

    assert order.total_e4 == sku.price_e4


def test_what_a_form_needs_is_in_the_page(client):
    sku = stocked()

    page = client.get(page_of(sku)).content.decode()

    assert all(f'name="{name}"' in page for name in a_form(sku))


def test_codes_shown_without_scripts_can_be_hidden_again(client):
    order = delivered(client, stocked())

    shown = client.post(path_of(order, "codes/")).content.decode()
    hidden = client.get(path_of(order)).content.decode()

    assert [word in shown for word in ("隐藏卡密", "显示卡密")] == [True, False]
    assert [word in hidden for word in ("隐藏卡密", "显示卡密")] == [False, True]


def test_codes_shown_without_scripts_are_remembered_as_shown(client):
    order = delivered(client, stocked())

    client.post(path_of(order, "codes/"))

    with tenant_atomic():
        assert Unit.objects.get().shown_at is not None
