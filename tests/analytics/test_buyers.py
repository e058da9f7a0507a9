"""Buyers, as their facts say: whatever happens to their orders, and made anew."""

from datetime import date, timedelta

import pytest

from analytics import services
from analytics.models import Buyer, Cohort, Standing
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from tests.analytics.test_counting import count
from tests.orders.factories import LI, PRICE, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
EARLIER = NOON - timedelta(days=45)


@pytest.fixture
def sku():
    return stocked_sku(9)


def bought(sku, quantity=1, *, now=NOON, **given):
    order = paid(sku, quantity, now=now, **given)
    fulfillment.open_units(order_id=order.pk, now=now)
    return order


def everything():
    return (
        list(Buyer.objects.order_by("digest").values_list("digest", "orders", "nets_e4", "months")),
        list(Cohort.objects.exclude(buyers=0).order_by("first", "month").values_list()),
        list(Standing.objects.exclude(buyers=0).order_by("last_on", "orders").values_list()),
    )


def test_a_buyer_is_what_all_his_orders_say(sku):
    bought(sku, 2, now=EARLIER)
    last = bought(sku)
    bought(sku, contact_phone="139 0013 9000", now=EARLIER)
    count()

    one = Buyer.objects.get(orders=2)
    assert (one.units, one.net_e4, one.last_order_id) == (3, 3 * PRICE, last.pk)
    assert (one.first_at, one.last_at) == (EARLIER, NOON)
    assert (one.skus, one.nets_e4) == ([sku.pk], [2 * PRICE, PRICE])
    assert Buyer.objects.count() == 2
    first, then = one.months
    assert then > first == date(EARLIER.year, EARLIER.month, 1)
    assert Cohort.objects.get(month=first).buyers == 2
    assert Cohort.objects.get(month=then).buyers == 1
    assert services.check(now=NOON + timedelta(days=1)) == []


def test_money_back_comes_off_the_buyer_and_off_his_month(sku):
    order = bought(sku)
    count()

    (unit,) = Unit.objects.all()
    later = NOON + timedelta(days=1)
    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[unit.pk], by=LI, reason="asked", now=later
    )
    count()

    one = Buyer.objects.get()
    assert (one.orders, one.refund_e4, one.net_e4) == (1, PRICE, 0)
    assert Standing.objects.exclude(buyers=0).get().worth == -1
    assert services.check(now=NOON + timedelta(days=1)) == []


def test_buyers_are_made_anew_and_a_difference_is_found(sku):
    bought(sku)
    bought(sku, now=EARLIER)
    count()
    before = everything()
    Buyer.objects.update(net_e4=1)
    Cohort.objects.update(buyers=7)

    wrong = {(one.where, one.measure) for one in services.check(now=NOON + timedelta(days=1))}
    services.rebuild(now=NOON + timedelta(days=1))

    assert {("buyers", "net_e4"), ("cohorts", "buyers")} <= wrong
    assert everything() == before
    assert services.check(now=NOON + timedelta(days=1)) == []
