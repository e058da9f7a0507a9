"""Many buyers, few codes: real threads, real commits, and a control that proves the race is one."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, connections, transaction

from core.scope import bind, tenant_atomic
from inventory import services as inventory
from inventory.errors import OutOfStock, TooManyHeld
from inventory.models import Code, Hold
from inventory.states import CodeState, HoldState
from tests.inventory.factories import a_hold, make_codes, make_sku
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

BUYERS, ROUNDS = 200, 20


@pytest.fixture
def crowd(shop) -> Callable[[Callable[[int], object], int], list[object]]:
    """Run `work(number)` in `n` threads that start at once; each has a connection of its own."""

    def together(work: Callable[[int], object], n: int) -> list[object]:
        barrier = Barrier(n)

        def one(number: int) -> object:
            with bind(shop.pk):
                connections["default"].ensure_connection()
                barrier.wait()
                try:
                    return work(number)
                except (OutOfStock, TooManyHeld, IntegrityError) as refusal:
                    return type(refusal)
                finally:
                    connections.close_all()

        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(one, range(n)))

    return together


def test_the_last_code_has_one_buyer_of_two_hundred_in_every_round(shop, crowd):
    """One crowd for all rounds: two hundred new connections a round would be most of the time."""
    with tenant_atomic():
        skus = [make_sku() for _ in range(ROUNDS)]
        for sku in skus:
            make_codes(sku, 1)
    starts = [Barrier(BUYERS) for _ in skus]

    def buy(number: int) -> list[bool]:
        won: list[bool] = []
        for sku, start in zip(skus, starts, strict=True):
            start.wait()
            try:
                inventory.reserve(request=a_hold(sku, item_id=number + 1), now=MORNING)
            except OutOfStock:
                won.append(False)
            else:
                won.append(True)
        return won

    results = crowd(buy, BUYERS)

    assert [sum(won) for won in zip(*results, strict=True)] == [1] * ROUNDS
    with tenant_atomic():
        holds = Hold.objects.values_list("code_id", flat=True)
        assert len(holds) == len(set(holds)) == ROUNDS
        assert Code.objects.filter(state=CodeState.RESERVED).count() == ROUNDS


def test_five_hundred_codes_are_sold_to_thirty_two_buyers_once_each(shop, crowd):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 500)

    def shop_till_empty(number: int) -> list[int | None]:
        won: list[int | None] = []
        for turn in range(500):
            item_id = number * 1_000 + turn + 1
            try:
                inventory.reserve(request=a_hold(sku, item_id=item_id), now=MORNING)
            except OutOfStock:
                return won
            with tenant_atomic():
                goods = inventory.sell(item_id=item_id, now=MORNING)
            won += [good.code_id for good in goods]
        return won

    results = crowd(shop_till_empty, 32)

    won = [code_id for one in results for code_id in one]
    assert len(won) == len(set(won)) == 500
    with tenant_atomic():
        assert Code.objects.filter(state=CodeState.SOLD).count() == 500
        assert Hold.objects.filter(state=HoldState.SOLD).count() == 500


def test_orders_of_many_codes_take_all_or_none_and_never_lock_up(shop, crowd):
    """Thirty buyers want seven of a hundred codes: fourteen have them, two codes stay."""
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 100)

    results = crowd(
        lambda number: inventory.reserve(
            request=a_hold(sku, item_id=number + 1, quantity=7), now=MORNING
        ),
        30,
    )

    assert Counter(results) == {7: 14, OutOfStock: 16}
    with tenant_atomic():
        assert Code.objects.filter(state=CodeState.AVAILABLE).count() == 2


def test_a_buyer_with_many_tabs_holds_no_more_than_he_may(shop, crowd):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 50)

    results = crowd(
        lambda number: inventory.reserve(
            request=a_hold(sku, item_id=number + 1, most_held=3), now=MORNING
        ),
        20,
    )

    assert Counter(results) == {1: 3, TooManyHeld: 17}


def test_a_code_that_is_being_given_back_is_waited_for(shop):
    """One transaction holds the last code open by hand; the other buyer waits for its end."""
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 1)
    is_taken, may_go = Event(), Event()

    def first() -> None:
        with bind(shop.pk):
            try:
                with tenant_atomic():
                    inventory.reserve(request=a_hold(sku, item_id=1), now=MORNING)
                    is_taken.set()
                    assert may_go.wait(20)
                    transaction.set_rollback(True)
            finally:
                connections.close_all()

    def second() -> int:
        with bind(shop.pk):
            try:
                return inventory.reserve(request=a_hold(sku, item_id=2), now=MORNING)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert is_taken.wait(20)
        waiting = pool.submit(second)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
        may_go.set()
        held = waiting.result(timeout=20)

    assert held == 1
    with tenant_atomic():
        assert list(Hold.objects.values_list("item_id", flat=True)) == [2]


@pytest.fixture
def scratch(shop) -> Iterator[Callable[..., None]]:
    """A table of stock with five codes, with or without the constraint, and none of our locks."""

    def make(*, has_constraint: bool) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("CREATE TABLE scratch_code (id int, state text)")
            cursor.execute("CREATE TABLE scratch_hold (code_id int, item_id int)")
            cursor.execute(
                "INSERT INTO scratch_code SELECT n, 'available' FROM generate_series(1, 5) n"
            )
            if has_constraint:
                cursor.execute("CREATE UNIQUE INDEX scratch_once ON scratch_hold (code_id)")
            cursor.execute("GRANT ALL ON scratch_code, scratch_hold TO app_rw")

    yield make
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE scratch_code, scratch_hold")


def _buy_without_lock(number: int, seen: Barrier) -> int:
    """Look, then take: what the claim would be without FOR UPDATE."""
    with tenant_atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM scratch_code WHERE state = 'available' ORDER BY id LIMIT 1")
        (code_id,) = cursor.fetchone()
        seen.wait()
        cursor.execute("INSERT INTO scratch_hold VALUES (%s, %s)", [code_id, number])
        cursor.execute("UPDATE scratch_code SET state = 'reserved' WHERE id = %s", [code_id])
        return int(code_id)


def test_without_lock_and_constraint_a_code_is_sold_many_times(scratch, crowd):
    """The control: if this did not oversell, the tests above would prove nothing."""
    scratch(has_constraint=False)
    seen = Barrier(10)

    results = crowd(lambda number: _buy_without_lock(number, seen), 10)

    assert results == [1] * 10


def test_without_the_lock_the_constraint_refuses_a_second_owner(scratch, crowd):
    scratch(has_constraint=True)
    seen = Barrier(10)

    results = crowd(lambda number: _buy_without_lock(number, seen), 10)

    assert Counter(results) == {1: 1, IntegrityError: 9}


def test_our_own_table_refuses_a_second_owner_of_a_held_code(shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 1)
        inventory.reserve(request=a_hold(sku, item_id=1), now=MORNING)
        hold = Hold.objects.get()
    hold.pk, hold.item_id = None, 2

    with pytest.raises(IntegrityError, match="code_held_once"), tenant_atomic():
        hold.save(force_insert=True)

    with tenant_atomic():
        assert Hold.objects.get().item_id == 1


def test_payment_and_the_end_of_time_agree_on_who_has_the_codes(shop, crowd):
    """Both want the same holds: whichever comes first, the paid item ends with all its codes."""
    with tenant_atomic():
        skus = [make_sku() for _ in range(12)]
        for item_id, sku in enumerate(skus, start=1):
            make_codes(sku, 5)
            inventory.reserve(request=a_hold(sku, item_id=item_id, quantity=5), now=MORNING)
        firsts = [Hold.objects.filter(item_id=item).earliest("pk").pk for item in range(1, 13)]

    def pay_or_sweep(number: int) -> None:
        item = number // 2
        if number % 2:
            inventory.keep(item_id=item + 1, now=NOON)
        else:
            inventory.release_expired(hold_id=firsts[item], now=NOON)

    results = crowd(pay_or_sweep, 24)

    assert results == [None] * 24
    with tenant_atomic():
        kept = Hold.objects.filter(state=HoldState.KEPT).values_list("item_id", flat=True)
        assert Counter(kept) == dict.fromkeys(range(1, 13), 5)
