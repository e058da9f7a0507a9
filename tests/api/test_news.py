"""What becomes of a partner's orders, goods and money is told him: once, and without goods."""

import pytest
from django.utils import timezone

from channels import services as channels
from channels.models import PartnerShelf, WebhookDelivery, WebhookEvent
from core.models import OutboxRow
from core.moments import written
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.selectors import units_of
from inventory.models import Code
from orders.models import Order
from payments import services as payments
from payments.models import Refund
from tests.api.callers import Caller
from tests.api.hearing import hear_all
from tests.channels.factories import WANG, make_endpoint, make_keyed
from tests.orders.factories import PRICE, paid, stocked_sku
from tests.payments.factories import PRICE as PAID
from tests.payments.factories import make_paid
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
URL = "https://partner.example/hooks"


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


@tenant_atomic
def told():
    """What there was to tell, the oldest first."""
    return [(event.kind, event.data) for event in WebhookEvent.objects.order_by("pk")]


def test_an_order_that_is_answered_with_its_code_is_told_in_the_same_transaction(
    caller, keyed, sku
):
    make_endpoint(keyed.partner, URL)

    order = caller.order(sku, "MINE-1", quantity=2)

    unit = {"object": "unit", "order": order["ref"], "partner_order_no": "MINE-1"}
    assert [kind for kind, _data in told()] == [
        "unit.delivered", "unit.delivered", "order.completed",
    ]  # fmt: skip
    assert told()[0][1] == unit | {
        "position": 1,
        "is_replacement": False,
        "delivered_at": order["units"][0]["delivered_at"],
    }
    assert told()[2][1] == {
        "object": "order",
        "order": order["ref"],
        "partner_order_no": "MINE-1",
        "state": "completed",
        "total": "20.0000",
        "currency": "CNY",
    }
    with tenant_atomic():
        assert WebhookDelivery.objects.filter(state="pending").count() == 3
        assert not OutboxRow.objects.exists()  # nobody has to hear of it once more


def test_no_event_holds_a_code(caller, keyed, sku):
    make_endpoint(keyed.partner, URL)

    order = caller.order(sku, quantity=3)

    said = repr(told())
    assert [unit["code"] for unit in order["units"] if unit["code"] in said] == []


def test_who_has_no_endpoint_pays_for_none(caller, sku):
    caller.order(sku)

    with tenant_atomic():
        assert not WebhookEvent.objects.exists()
        assert not OutboxRow.objects.exists()


def test_what_an_order_of_our_own_shop_comes_to_is_told_to_nobody(shop):
    with tenant_atomic():
        paid(stocked_sku(1))
        rows = OutboxRow.objects.filter(listener__endswith="tell_of_order")
        assert not rows.exists()


def test_what_the_outbox_brings_twice_is_one_event(caller, keyed, sku):
    make_endpoint(keyed.partner, URL)
    caller.order(sku)
    with tenant_atomic():
        order = Order.objects.get()
    before = told()

    for _time in range(2):
        channels.tell_of_order(order_id=order.pk, channel="api", now=timezone.now())

    assert told() == before
    assert len(before) == 2


def test_a_replacement_and_a_refund_are_told(caller, keyed, sku):
    make_endpoint(keyed.partner, URL)
    number = caller.order(sku, quantity=2)["ref"]
    now = timezone.now()
    with tenant_atomic():
        order = Order.objects.get()
        first, second = units_of(order_id=order.pk)
    fulfillment.replace_unit(unit_id=first.pk, by=WANG, reason="bad", now=now)
    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[second.pk], by=WANG, reason="bad", now=now
    )

    hear_all()

    more = told()[3:]
    assert [(kind, data.get("position")) for kind, data in more] == [
        ("unit.delivered", 1), ("unit.refunded", 2), ("refund.done", None),
    ]  # fmt: skip
    assert more[0][1]["is_replacement"] is True
    assert (more[1][1]["order"], more[1][1]["amount"]) == (number, "10.0000")


def refunds_told():
    return [data for kind, data in told() if kind == "refund.done"]


