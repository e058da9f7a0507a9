"""Many workers, one thing to buy: one attempt. The constraint holds it; without it, all begin."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from core.scope import bind, tenant_atomic
from suppliers import services
from suppliers.errors import BoughtAlready
from suppliers.models import Attempt
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

WORKERS, ROUNDS = 16, 10
SCRATCH = "attempts_without_the_rule"


def together(shop, work):
    """What each of the workers got, all of them let go at once, each with its own connection."""
    barrier = Barrier(WORKERS)

    def one(number):
        with bind(shop.pk):
            connections["default"].ensure_connection()
            barrier.wait()
            try:
                return work(number)
            except BoughtAlready:
                return None
            finally:
                connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [got for got in pool.map(one, range(WORKERS)) if got is not None]


def test_one_of_many_workers_begins(shop):
    with tenant_atomic():
        offer = make_offer()

    for unit_id in range(1, ROUNDS + 1):
        begun = together(
            shop,
            lambda _number, unit_id=unit_id: services.begin(
                unit_id=unit_id, offer=offer, choice="first", now=NOON
            ),
        )
        assert len(begun) == 1

    with tenant_atomic():
        assert Attempt.objects.count() == ROUNDS


def test_one_of_many_workers_sends(shop):
    with tenant_atomic():
        attempt = services.begin(unit_id=1, offer=make_offer(), choice="first", now=NOON)

    sent = together(shop, lambda _number: services.mark_sent(attempt_id=attempt.pk, now=NOON))

    assert sent.count(True) == 1
    assert len(sent) == WORKERS


@pytest.fixture
def scratch():
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE {SCRATCH} (unit_id bigint)")
        cursor.execute(f"GRANT ALL ON {SCRATCH} TO PUBLIC")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE {SCRATCH}")


def test_without_the_rule_many_begin(shop, scratch):
    """The control: to look first and to write then, as code without the constraint would."""
    looked = Barrier(WORKERS)

    def look_and_write(number):
        with connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {SCRATCH}")  # noqa: S608 -- our name
            (there,) = cursor.fetchone()
            looked.wait()
            if there:
                return None
            cursor.execute(f"INSERT INTO {SCRATCH} VALUES (1)")  # noqa: S608 -- our name
        return number

    assert len(together(shop, look_and_write)) == WORKERS
