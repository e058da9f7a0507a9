"""A catalogue has one reader, a process has few, and none keeps a worker from ending."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from core import ending
from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.worker import Canary
from suppliers import services
from suppliers.models import Catalogue
from suppliers.selectors import due_catalogues
from suppliers.services.catalogue_leases import (
    LEASE,
    MOST_AT_ONCE,
    READS_WITHIN,
    SPREAD,
    free_hand,
)
from tests.suppliers.factories import make_supplier
from tests.suppliers.listings import LATER, line, lines
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
AN_HOUR = timedelta(hours=1)


def catalogue():
    with tenant_atomic():
        return Catalogue.objects.get()


def test_it_is_read_by_one_and_when_it_is_due(says, supplier):
    assert says(line("1"), now=NOON) is not None
    assert says(line("1"), now=NOON + timedelta(minutes=29)) is None
    services.sync_soon(supplier_id=supplier.pk, by=SYSTEM, now=NOON)
    assert says(line("1"), now=NOON) is not None


def test_asked_for_again_it_has_no_second_reader(says, supplier):
    others = []

    def meanwhile():
        for minute in range(1, 6):
            now = NOON + timedelta(minutes=minute)
            services.sync_soon(supplier_id=supplier.pk, by=SYSTEM, now=now)
            others.append(services.sync_products(supplier_id=supplier.pk, now=now))

    assert says(line("1"), then=meanwhile, now=NOON).changed == 1

    assert others == [None] * 5
    found = catalogue()
    assert (found.lease_until, found.next_at) == (None, NOON + timedelta(minutes=5))


def test_the_older_of_two_readers_writes_nothing(says, supplier):
    def overtaken():
        assert says(line("1", 70_000), line("2"), now=NOON + LEASE).changed == 2

    assert says(line("1", 60_000), then=overtaken, now=NOON) is None

    found = lines()
    assert (found["1"].cost_e4, found["2"].gone_at) == (70_000, None)
    assert catalogue().read_at == NOON + LEASE


def test_a_reader_ends_before_its_lease(shop):
    assert READS_WITHIN <= timedelta(minutes=4) < LEASE


def test_a_process_with_its_hands_full_claims_nothing(says, supplier):
    with ExitStack() as hands:
        for _each in range(MOST_AT_ONCE):
            assert hands.enter_context(free_hand())
        assert says(line("1"), now=NOON) is None

    with tenant_atomic():
        assert not Catalogue.objects.exists()
    assert says(line("1"), now=NOON) is not None


def test_a_reading_that_went_wrong_leaves_its_hand_free(says):
    def breaks():
        raise RuntimeError

    for at in range(MOST_AT_ONCE + 1):
        assert says(line("1"), then=breaks, now=NOON + 12 * at * AN_HOUR).said


def test_suppliers_that_were_never_read_are_not_all_read_at_once(shop):
    with tenant_atomic():
        old = [make_supplier() for _each in range(12)]
    later = NOON + AN_HOUR

    assert {services.sync_products(supplier_id=one.pk, now=later) for one in old} == {None}

    with tenant_atomic():
        waits = sorted(one.next_at - later for one in Catalogue.objects.all())
    assert timedelta(0) <= waits[0] <= waits[-1] < SPREAD
    near = [one for one in waits if one - waits[0] < SPREAD / 3]
    assert len(near) <= 6


@pytest.fixture
def _ends():
    yield
    ending._asked.clear()


@pytest.mark.usefixtures("_ends")
def test_a_worker_that_ends_leaves_a_reading_to_another(says, supplier):
    says(line("1"))
    Canary(None).close(None)

    assert says(line("1", 70_000), now=LATER) is None

    found = catalogue()
    assert (lines()["1"].cost_e4, found.failures, found.lease_until) == (80_000, 0, None)
    assert found.next_at <= LATER


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_finds_who_is_due(shop):
    with tenant_atomic():
        due, read, off, held = (make_supplier() for _each in range(4))
        make_supplier(protocol="ofpay", base_url="http://ofpay.test")
        type(off).objects.filter(pk=off.pk).update(is_on=False)
        Catalogue.objects.create(supplier=read, next_at=NOON + timedelta(minutes=30))
        Catalogue.objects.create(supplier=held, next_at=NOON, lease_until=NOON + AN_HOUR)

    assert due_catalogues(now=NOON, limit=9) == [(shop.pk, due.pk)]
    later = NOON + timedelta(minutes=31)
    assert due_catalogues(now=later, limit=9) == [(shop.pk, due.pk), (shop.pk, read.pk)]
    assert due_catalogues(now=later, limit=1) == [(shop.pk, due.pk)]
    free = [(shop.pk, one.pk) for one in (due, held, read)]
    assert due_catalogues(now=NOON + AN_HOUR, limit=9) == free
