"""A paid order that waits for a person: released, refused, or decided by its deadline."""

from datetime import timedelta

import pytest
from django.utils import translation

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import NotHeld
from fulfillment.models import Unit
from inventory.models import Code, Hold
from orders.models import Order
from orders.selectors import due_to_decide, standing
from orders.states import HeldThen
from payments.selectors import money_of
from tests.catalog.factories import make_sku
from tests.fulfillment.buying import look, send_first
from tests.orders.factories import LI, hold, placed, stocked_sku
from tests.suppliers.factories import at_the_judge, make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def order(shop) -> Order:
    with tenant_atomic():
        return hold(placed(stocked_sku(2), quantity=2))


def refreshed(order):
    with tenant_atomic():
        order.refresh_from_db()
        return order


def moves(order):
    with tenant_atomic():
        return [(move.new, move.reason, move.by) for move in order.moves.order_by("pk")]


def codes():
    with tenant_atomic():
        return sorted(Code.objects.values_list("state", flat=True))


def test_nothing_of_a_held_order_is_delivered_and_its_codes_are_kept(order):
    fulfillment.open_units(order_id=order.pk, now=NOON)  # the news that it was paid, heard late

    assert refreshed(order).state == "held"
    assert codes() == ["reserved", "reserved"]
    with tenant_atomic():
        assert set(Hold.objects.values_list("state", flat=True)) == {"kept"}
        assert not Unit.objects.exists()


def test_it_says_why_it_waits_and_what_comes_by_when(order):
    with tenant_atomic(), translation.override("en"):
        said = standing(order_id=order.pk)

    assert said.text == "Held: this price would not bring the cost in."
    assert said.next_text == "A person decides; otherwise the money goes back."
    assert said.next_at == TOMORROW


def test_released_it_is_delivered_at_once(order):
    fulfillment.release_held(order_id=order.pk, by=LI, now=NOON)

    assert refreshed(order).state == "completed"
    assert (order.decide_by, order.held_then) == (None, "")
    assert codes() == ["sold", "sold"]
    assert moves(order)[1:] == [
        ("held", "cost_above_price", "system"),
        ("fulfilling", "released", LI.label),
        ("completed", "all_delivered", "system"),
    ]


def test_refused_its_money_goes_back_and_its_codes_are_on_sale(order):
    fulfillment.refuse_held(order_id=order.pk, by=LI, reason="too dear", now=NOON)

    assert refreshed(order).state == "canceled"
    assert codes() == ["available", "available"]
    with tenant_atomic():
        assert money_of(payable_id=order.pk).refunded_e4 == order.total_e4


@pytest.mark.parametrize("verb", [fulfillment.release_held, fulfillment.refuse_held])
def test_it_is_decided_once(order, verb):
    fulfillment.release_held(order_id=order.pk, by=LI, now=NOON)

    with pytest.raises(NotHeld):
        verb(order_id=order.pk, by=LI, reason="again", now=NOON)


@pytest.mark.parametrize(
    ("then", "state"), [(HeldThen.RELEASE, "completed"), (HeldThen.PAY_BACK, "canceled")]
)
def test_nobody_decided_so_the_deadline_does(shop, then, state):
    with tenant_atomic():
        order = hold(placed(), then=then)

    fulfillment.decide_overdue(order_id=order.pk, now=TOMORROW - timedelta(seconds=1))
    assert refreshed(order).state == "held"
    assert due_to_decide(now=TOMORROW, limit=9) == [(shop.pk, order.pk)]
    for _again in range(2):
        fulfillment.decide_overdue(order_id=order.pk, now=TOMORROW)

    assert refreshed(order).state == state
    assert due_to_decide(now=TOMORROW, limit=9) == []


def test_who_lets_a_loss_go_on_has_it_bought_for_more_than_it_brings(shop, judge):
    with tenant_atomic():
        sku = make_sku(kind="supplier_code", price_e4=90_000)
        make_offer(
            supplier=at_the_judge(judge, "fulu"),
            sku=sku,
            product="1000",
            cost_e4=98_750,
            most_e4=99_000,
        )
        order = hold(placed(sku, may_lose=True), may_lose=True)

    fulfillment.release_held(order_id=order.pk, by=LI, now=NOON)
    send_first()
    look(NOON + timedelta(hours=1), times=3)

    assert refreshed(order).state == "completed"
