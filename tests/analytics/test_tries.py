"""Tries to buy: what counts of each supplier on the same SKU, and who says that it changed."""

from datetime import timedelta

import pytest

from analytics import selectors, services
from analytics.models import Touched
from core.actors import SYSTEM
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from suppliers import services as suppliers
from tests.analytics.test_counting import count
from tests.catalog.factories import make_sku
from tests.orders.factories import paid
from tests.suppliers.bills import bought
from tests.suppliers.factories import begun, make_offer, told
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
COST = 80_000


@pytest.fixture
def tried():
    """A unit that one supplier failed at and the next one delivered, eight seconds on."""
    sku = make_sku(kind="supplier_code")
    bad, good = make_offer(sku=sku), make_offer(sku=sku)
    order = paid(sku)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    (unit,) = Unit.objects.all()
    first = begun(unit_id=unit.pk, offer=bad)
    suppliers.mark_sent(attempt_id=first.pk, now=NOON)
    told(first, "failed")
    then = bought(good, unit_id=unit.pk, cost_e4=COST)
    Unit.objects.update(
        state="delivered", attempt=then, delivered_at=NOON + timedelta(seconds=8), next_at=None
    )
    return bad.supplier, good.supplier, then


def compared():
    today = NOON.date()
    return {
        row.supplier_id: row
        for row in selectors.compare_suppliers(since=today, until=today, now=NOON)
    }


def test_each_supplier_is_told_by_its_own_tries(tried):
    bad, good, _attempt = tried

    count()

    found = compared()
    assert (found[bad.pk].tries, found[bad.pk].success_percent) == (1, 0)
    assert (found[bad.pk].cost_e4, found[bad.pk].score) == (None, None)
    assert (found[good.pk].success_percent, found[good.pk].cost_e4) == (100, COST)
    assert found[good.pk].p50_seconds == pytest.approx(8, rel=0.2)
    assert found[good.pk].score == pytest.approx(100)
    assert services.check(now=NOON + timedelta(days=1)) == []


def test_what_a_supplier_takes_back_is_no_success(tried):
    _bad, good, attempt = tried
    count()

    suppliers.take_back(attempt_id=attempt.pk, by=SYSTEM, reason="paid_back", now=NOON)

    assert Touched.objects.exists()
    count()
    assert compared()[good.pk].success_percent == 0
    assert services.check(now=NOON + timedelta(days=1)) == []


def test_what_a_supplier_calls_a_failure_later_is_no_success(tried):
    _bad, good, attempt = tried
    count()

    told(attempt, "failed")

    count()
    assert compared()[good.pk].success_percent == 0


def test_tries_are_made_anew(tried):
    count()
    before = compared()

    services.rebuild(now=NOON)

    assert compared() == before


def test_what_a_supplier_delivered_in_part_stands_on_its_board(scope):
    offer = make_offer(sku=make_sku(kind="supplier_code"))
    order = paid(offer.sku, 2)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    came, waits = Unit.objects.order_by("position")
    for unit in (came, waits):
        Unit.objects.filter(pk=unit.pk).update(attempt=bought(offer, unit_id=unit.pk, cost_e4=COST))
    Unit.objects.filter(pk=came.pk).update(
        state="delivered", delivered_at=NOON + timedelta(seconds=8), next_at=None
    )

    count()

    (row,) = selectors.supplier_board(now=NOON + timedelta(minutes=1))
    assert (row.numbers.units, row.numbers.delivered) == (2, 1)
    assert row.p95_seconds == pytest.approx(8, rel=0.2)
