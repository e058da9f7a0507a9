"""Many workers, one thing to buy: one attempt. The constraint holds it; without it, all begin."""

from threading import Barrier

import pytest
from django.db import connections

from core.scope import tenant_atomic
from suppliers import services
from suppliers.models import Attempt
from tests.races.at_once import CLICKS, at_once
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

ROUNDS = 10
REFUSED = ["BoughtAlready"] * (CLICKS - 1)
SCRATCH = "attempts_without_the_rule"


def test_one_of_many_workers_begins(shop):
    with tenant_atomic():
        offer = make_offer()

    for unit_id in range(1, ROUNDS + 1):
        got = at_once(
            lambda _number, unit_id=unit_id: services.begin(
                unit_id=unit_id, offer=offer, choice="first", now=NOON
            )
        )
        assert sorted(type(each).__name__ for each in got) == ["Attempt", *REFUSED]

    with tenant_atomic():
        assert Attempt.objects.count() == ROUNDS


def test_one_of_many_workers_sends(shop):
    with tenant_atomic():
        attempt = services.begin(unit_id=1, offer=make_offer(), choice="first", now=NOON)

    sent = at_once(lambda _number: services.mark_sent(attempt_id=attempt.pk, now=NOON))

    assert sorted(sent) == [False] * (CLICKS - 1) + [True]


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
    looked = Barrier(CLICKS)

    def look_and_write(number):
        with connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {SCRATCH}")  # noqa: S608 -- our name
            (there,) = cursor.fetchone()
            looked.wait()
            if there:
                return None
            cursor.execute(f"INSERT INTO {SCRATCH} VALUES (1)")  # noqa: S608 -- our name
        return number

    assert at_once(look_and_write) == list(range(CLICKS))
