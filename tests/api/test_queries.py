"""What stands in an address behind the “?”: nothing of it is left out in silence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api.described.operations import OPERATIONS
from channels.models import PartnerOrder
from core.moments import written
from core.scope import tenant_atomic
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.catalog.factories import make_sku
from tests.channels.factories import make_keyed
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
QUERIES = 6


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


def found(caller, query):
    told = caller.get(f"{ORDERS}?{query}")
    assert caller.status == 200, told
    return [one["partner_order_no"] for one in told["data"]]


@pytest.mark.parametrize(
    ("path", "param", "allowed"),
    [
        (ORDERS, "status", "partner_order_no, state, created_since, created_until, limit, after"),
        (PRODUCTS, "page", "limit, after"),
        (f"{PRODUCTS}/NOSUCH", "expand", ""),
        (f"{ORDERS}/NOSUCH", "with", ""),
        ("/api/v1/balance", "currency", ""),
        ("/api/v1/balance/entries", "order", "limit, after"),
        ("/api/v1/events", "kind", "type, limit, after"),
        ("/api/v1/webhook-deliveries", "ref", "endpoint, event, state, limit, after"),
    ],
)
def test_what_an_operation_does_not_take_is_refused_and_what_it_takes_is_named(
    caller, path, param, allowed
):
    told = caller.get(f"{path}?{param}=1")

    error = told["error"]
    assert (caller.status, error["code"], error["param"]) == (400, "unknown_parameter", param)
    assert error["data"] == {"allowed": allowed}
    assert allowed in error["message"]


def test_an_order_with_something_in_its_address_is_not_placed(caller, sku):
    told = caller.post(f"{ORDERS}?dry_run=1", {"sku": sku.ref, "partner_order_no": "N1"})

    assert (caller.status, told["error"]["code"]) == (400, "unknown_parameter")
    with tenant_atomic():
        assert not PartnerOrder.objects.exists()


def test_the_same_parameter_twice_is_refused(caller):
    told = caller.get(f"{ORDERS}?limit=1&limit=2")

    assert (caller.status, told["error"]["param"]) == (422, "limit")


def test_every_operation_says_what_it_takes():
    assert {"limit", "after"} <= set(OPERATIONS["GET Orders"].parameters)
    assert all(one.parameters == () for name, one in OPERATIONS.items() if name[:4] == "POST")


def test_an_order_is_found_by_the_partners_own_number(caller, shop, sku):
    with tenant_atomic():
        other = Caller(make_keyed())
    for number in ("A-1", "A-2"):
        caller.order(sku, number)
    other.order(sku, "B-1")

    assert found(caller, "partner_order_no=A-2") == ["A-2"]
    assert found(caller, "partner_order_no=A") == []
    assert found(caller, "partner_order_no=B-1") == []
    assert found(caller, "") == ["A-2", "A-1"]
    told = caller.get(f"{ORDERS}?partner_order_no=")
    assert (caller.status, told["error"]["param"]) == (422, "partner_order_no")


def test_orders_are_found_by_their_state(caller, shop, sku):
    with tenant_atomic():
        by_hand = make_sku(kind="by_hand")
    caller.order(sku, "done")
    caller.order(by_hand, "waits")

    assert found(caller, "state=completed") == ["done"]
    assert found(caller, "state=processing") == ["waits"]
    assert found(caller, "state=held") == []
    assert found(caller, "state=processing&partner_order_no=done") == []


def test_orders_are_found_by_when_they_were_placed(caller, sku):
    now = timezone.now()
    for number, ago in (("old", 48), ("new", 1)):
        told = caller.order(sku, number)
        with tenant_atomic():
            mine = PartnerOrder.objects.filter(order__number=told["ref"])
            mine.update(made_at=now - timedelta(hours=ago))
    day = written(now - timedelta(hours=24))
    exactly = written(now - timedelta(hours=48)).replace("Z", "%2B00:00")

    assert found(caller, f"created_since={day}") == ["new"]
    assert found(caller, f"created_until={day}") == ["old"]
    assert found(caller, f"created_since={exactly}&created_until={day}") == ["old"]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("state=paid", "state"),
        ("created_since=yesterday", "created_since"),
        ("created_until=2026-11-28T00:00:00+08:00", "created_until"),  # the + is a blank there
        (f"partner_order_no={'x' * 65}", "partner_order_no"),
    ],
)
def test_a_wrong_value_is_named(caller, query, param):
    told = caller.get(f"{ORDERS}?{query}")

    error = told["error"]
    assert (caller.status, error["code"], error["param"]) == (422, "invalid_input", param)


@pytest.mark.parametrize("query", ["state=lost"])
def test_a_wrong_value_of_another_list_is_named_too(caller, query):
    told = caller.get(f"/api/v1/webhook-deliveries?{query}")

    assert (caller.status, told["error"]["param"]) == (422, query.partition("=")[0])


def test_a_list_asks_the_database_as_often_for_three_as_for_one(
    caller, sku, django_assert_num_queries
):
    caller.order(sku, "N1")
    caller.get(ORDERS)  # what a process learns once
    with django_assert_num_queries(QUERIES):
        assert found(caller, "state=completed&limit=5") == ["N1"]

    for number in ("N2", "N3"):
        caller.order(sku, number)

    with django_assert_num_queries(QUERIES):
        assert found(caller, "state=completed&limit=5") == ["N3", "N2", "N1"]


def test_who_says_another_word_is_told_those_there_are(caller):
    caller.speaks("en")

    told = caller.get(f"{ORDERS}?state=done")["error"]

    assert told["message"] == "It is one of these: canceled, completed, held, processing."
    assert told["param"] == "state"
