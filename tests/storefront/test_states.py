"""The order page in every state: an honest headline, and no way to break it."""

import re

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from orders import services as orders
from orders.selectors import cases_of
from orders.states import OrderState
from storefront import device
from tests.conftest import client_of
from tests.orders.factories import make_item, make_order
from tests.storefront.factories import bought, delivered, notify, paid, path_of, stocked

HEADLINES = {
    "placed": "Waiting for your payment",
    "paid": "Paid, on its way",
    "held": "Paid, being looked at",
    "fulfilling": "Paid, on its way",
    "completed": "Paid back",
    "closed": "Closed unpaid",
    "canceled": "Canceled",
}


@pytest.fixture
def browser(shop):
    return device.Browser(shop.pk, "a-browser")


@pytest.fixture
def client(shop, browser):
    buyer = client_of(shop)
    buyer.cookies["qy_device"] = device._DEVICES.sign(f"{browser.shop_id}.{browser.name}")
    buyer.cookies["qy_language"] = "en"
    return buyer


def test_what_is_paid_and_not_sent_yet_takes_seconds(client):
    order = paid(client, stocked())

    page = client.get(path_of(order)).content.decode()

    assert "Delivery takes seconds. This page moves on by itself." in page


@pytest.mark.parametrize("state", OrderState.values)
def test_every_state_has_its_headline(client, browser, state):
    with tenant_atomic():
        order = make_order(state=state, buyer_key=browser.buyer_key)
        make_item(order)

    page = client.get(path_of(order)).content.decode()

    assert f"<h1>{HEADLINES[state]}</h1>" in page


NO_CODES = {
    "placed": "There is no code to save yet: this order is not paid. Pay it first.",
    "paid": "There is no code to save yet. It appears here as soon as it is delivered.",
    "closed": "There is no code to save: nothing of this order was delivered as a code.",
}


@pytest.mark.parametrize("state", NO_CODES)
def test_an_order_without_codes_gives_no_empty_file(client, browser, state):
    with tenant_atomic():
        order = make_order(state=state, buyer_key=browser.buyer_key)
        make_item(order)

    answer = client.post(path_of(order, "codes.txt"))

    assert (answer.status_code, answer["Content-Type"]) == (409, "text/html; charset=utf-8")
    assert NO_CODES[state] in answer.content.decode()
    assert f"<h1>{HEADLINES[state]}</h1>" in answer.content.decode()


def test_what_is_made_by_hand_says_until_when(client):
    order = bought(client, stocked(codes=0, kind="by_hand"))
    notify(client, order)

    page = client.get(path_of(order)).content.decode()

    assert "You get it, or a person&#x27;s decision, by " in page
    assert "Being prepared by a person. Decided by " in page


ROOM = re.compile(r'<div class="code room" data-unit-waiting>(?:<svg.*?</svg><span>([^<]*)<)?')


@pytest.mark.parametrize(("quantity", "rooms"), [("1", 1), ("3", 3), ("6", 4)])
def test_the_goods_have_their_room_before_they_come_and_the_word_is_said_once(
    client, quantity, rooms
):
    sku = stocked(codes=6)
    unpaid = client.get(path_of(bought(client, sku, quantity=quantity))).content.decode()
    word, *rest = ROOM.findall(unpaid)

    assert (word, rest) == ("It appears here once it is paid.", [""] * (rooms - 1))


def test_what_is_over_keeps_no_room(client, browser):
    with tenant_atomic():
        orders_over = [
            make_order(state=state, buyer_key=browser.buyer_key)
            for state in ("closed", "canceled", "completed")
        ]
        for order in orders_over:
            make_item(order)

    pages = [client.get(path_of(order)).content.decode() for order in orders_over]

    assert [ROOM.findall(page) for page in pages] == [[], [], []]


def test_without_scripts_only_what_takes_seconds_reloads_by_itself(client):
    quick, by_hand = (
        bought(client, stocked()),
        bought(client, stocked(codes=0, kind="by_hand"), request_key="another-form"),
    )
    notify(client, by_hand)

    pages = [client.get(path_of(order)).content.decode() for order in (quick, by_hand)]

    assert ['http-equiv="refresh"' in page for page in pages] == [True, False]
    assert "Look again" in pages[1]


def test_who_got_no_code_is_not_offered_that_it_fails(client):
    waiting, there = paid(client, stocked()), delivered(client, stocked())

    def offered(order):
        page = client.get(path_of(order)).content.decode()
        return re.findall(r'<option value="(code_fails|not_arrived|wrong_goods|other)">', page)

    assert offered(waiting) == ["not_arrived", "wrong_goods", "other"]
    assert offered(there) == ["code_fails", "wrong_goods", "not_arrived", "other"]


def test_an_answer_to_a_complaint_is_news_for_an_open_page(client):
    order = delivered(client, stocked())
    client.post(path_of(order, "help/"), {"kind": "code_fails", "text": "It is used already."})
    before = client.get(path_of(order, "live/")).json()
    with tenant_atomic():
        case = cases_of(order_id=order.pk).get()
        orders.say_in_case(
            case_id=case.pk, text="We look.", by=SYSTEM, is_from_shopper=False, now=timezone.now()
        )

    news = client.get(path_of(order, "live/"), {"v": before["version"]}).json()

    assert not before["is_final"]
    assert "We look." in news["side"]
