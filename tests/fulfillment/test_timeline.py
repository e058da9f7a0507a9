"""An order's history as a story: every state that is not an end says what comes next, and when."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Code
from orders import services as orders
from orders.selectors import standing, timeline
from payments.models import Payment
from tests.catalog.factories import make_sku
from tests.orders.factories import open_case, paid, placed, stocked_sku
from tests.suppliers.factories import make_offer, sent, told
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope", "english")
DAY = timedelta(hours=24)


@pytest.fixture
def english():
    with override("en"):
        yield


def story(order):
    return [(row.thing.value, row.state) for row in timeline(order_id=order.pk)]


def test_a_sale_from_stock_reads_in_the_order_of_cause_and_effect():
    order = paid(stocked_sku(2), 2)

    fulfillment.open_units(order_id=order.pk, now=NOON)

    assert story(order) == [
        ("order", "placed"),
        ("payment", "created"),
        ("payment", "pending"),
        ("payment", "captured"),
        ("order", "paid"),
        ("order", "fulfilling"),
        ("unit", "delivered"),
        ("order", "completed"),
    ]
    rows = timeline(order_id=order.pk)
    assert rows[-2].text.endswith("× 2.")
    assert not any(row.next_text for row in rows)
    assert standing(order_id=order.pk).text == "The order is complete."


def test_an_unpaid_order_says_until_when():
    order = placed()

    now = standing(order_id=order.pk)

    assert (now.state, now.next_at) == ("placed", order.pay_until)
    assert now.next_text.startswith("Pay in time")


def test_a_closed_order_says_why():
    order = placed()
    orders.close_unpaid(order_id=order.pk, now=NOON + DAY)

    now = standing(order_id=order.pk)

    assert now.text == "Nobody paid in time: the order is closed, the goods are free."
    assert (now.next_text, now.next_at) == ("", None)


@pytest.mark.parametrize(
    ("kind", "state", "due"),
    [("by_hand", "by_hand", DAY), ("stock_code", "waiting", timedelta(minutes=30))],
)
def test_what_waits_says_what_happens_next_and_when(kind, state, due):
    sku = make_sku(kind=kind) if kind == "by_hand" else stocked_sku(1)
    order = paid(sku)
    Code.objects.update(state="frozen")

    fulfillment.open_units(order_id=order.pk, now=NOON)

    assert story(order)[-1] == ("unit", state)
    now = standing(order_id=order.pk)
    assert (now.next_at, now.state) == (NOON + due, "fulfilling")
    assert now.next_text


def test_an_open_case_shows_its_clock():
    order = paid()
    fulfillment.open_units(order_id=order.pk, now=NOON)
    case = open_case(order)

    row = timeline(order_id=order.pk)[-1]

    assert row.text == f"Case {case.ref} is open: the code does not work."
    assert row.next_at == NOON + DAY


def test_a_history_holds_no_secret():
    order = paid()
    fulfillment.open_units(order_id=order.pk, now=NOON)
    secret = fulfillment.goods_of_order(order_id=order.pk)[0].secret.reveal()

    assert secret not in repr(timeline(order_id=order.pk))


def test_what_went_wrong_on_the_wire_is_told_in_words():
    sku = make_sku(kind="supplier_code")
    make_offer(sku=sku)
    order = paid(sku)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    unit = Unit.objects.get()
    told(sent(unit_id=unit.pk), "unknown", reason="ConnectionError")

    texts = [row.text for row in timeline(order_id=order.pk)]

    assert any(text.endswith("did not confirm it: no connection") for text in texts)


@pytest.mark.parametrize("quantity", [1, 3])
def test_a_longer_history_costs_no_more_queries(django_assert_num_queries, quantity):
    order = paid(stocked_sku(quantity), quantity)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    assert Payment.objects.count() == 1

    with django_assert_num_queries(9):
        timeline(order_id=order.pk)
