"""The same request twice is one order and the same answer, byte for byte."""

from datetime import timedelta

import pytest
import time_machine

from api.once import SCOPE
from channels.errors import KeyRefused
from channels.selectors import find_seat
from core.scope import tenant_atomic
from core.statements import run
from orders.models import Order
from tests.api.callers import Caller
from tests.channels.factories import make_keyed
from tests.inventory.factories import make_codes
from tests.orders.factories import stocked_sku
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


def count():
    with tenant_atomic():
        return Order.objects.count()


def test_the_same_key_is_one_order_and_the_same_bytes(caller, sku):
    caller.order(sku, key="K1")
    first = caller.raw

    caller.order(sku, key="K1")

    assert caller.raw == first
    assert (caller.status, caller.headers["Idempotent-Replayed"]) == (201, "true")
    assert count() == 1


def test_the_key_is_remembered_for_twenty_nine_days(caller, sku):
    with time_machine.travel("2026-11-01T00:00:00Z", tick=False) as clock:
        caller.order(sku, key="K1")
        first = caller.raw
        clock.shift(timedelta(days=29))

        caller.order(sku, key="K1")

    assert caller.raw == first
    assert count() == 1


def test_the_key_with_another_body_is_refused(caller, sku):
    caller.order(sku, key="K1")

    told = caller.order(sku, key="K1", quantity=2)

    assert (caller.status, told["error"]["code"]) == (422, "idempotency_key_reused")
    assert count() == 1


def test_without_a_key_the_order_number_is_enough(caller, sku):
    first = caller.order(sku, "N1")

    again = caller.order(sku, "N1")

    assert (caller.status, again) == (200, first)
    assert count() == 1


def test_a_number_that_is_taken_says_by_which_order(caller, sku):
    first = caller.order(sku, "N1")

    told = caller.order(sku, "N1", quantity=2)

    assert (caller.status, told["error"]["code"]) == (409, "order_no_taken")
    assert told["error"]["data"] == {"order": first["ref"]}


def test_what_was_ordered_is_told_again_when_it_is_sold_out(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    first = caller.order(sku, "N1")

    assert caller.order(sku, "N1") == first
    assert caller.order(sku, "N2")["error"]["code"] == "out_of_stock"


def test_a_refusal_under_a_key_is_told_again_and_another_key_tries_anew(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(0)
    caller.order(sku, key="K1")
    refused = caller.raw
    with tenant_atomic():
        make_codes(sku, 1)

    caller.order(sku, key="K1")

    assert (caller.status, caller.raw) == (409, refused)
    caller.order(sku, key="K2")
    assert caller.status == 201


def test_a_wrong_request_is_not_remembered(caller, sku):
    caller.order(sku, key="K1", quantity=0)
    assert caller.status == 422

    caller.order(sku, key="K1")

    assert caller.status == 201


def test_two_partners_may_use_the_same_key_and_number(caller, shop, sku):
    with tenant_atomic():
        other = Caller(make_keyed())

    statuses = [each.order(sku, "N1", key="K1") and each.status for each in (caller, other)]

    assert statuses == [201, 201]
    assert count() == 2


def seat_of(keyed, once_key, *, secret=""):
    public, own = keyed.key[8:16], keyed.key[16:]
    return find_seat(
        public=public,
        secret=secret or own,
        address="",
        now=MORNING,
        once_scope=SCOPE,
        once_key=once_key,
    )


def locks_held():
    sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    return run(sql).rows[0][0]


@pytest.mark.parametrize(("once_key", "is_first"), [("K1", False), ("K2", True), ("", False)])
def test_the_look_at_who_calls_says_whether_the_key_is_new(keyed, caller, sku, once_key, is_first):
    caller.order(sku, key="K1")

    with tenant_atomic():
        seat = seat_of(keyed, once_key)

        assert (seat.is_first, locks_held()) == (is_first, int(is_first))


def test_who_does_not_know_the_secret_holds_nobodys_key(keyed, caller, sku):
    with tenant_atomic():
        with pytest.raises(KeyRefused):
            seat_of(keyed, "K1", secret="x" * 32)

        assert locks_held() == 0