@pytest.fixture
def delivered(caller, keyed, sku):
    """Two things of one order, delivered to a partner who is told."""
    make_endpoint(keyed.partner, URL)
    caller.order(sku, "MINE-1", quantity=2)
    with tenant_atomic():
        return Order.objects.get()


def test_money_that_is_back_on_the_balance_is_told_once_a_refund(caller, delivered):
    with tenant_atomic():
        units = [unit.pk for unit in units_of(order_id=delivered.pk)]
    for pk in units:
        fulfillment.refund_units(
            order_id=delivered.pk, unit_ids=[pk], by=WANG, reason="bad", now=timezone.now()
        )
    assert refunds_told() == []  # promised, and not paid yet

    hear_all()

    with tenant_atomic():
        ends = [written(refund.ended_at) for refund in Refund.objects.order_by("pk")]
    assert refunds_told() == [
        {
            "object": "refund",
            "ref": f"{delivered.number}-R{position}",
            "order": delivered.number,
            "partner_order_no": "MINE-1",
            "amount": "10.0000",
            "currency": "CNY",
            "done_at": ends[position - 1],
        }
        for position in (1, 2)
    ]
    entries = [entry["ref"] for entry in caller.get("/api/v1/balance/entries")["data"]]
    assert f"refund:{delivered.number}-R2:done" in entries


def test_a_refund_that_is_heard_of_twice_is_one_event(delivered):
    with tenant_atomic():
        units = [unit.pk for unit in units_of(order_id=delivered.pk)]
    fulfillment.refund_units(
        order_id=delivered.pk, unit_ids=units, by=WANG, reason="bad", now=timezone.now()
    )
    hear_all()
    with tenant_atomic():
        refund_id = Refund.objects.get().pk

    for _time in range(2):
        channels.tell_of_refund(refund_id=refund_id, into="partner", now=timezone.now())

    assert [data["amount"] for data in refunds_told()] == ["20.0000"]


def test_a_shoppers_refund_is_told_to_nobody(shop):
    with tenant_atomic():
        payment = make_paid()
    refund = payments.refund(
        payment_id=payment.pk, amount_e4=PAID, number="R1", reason="bad", by=WANG, now=NOON
    )

    payments.push_refund(refund_id=refund.pk, now=NOON)

    with tenant_atomic():
        assert Refund.objects.get().state == "done"
        assert not OutboxRow.objects.filter(event="payments.RefundDone").exists()


def test_a_low_balance_is_told_once(shop, sku):
    with tenant_atomic():
        keyed = make_keyed(balance_e4=3 * PRICE, low_balance_e4=2 * PRICE)
    make_endpoint(keyed.partner, URL, kinds=("balance.low",))
    Caller(keyed).order(sku, quantity=2)

    for _time in range(2):
        channels.note_low_balance(partner_id=keyed.partner.pk, now=timezone.now())
        hear_all()

    low = [data for kind, data in told() if kind == "balance.low"]
    assert low == [
        {
            "object": "balance",
            "balance": "10.0000",
            "threshold": "20.0000",
            "below": "20.0000",
            "currency": "CNY",
        }
    ]


def look(now):
    with tenant_atomic():
        PartnerShelf.objects.update(next_at=now)
        (pk,) = PartnerShelf.objects.values_list("pk", flat=True)
    channels.look_at_shelf(shelf_id=pk, now=now)


def test_sold_out_there_again_and_another_price_are_told_once_each(caller, keyed, sku):
    make_endpoint(keyed.partner, URL)
    now = timezone.now()
    look(now)
    assert told() == []

    with tenant_atomic():
        Code.objects.update(state="frozen")
    look(now)
    look(now)
    with tenant_atomic():
        Code.objects.update(state="available")
        type(sku).objects.filter(pk=sku.pk).update(price_e4=PRICE + 500)
    look(now)

    product = {"object": "product", "sku": sku.ref, "currency": "CNY"}
    assert told() == [
        ("product.stock_changed", product | {"price": "10.0000", "available": False}),
        (
            "product.price_changed",
            product | {"price": "10.0500", "old_price": "10.0000", "available": True},
        ),
        ("product.stock_changed", product | {"price": "10.0500", "available": True}),
    ]
