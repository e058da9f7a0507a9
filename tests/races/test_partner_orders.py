"""Partners' programs that repeat themselves, and many of them at once: real threads and commits."""

from threading import Barrier

import pytest

from core.models import Once
from core.scope import tenant_atomic
from inventory.models import Code
from orders.models import Order
from payments.selectors import balance_of, odd_balances
from tests.api.callers import Caller
from tests.channels.factories import RICH, make_keyed
from tests.orders.factories import PRICE, stocked_sku
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

THREADS, KEYS = 100, 200
CLIENTS, CODES = 32, 100
PATIENCE = 60  # for the last of a crowd; one that has failed frees the others then
FAST = 10_000


def codes_of(told):
    return [unit["code"] for unit in told["units"]]


@pytest.mark.timeout(400)
def test_a_hundred_at_once_under_one_key_are_one_order_two_hundred_times(shop):
    with tenant_atomic():
        sku = stocked_sku(KEYS)
        keyed = make_keyed(balance_e4=KEYS * PRICE, most_per_second=FAST)
    starts = [Barrier(THREADS) for _ in range(KEYS)]

    def ask(_number):
        caller, heard = Caller(keyed), []
        for number, start in enumerate(starts):
            start.wait(PATIENCE)
            caller.order(sku, f"N{number}", key=f"K{number}")
            heard.append((caller.status, caller.raw))
        return heard

    heard = at_once(ask, times=THREADS)

    for answers in zip(*heard, strict=True):
        assert {status for status, _raw in answers} <= {201, 409}
        assert len({raw for status, raw in answers if status == 201}) == 1
        assert all(b"still_running" in raw for status, raw in answers if status == 409)
    with tenant_atomic():
        assert Order.objects.count() == Once.objects.count() == KEYS
        assert Code.objects.filter(state="sold").count() == KEYS
        assert balance_of(account_id=keyed.partner.account_id) == 0
        assert odd_balances() == []


def test_the_same_order_number_without_a_key_is_one_order(shop):
    with tenant_atomic():
        sku, keyed = stocked_sku(20), make_keyed(most_per_second=FAST)

    def ask(_number):
        caller = Caller(keyed)
        return codes_of(caller.order(sku, "N1"))

    heard = at_once(ask, times=20)

    assert len({tuple(codes) for codes in heard}) == 1
    with tenant_atomic():
        assert Order.objects.count() == 1
        assert Code.objects.filter(state="sold").count() == 1


def test_a_sold_out_shelf_sold_each_code_once(shop):
    with tenant_atomic():
        sku = stocked_sku(CODES)
        partners = [make_keyed(most_per_second=FAST) for _ in range(4)]

    def ask(number):
        caller, got = Caller(partners[number % len(partners)]), []
        while True:
            told = caller.order(sku, f"{number}-{len(got)}")
            if caller.status != 201:
                return got if caller.status == 409 else told
            got += codes_of(told)

    bought = [code for got in at_once(ask, times=CLIENTS) for code in got]

    assert len(bought) == len(set(bought)) == CODES
    with tenant_atomic():
        left = sum(balance_of(account_id=one.partner.account_id) for one in partners)
        assert left == len(partners) * RICH - CODES * PRICE


def test_a_balance_that_is_enough_for_ten_pays_ten_of_thirty_two(shop):
    with tenant_atomic():
        sku = stocked_sku(CLIENTS)
        keyed = make_keyed(balance_e4=10 * PRICE + PRICE // 2, most_per_second=FAST)

    def ask(number):
        caller = Caller(keyed)
        caller.order(sku, f"N{number}")
        return caller.status

    statuses = at_once(ask, times=CLIENTS)

    assert sorted(statuses) == [201] * 10 + [402] * (CLIENTS - 10)
    with tenant_atomic():
        assert balance_of(account_id=keyed.partner.account_id) == PRICE // 2
        assert Code.objects.filter(state="sold").count() == 10


def test_a_day_s_limit_lets_no_more_through_at_once(shop):
    with tenant_atomic():
        sku = stocked_sku(CLIENTS)
        keyed = make_keyed(daily_limit_e4=7 * PRICE, most_per_second=FAST)

    def ask(number):
        caller = Caller(keyed)
        caller.order(sku, f"N{number}")
        return caller.status

    assert sorted(at_once(ask, times=CLIENTS)) == [201] * 7 + [402] * (CLIENTS - 7)
