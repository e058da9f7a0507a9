"""One form is one order, and one payment is one delivery, however many clicks, tabs and notices."""

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Code, Hold
from orders import services as orders
from orders.models import Item, Order, OrderMove
from orders.states import Recorded
from payments import services as payments
from payments.models import Payment
from tests.orders.factories import a_request, captured, placed, stocked_sku
from tests.payments.factories import make_payment, posting
from tests.races.at_once import CLICKS, at_once
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.mark.parametrize("round_", range(5))
def test_a_double_click_and_a_second_tab_are_one_order(shop, round_):
    with tenant_atomic():
        sku = stocked_sku(CLICKS)
    request = a_request(sku, request_key="form-a")

    got = at_once(lambda _: orders.place(request=request, now=NOON).number)

    assert len(set(got)) == 1
    with tenant_atomic():
        assert [order.number for order in Order.objects.all()] == [got[0]]
        assert Item.objects.count() == 1
        assert Hold.objects.count() == 1
        assert Code.objects.filter(state="available").count() == CLICKS - 1


def test_clicks_inside_a_views_own_transaction_are_one_order_too(shop):
    with tenant_atomic():
        sku = stocked_sku(CLICKS)
    request = a_request(sku, request_key="form-a")

    def click(_: int) -> str:
        with tenant_atomic():
            return orders.place(request=request, now=NOON).number

    got = at_once(click)

    assert len(set(got)) == 1
    with tenant_atomic():
        assert Order.objects.count() == 1
        assert Hold.objects.count() == 1


def test_one_buyers_limit_holds_against_his_own_tabs(shop):
    with tenant_atomic():
        sku = stocked_sku(CLICKS, most_per_buyer=2)

    def click(number: int) -> int:
        request = a_request(sku, request_key=f"tab-{number}", buyer_key="anna")
        return orders.place(request=request, now=NOON).pk

    got = at_once(click)

    with tenant_atomic():
        assert Order.objects.count() == 2
    assert sum(isinstance(one, int) for one in got) == 2
    assert {type(one).__name__ for one in got if not isinstance(one, int)} == {"TooMany"}


def test_five_notices_at_once_are_one_payment_and_one_delivery(shop):
    with tenant_atomic():
        order = placed(stocked_sku(5))
    payment = make_payment(
        id=order.pk, ref=order.number, amount_e4=order.total_e4, currency=order.currency
    )
    body, headers = posting(payment)

    def hear(_: int) -> object:
        with tenant_atomic():
            notice = payments.read_notice(provider="sandbox", body=body, headers=headers)
            paid = payments.capture(notice=notice, now=NOON)
            recorded = orders.record_payment(
                order_id=order.pk, payment_id=paid.payment_id, by=SYSTEM, now=NOON
            )
        fulfillment.open_units(order_id=order.pk, now=NOON)
        return recorded

    got = at_once(hear, times=5)

    assert sorted(map(str, got)) == sorted([str(Recorded.PAID), *[str(Recorded.SAME)] * 4])
    with tenant_atomic():
        assert [unit.state for unit in Unit.objects.all()] == ["delivered"]
        assert Code.objects.filter(state="sold").count() == 1
        moves = OrderMove.objects.order_by("pk").values_list("new", flat=True)
        assert list(moves) == ["paid", "fulfilling", "completed"]
        assert Order.objects.get().state == "completed"


def test_two_payments_at_once_pay_the_order_once(shop):
    with tenant_atomic():
        order = placed(stocked_sku(5))
        first = captured(order)
        second = Payment(payable_id=order.pk, pk=first.pk + 1000)

    def hear(number: int) -> object:
        payment_id = (first.pk, second.pk)[number % 2]
        return orders.record_payment(order_id=order.pk, payment_id=payment_id, by=SYSTEM, now=NOON)

    got = at_once(hear, times=6)

    assert got.count(Recorded.PAID) == 1
    assert got.count(Recorded.SAME) == 2
    assert got.count(Recorded.SECOND) == 3


def test_payment_and_refund_and_delivery_at_once_end_in_one_way(shop):
    with tenant_atomic():
        order = placed(stocked_sku(5))
        payment = captured(order)
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)

    def act(number: int) -> object:
        if number % 2:
            return fulfillment.open_units(order_id=order.pk, now=NOON)
        return fulfillment.refund_units(order_id=order.pk, by=SYSTEM, reason="race", now=NOON)

    at_once(act, times=8)

    with tenant_atomic():
        assert [unit.state for unit in Unit.objects.all()] == ["refunded"]
        assert Payment.objects.get().refunded_e4 == order.total_e4
        assert Order.objects.get().state in {"canceled", "completed"}
