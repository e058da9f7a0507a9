"""What money does to an order, and what its absence does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.actors import SHOPPER, SYSTEM
from core.errors import NotFound
from core.models import OutboxRow
from inventory.errors import OutOfStock
from inventory.models import Hold
from inventory.selectors import count_available
from orders import services as orders
from orders.models import Order, OrderMove
from orders.states import Recorded
from tests.orders.factories import captured, make_order, paid, pay, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
LATER = NOON + timedelta(minutes=16)


def told() -> list[str]:
    return list(OutboxRow.objects.order_by("pk").values_list("event", flat=True))


def test_a_payment_pays_the_order_and_keeps_its_codes():
    order = placed()

    recorded = pay(order)

    order.refresh_from_db()
    assert recorded == Recorded.PAID
    assert (order.state, order.paid_at) == ("paid", NOON)
    assert list(Hold.objects.values_list("state", "until")) == [("kept", None)]
    assert list(OrderMove.objects.values_list("old", "new", "reason", "by")) == [
        ("placed", "paid", "payment_received", "system")
    ]
    assert told() == ["orders.OrderPaid"]


def test_the_same_payment_again_changes_nothing():
    order = placed()
    payment = captured(order)
    orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)

    again = orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=LATER)

    assert again == Recorded.SAME
    assert Order.objects.get().paid_at == NOON
    assert told() == ["orders.OrderPaid"]


def test_another_payment_of_a_paid_order_is_a_second_one():
    order = paid()

    second = orders.record_payment(order_id=order.pk, payment_id=404_000_000, by=SYSTEM, now=LATER)

    assert second == Recorded.SECOND
    assert Order.objects.get().payment_id == order.payment_id
    assert OrderMove.objects.count() == 1


def test_a_payment_of_an_order_that_never_was_is_refused():
    with pytest.raises(NotFound):
        orders.record_payment(order_id=404_000_000, payment_id=1, by=SYSTEM, now=NOON)


def test_an_unpaid_order_is_closed_after_its_time_and_its_codes_are_free():
    sku = stocked_sku(2)
    order = placed(sku, 2)

    assert orders.close_unpaid(order_id=order.pk, now=LATER)

    order.refresh_from_db()
    assert (order.state, order.ended_at) == ("closed", LATER)
    assert count_available(sku_id=sku.pk) == 2


def test_nothing_is_closed_before_its_time_or_after_its_payment():
    early, settled = placed(), paid()

    assert not orders.close_unpaid(order_id=early.pk, now=NOON + timedelta(minutes=14))
    assert not orders.close_unpaid(order_id=settled.pk, now=LATER)

    # Not by their keys: those are taken ahead, and a used-up stock of them may not be the newest.
    assert Order.objects.get(pk=early.pk).state == "placed"
    assert Order.objects.get(pk=settled.pk).state == "paid"


def test_a_buyer_who_gives_up_frees_the_goods_at_once():
    sku = stocked_sku(2)
    order = placed(sku, 2)

    assert orders.give_up(order_id=order.pk, by=SHOPPER, now=NOON)

    order.refresh_from_db()
    assert (order.state, order.moves.last().reason) == ("closed", "given_up")
    assert count_available(sku_id=sku.pk) == 2
    assert not orders.give_up(order_id=order.pk, by=SHOPPER, now=NOON)


def test_what_is_paid_is_not_given_up():
    order = paid()

    assert not orders.give_up(order_id=order.pk, by=SHOPPER, now=NOON)

    order.refresh_from_db()
    assert order.state == "paid"


def test_closing_twice_is_closing_once():
    order = placed()
    orders.close_unpaid(order_id=order.pk, now=LATER)

    assert not orders.close_unpaid(order_id=order.pk, now=LATER)

    assert OrderMove.objects.count() == 1


def test_late_money_takes_the_codes_again():
    sku = stocked_sku(1)
    order = placed(sku)
    orders.close_unpaid(order_id=order.pk, now=LATER)

    recorded = pay(order, now=LATER)

    order.refresh_from_db()
    assert recorded == Recorded.PAID
    assert (order.state, order.ended_at) == ("paid", None)
    assert count_available(sku_id=sku.pk) == 0
    assert OrderMove.objects.filter(reason="late_payment").count() == 1


def test_late_money_after_the_codes_are_gone_is_refused_and_changes_nothing():
    sku = stocked_sku(1)
    order = placed(sku)
    orders.close_unpaid(order_id=order.pk, now=LATER)
    placed(sku, now=LATER)
    payment = captured(order, now=LATER)

    with pytest.raises(OutOfStock):
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=LATER)

    order.refresh_from_db()
    assert (order.state, order.paid_at) == ("closed", None)


def test_money_between_the_end_of_the_hold_and_the_closing_still_pays():
    sku = stocked_sku(1)
    order = placed(sku)

    pay(order, now=LATER)

    order.refresh_from_db()
    assert order.state == "paid"
    assert not orders.close_unpaid(order_id=order.pk, now=LATER)


def test_a_paid_order_given_up_gives_its_codes_back_once():
    sku = stocked_sku(1)
    order = paid(sku)

    for _ in range(2):
        orders.cancel(order_id=order.pk, reason="denied", by=SYSTEM, now=LATER)

    order.refresh_from_db()
    assert (order.state, order.ended_at) == ("canceled", LATER)
    assert count_available(sku_id=sku.pk) == 1
    assert told() == ["orders.OrderPaid"]


@pytest.mark.parametrize("state", ["paid", "held", "fulfilling", "completed", "canceled"])
def test_the_database_refuses_an_order_that_went_on_without_its_money(state):

    with pytest.raises(IntegrityError, match="order_goes_on_only_if_paid"), transaction.atomic():
        make_order(state=state, paid_at=None, payment_id=None)


def test_a_payment_is_recorded_in_few_statements(django_assert_num_queries, unprepared):
    """The order with its items, the holds, the move with its history and the fact; a savepoint."""
    order = placed(stocked_sku(20))
    payment = captured(order)

    with django_assert_num_queries(5):
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)
