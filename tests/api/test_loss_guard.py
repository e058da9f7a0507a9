"""An order below its cost: refused, or waiting for a person, as the merchant chose."""

import pytest

from channels.states import LossGuard
from core.moments import written
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from inventory.models import Code
from orders.models import Order
from payments.selectors import balance_of, money_of
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.catalog.factories import make_sku
from tests.channels.factories import RICH, make_keyed
from tests.orders.factories import LI, PRICE, stocked_sku
from tests.suppliers.factories import make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def keyed(shop):
    with tenant_atomic():
        return make_keyed(loss_guard=LossGuard.WAIT)


@pytest.fixture
def caller(keyed):
    return Caller(keyed)


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3, cost_hint_e4=PRICE + 1)


def balance(keyed):
    with tenant_atomic():
        return balance_of(account_id=keyed.partner.account_id)


def test_it_waits_paid_and_with_its_code_kept(caller, keyed, sku):
    told = caller.order(sku)

    assert (caller.status, told["state"], told["units"]) == (201, "held", [])
    assert balance(keyed) == RICH - PRICE
    with tenant_atomic():
        assert sorted(Code.objects.values_list("state", flat=True)) == [
            "available", "available", "reserved",
        ]  # fmt: skip


def test_it_says_why_and_until_when_it_is_held(caller, sku):
    caller.speaks("en")
    told = caller.order(sku)

    order = caller.get(f"{ORDERS}/{told['ref']}")

    assert told["held"] == order["held"] == caller.get(ORDERS)["data"][0]["held"]
    with tenant_atomic():
        until = written(Order.objects.get().decide_by)
    assert order["held"] == {
        "reason": "cost_above_price",
        "message": "At your price its cost is not brought in: somebody at the shop decides.",
        "until": until,
        "then": "pay_back",
    }


def test_the_catalogue_says_of_what_would_wait_that_it_is_there_and_will_be_held(caller, shop, sku):
    with tenant_atomic():
        cheap = stocked_sku(1)
        bought, never = make_sku(kind="supplier_code"), make_sku(kind="supplier_code")
        make_offer(sku=bought, cost_e4=PRICE + 1, most_e4=PRICE + 1)
        make_offer(sku=never, cost_e4=PRICE + 1, most_e4=PRICE)

    told = {one["sku"]: one for one in caller.get(PRODUCTS)["data"]}

    assert {ref: (one["available"], one["will_be_held"]) for ref, one in told.items()} == {
        sku.ref: (True, True),
        cheap.ref: (True, False),
        bought.ref: (True, True),
        never.ref: (False, False),
    }


def test_the_catalogue_says_of_what_would_be_refused_that_it_is_not_there(shop, sku):
    with tenant_atomic():
        caller = Caller(make_keyed(loss_guard=LossGuard.REFUSE))

    told = caller.get(f"{PRODUCTS}/{sku.ref}")

    assert (told["available"], told["will_be_held"]) == (False, False)
    assert caller.order(sku)["error"]["code"] == "cost_above_price"


def test_somebody_lets_it_go_and_the_code_is_there(caller, sku):
    told = caller.order(sku)
    with tenant_atomic():
        order = Order.objects.get()

    fulfillment.release_held(order_id=order.pk, by=LI, now=order.placed_at)

    read = caller.get(f"{ORDERS}/{told['ref']}")
    assert read["state"] == "completed"
    assert read["units"][0]["code"].startswith("SECRET-")


def test_the_partner_does_not_want_it_any_more(caller, sku):
    told = caller.order(sku)

    caller.post(f"{ORDERS}/{told['ref']}/cancel", {})

    assert caller.status == 200
    assert caller.get(f"{ORDERS}/{told['ref']}")["state"] == "canceled"
    with tenant_atomic():
        assert money_of(payable_id=Order.objects.get().pk).refunded_e4 == PRICE


def test_the_same_key_again_is_the_same_answer(caller, sku):
    first = caller.order(sku, number="one", key="once")
    again = caller.order(sku, number="one", key="once")

    assert again == first
    with tenant_atomic():
        assert Order.objects.count() == 1


def test_at_cost_nothing_waits(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1, cost_hint_e4=PRICE)

    assert caller.order(sku)["state"] == "completed"


def test_more_than_there_is_is_refused_and_nothing_is_kept(caller, keyed, sku):
    told = caller.order(sku, quantity=4)

    assert (caller.status, told["error"]["code"]) == (409, "out_of_stock")
    assert balance(keyed) == RICH
    with tenant_atomic():
        assert set(Code.objects.values_list("state", flat=True)) == {"available"}


def test_what_no_supplier_delivers_for_the_price_waits_too(caller, keyed, shop):
    with tenant_atomic():
        sku = make_sku(kind="supplier_code")
        make_offer(sku=sku, cost_e4=PRICE + 1, most_e4=PRICE + 1)

    assert caller.order(sku)["state"] == "held"
    with tenant_atomic():
        assert Order.objects.get().may_lose


def test_what_no_supplier_delivers_at_all_is_sold_out(caller, shop):
    with tenant_atomic():
        sku = make_sku(kind="supplier_code")
        make_offer(sku=sku, cost_e4=PRICE + 1, most_e4=PRICE)

    told = caller.order(sku)

    assert (caller.status, told["error"]["code"]) == (409, "out_of_stock")
