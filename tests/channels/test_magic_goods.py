"""Each magic SKU ends as its name says, on the road that every order takes."""

import pytest
from django.utils import timezone

from tests.channels.sandboxes import SECOND, open_twin

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

RICH = "10000.0000"


@pytest.fixture
def twin(shop):
    return open_twin()


def order_of(twin, sku, **fields):
    told = twin.caller.order(sku, **fields)
    assert twin.caller.status == 201, told
    return told["ref"]


def states_at(twin, ref, now):
    twin.work(now)
    told = twin.caller.get(f"/api/v1/orders/{ref}")
    return told["state"], [unit["state"] for unit in told["units"]]


def balance(twin):
    return twin.caller.get("/api/v1/balance")["balance"]


def test_success_is_delivered_in_the_answer(twin):
    told = twin.caller.order("TEST_SUCCESS", quantity=2)

    assert told["state"] == "completed"
    assert [unit["code"][:5] for unit in told["units"]] == ["TEST-", "TEST-"]


def test_slow_is_accepted_and_delivered_ten_seconds_later(twin):
    ref, now = order_of(twin, "TEST_SLOW"), timezone.now()

    assert states_at(twin, ref, now) == ("processing", ["processing"])
    assert states_at(twin, ref, now + 5 * SECOND) == ("processing", ["processing"])
    assert states_at(twin, ref, now + 20 * SECOND) == ("completed", ["delivered"])


def test_failure_is_paid_back(twin):
    ref = order_of(twin, "TEST_FAILURE")

    assert states_at(twin, ref, timezone.now()) == ("canceled", ["refunded"])
    assert balance(twin) == RICH


def test_refund_is_delivered_then_taken_back_and_paid_back(twin):
    ref, now = order_of(twin, "TEST_REFUND"), timezone.now()

    assert states_at(twin, ref, now) == ("completed", ["delivered"])
    assert balance(twin) == "9999.0000"
    assert states_at(twin, ref, now + 40 * SECOND) == ("completed", ["refunded"])
    assert balance(twin) == RICH


def test_partial_delivers_two_of_three_and_pays_the_third_back(twin):
    ref = order_of(twin, "TEST_PARTIAL", quantity=3)

    assert states_at(twin, ref, timezone.now()) == (
        "completed",
        ["delivered", "delivered", "refunded"],
    )
    assert balance(twin) == "9998.0000"


def test_unknown_is_not_confirmed_for_two_minutes_and_then_delivered(twin):
    ref, now = order_of(twin, "TEST_UNKNOWN"), timezone.now()

    assert states_at(twin, ref, now) == ("processing", ["unconfirmed"])
    assert states_at(twin, ref, now + 110 * SECOND) == ("processing", ["unconfirmed"])
    assert states_at(twin, ref, now + 130 * SECOND) == ("completed", ["delivered"])


@pytest.mark.parametrize(
    ("phone", "at_once", "in_the_end"),
    [
        ("13800000000", "delivered", "delivered"),
        ("13800000001", "refunded", "refunded"),
        ("13800000002", "processing", "delivered"),
        ("13800000003", "unconfirmed", "delivered"),
        ("13800138000", "delivered", "delivered"),
    ],
)
def test_a_top_up_ends_as_its_account_says(twin, phone, at_once, in_the_end):
    ref, now = order_of(twin, "TEST_TOPUP", buyer={"phone": phone}), timezone.now()

    assert states_at(twin, ref, now)[1] == [at_once]
    assert states_at(twin, ref, now + 130 * SECOND)[1] == [in_the_end]


@pytest.mark.parametrize(
    ("phone", "verdict"),
    [
        ("13800000000", "yes"),
        ("13800000001", "no"),
        ("13800000002", "yes"),
        ("13800000003", "unknown"),
        ("13800138000", "yes"),
    ],
)
def test_an_account_is_checked_as_it_will_be_topped_up(twin, phone, verdict):
    asked = {"sku": "TEST_TOPUP", "buyer": {"phone": phone}}

    told = [twin.caller.post("/api/v1/account-checks", asked) for _time in range(2)]

    assert [one["verdict"] for one in told] == [verdict] * 2
    assert told[0]["field"] == "phone"
    assert bool(told[0]["message"]) == (verdict != "unknown")


def test_many_that_are_not_confirmed_give_the_sandboxs_supplier_no_rest(twin):
    refs = [order_of(twin, "TEST_UNKNOWN", number=f"N{each}") for each in range(10)]
    now = timezone.now()
    twin.work(now)

    ref = order_of(twin, "TEST_FAILURE", number="last")

    assert states_at(twin, ref, timezone.now())[1] == ["refunded"]
    assert states_at(twin, refs[9], now + 130 * SECOND)[1] == ["delivered"]
