"""What a partner can still do about an order."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from api.errors import TooFast
from api.pace import few_at_once
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from orders.models import Case, Order
from payments.models import Refund
from payments.selectors import balance_of
from payments.services import push_refund
from tests.api.callers import ORDERS, Caller
from tests.catalog.factories import make_sku
from tests.channels.factories import RICH, make_keyed
from tests.orders.factories import LI, PRICE, stocked_sku
from tests.suppliers.factories import make_offer, make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def by_hand(shop):
    with tenant_atomic():
        return make_sku(kind="by_hand")


def cancel(caller, order):
    return caller.post(f"{ORDERS}/{order['ref']}/cancel", {})


def complain(caller, order, **fields):
    body = {"text": "The code is not taken."} | fields
    return caller.post(f"{ORDERS}/{order['ref']}/refund-requests", body)


def test_what_is_not_delivered_yet_is_canceled_and_paid_back(caller, keyed, by_hand):
    order = caller.order(by_hand)

    told = cancel(caller, order)

    assert (caller.status, told["state"]) == (200, "canceled")
    assert [unit["state"] for unit in told["units"]] == ["refunded"]
    with tenant_atomic():
        refund = Refund.objects.get()
    push_refund(refund_id=refund.pk, now=refund.next_at)
    with tenant_atomic():
        assert balance_of(account_id=keyed.partner.account_id) == RICH
    kinds = [one["kind"] for one in caller.get("/api/v1/balance/entries")["data"]]
    assert kinds == ["refund_done", "capture", "top_up"]


def test_what_was_delivered_cannot_be_canceled(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    order = caller.order(sku)

    told = cancel(caller, order)

    assert (caller.status, told["error"]["code"]) == (409, "nothing_to_cancel")


def test_what_a_supplier_has_cannot_be_canceled(caller, shop):
    caller.speaks("en")
    with tenant_atomic():
        sku = make_sku(kind="supplier_code")
        make_offer(supplier=make_supplier(), sku=sku)
    order = caller.order(sku)
    with tenant_atomic():
        Unit.objects.update(state="sending")

    told = cancel(caller, order)

    assert (caller.status, told["error"]["code"]) == (409, "with_supplier")
    assert "paid back by itself" in told["error"]["message"]
    assert "risk" not in told["error"]["message"]


def test_an_order_waits_for_its_supplier_and_says_so(caller, shop):
    with tenant_atomic():
        sku = make_sku(kind="supplier_code")
        make_offer(supplier=make_supplier(), sku=sku)

    order = caller.order(sku)

    assert (caller.status, order["state"]) == (201, "processing")
    assert [(unit["state"], unit["code"]) for unit in order["units"]] == [("processing", None)]


def test_a_refund_request_is_a_case_of_the_shop(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    order = caller.order(sku)

    told = complain(caller, order, position=1)

    assert (caller.status, told["state"], told["position"]) == (201, "open", 1)
    assert caller.get(f"{ORDERS}/{order['ref']}/refund-requests/{told['ref']}") == told
    with tenant_atomic():
        assert Case.objects.get().ref == told["ref"]
    assert complain(caller, order, position=1)["error"]["code"] == "case_open"
    assert complain(caller, order, position=2)["error"]["code"] == "not_found"


def test_another_partner_can_do_nothing_about_it(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)
        stranger = Caller(make_keyed())
    order = caller.order(sku)
    told = complain(caller, order)

    answers = [
        cancel(stranger, order) and stranger.status,
        complain(stranger, order) and stranger.status,
        stranger.get(f"{ORDERS}/{order['ref']}/refund-requests/{told['ref']}") and stranger.status,
    ]

    assert answers == [404, 404, 404]


def test_a_batch_has_an_outcome_for_each_line(caller, keyed, shop):
    with tenant_atomic():
        sku, empty = stocked_sku(2), stocked_sku(0)
    lines = [
        {"sku": sku.ref, "partner_order_no": "N1"},
        {"sku": empty.ref, "partner_order_no": "N2"},
        {"sku": sku.ref, "partner_order_no": "N3"},
        {"sku": sku.ref, "partner_order_no": "N4"},
    ]

    first = caller.post("/api/v1/order-batches", {"orders": lines})
    again = caller.post("/api/v1/order-batches", {"orders": lines})

    assert [one["status"] for one in first["results"]] == [201, 409, 201, 409]
    assert [one["status"] for one in again["results"]] == [200, 409, 200, 409]
    assert again["results"][0]["body"] == first["results"][0]["body"]
    with tenant_atomic():
        assert balance_of(account_id=keyed.partner.account_id) == RICH - 2 * PRICE


def test_each_line_of_a_batch_counts_as_a_call(shop):
    with tenant_atomic():
        sku, caller = stocked_sku(5), Caller(make_keyed(most_per_second=3))
    lines = [{"sku": sku.ref, "partner_order_no": f"N{n}"} for n in range(5)]

    with time_machine.travel(timezone.now(), tick=False):
        told = caller.post("/api/v1/order-batches", {"orders": lines})["results"]
    with time_machine.travel(timezone.now() + timedelta(seconds=5), tick=False):
        again = caller.post("/api/v1/order-batches", {"orders": lines})["results"]

    assert [one["status"] for one in told] == [201, 201, 201, 429, 429]
    assert told[4]["body"]["error"]["code"] == "rate_limited"
    assert [one["status"] for one in again] == [200, 200, 200, 201, 201]
    assert [one["body"]["units"] for one in again[:3]] == [one["body"]["units"] for one in told[:3]]


def test_two_batches_of_a_partner_are_at_work_at_once(caller, keyed, shop):
    with tenant_atomic():
        sku, other = stocked_sku(2), Caller(make_keyed())
    batch = {"orders": [{"sku": sku.ref, "partner_order_no": "N1"}]}
    mine = {"partner_id": keyed.partner.pk}

    with few_at_once(**mine), few_at_once(**mine):
        told = [one.post("/api/v1/order-batches", batch) and one.status for one in (caller, other)]
    caller.post("/api/v1/order-batches", batch)

    assert told == [429, 200]
    assert caller.status == 200


def test_two_batches_at_once_also_while_redis_is_away(keyed, redis_away):
    mine = {"partner_id": keyed.partner.pk}

    with few_at_once(**mine), few_at_once(**mine), pytest.raises(TooFast), few_at_once(**mine):
        pass
    with few_at_once(**mine):
        pass


@pytest.mark.parametrize(
    ("lines", "param"),
    [
        ([], "orders"),
        ([{"sku": "A", "partner_order_no": "N"}] * 101, "orders"),
        ([{"sku": "A"}], "orders.0.partner_order_no"),
        ("x", "orders"),
        ([{"sku": "A", "partner_order_no": "N", "price": "1"}], "orders.0.price"),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(caller, lines, param):
    told = caller.post("/api/v1/order-batches", {"orders": lines})

    assert (caller.status, told["error"]["param"]) == (422, param)


def test_an_account_that_nobody_can_check_is_not_known(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)

    told = caller.post("/api/v1/account-checks", {"sku": sku.ref, "buyer": {}})

    assert told == {
        "object": "account_check",
        "livemode": True,
        "verdict": "unknown",
        "field": None,
        "message": None,
    }


def test_an_account_under_a_name_that_the_product_does_not_ask_for_is_refused(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)

    told = caller.post("/api/v1/account-checks", {"sku": sku.ref, "buyer": {"phone": "1"}})

    error = told["error"]
    assert (caller.status, error["code"], error["param"]) == (422, "unknown_field", "buyer.phone")


def test_an_account_for_a_product_that_is_not_there_is_told_so(caller, shop):
    told = caller.post("/api/v1/account-checks", {"sku": "NOSUCH", "buyer": {}})

    assert (caller.status, told["error"]["code"]) == (404, "not_found")
    assert "NOSUCH" in told["error"]["message"]


@pytest.mark.parametrize("position", [{}, {"position": 1}])
def test_what_is_paid_back_is_not_asked_for_again(caller, by_hand, position):
    order = caller.order(by_hand)
    cancel(caller, order)

    told = complain(caller, order, **position)

    assert (caller.status, told["error"]["code"]) == (409, "nothing_to_refund")
    with tenant_atomic():
        assert not Case.objects.exists()


def test_what_is_left_of_an_order_may_be_asked_for(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(2)
    order = caller.order(sku, quantity=2)
    with tenant_atomic():
        first, _second = Order.objects.get().units.order_by("position")
        fulfillment.refund_units(
            order_id=first.order_id, unit_ids=[first.pk], by=LI, reason="test", now=NOON
        )

    refused = complain(caller, order, position=1)
    assert (caller.status, refused["error"]["code"]) == (409, "nothing_to_refund")
    complain(caller, order, position=2)
    assert caller.status == 201
    told = complain(caller, order, position=2)
    assert told["error"]["code"] == "case_open"
    with tenant_atomic():
        assert told["error"]["data"] == {"case": Case.objects.get().ref}


def test_an_entry_of_a_refund_names_its_order(caller, by_hand):
    order = caller.order(by_hand)
    cancel(caller, order)
    with tenant_atomic():
        refund = Refund.objects.get()
    push_refund(refund_id=refund.pk, now=refund.next_at)

    entries = caller.get("/api/v1/balance/entries")["data"]

    assert [(one["kind"], one["order"]) for one in entries] == [
        ("refund_done", order["ref"]), ("capture", order["ref"]), ("top_up", None),
    ]  # fmt: skip
