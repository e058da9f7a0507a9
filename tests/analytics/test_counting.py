"""What an order counts as, whatever happens to it and however often its news is heard."""

from datetime import timedelta

import pytest

from analytics import selectors, services
from analytics.models import Bucket, Fact, Touched
from analytics.services import counting
from analytics.states import WHOLE
from core.scope import require_tenant
from fulfillment import services as fulfillment
from fulfillment.events import GoodsShown
from fulfillment.models import Unit
from inventory.models import Batch
from tests.orders.factories import LI, PRICE, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
COST = 35_000


def delivered(quantity=2):
    order = paid(stocked_sku(quantity + 1), quantity)
    Batch.objects.update(cost_e4=COST)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


def count():
    """What the task does, in the test's own transaction."""
    counting.take_lock()
    rows = counting.run(counting._CLAIM, {"tenant": require_tenant(), "most": 100}).rows
    counting.count_orders(order_ids={one for (one,) in rows}, now=NOON)


def today():
    return selectors.headline(now=NOON).today


def test_a_sale_counts_once_however_often_it_is_heard():
    order = delivered()

    count()
    counting.note_order(GoodsShown(order_id=order.pk), sheet=None)
    count()

    found = today()
    assert (found.orders, found.units, found.delivered, found.buyers) == (1, 2, 2, 1)
    assert (found.revenue_e4, found.cost_e4) == (2 * PRICE, 2 * COST)
    assert not Touched.objects.exists()


def test_money_back_comes_off_the_hour_in_which_the_order_was_paid():
    order = delivered()
    count()
    (first, _second) = Unit.objects.order_by("position")
    later = NOON + timedelta(days=60)

    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[first.pk], by=LI, reason="asked", now=later
    )
    count()

    assert (today().refund_e4, today().net_e4) == (PRICE, PRICE)


def test_another_code_costs_once_more_and_sells_nothing():
    delivered()
    count()

    fulfillment.replace_unit(unit_id=Unit.objects.first().pk, by=LI, reason="used", now=NOON)
    count()

    assert (today().units, today().revenue_e4, today().cost_e4) == (2, 2 * PRICE, 3 * COST)


def test_what_a_buyer_sees_is_counted_where_and_when():
    order = delivered()
    seen = NOON + timedelta(hours=5)

    fulfillment.goods_of_order(order_id=order.pk, shown_at=seen)
    count()

    (shown,) = Fact.objects.filter(kind="shown")
    assert (shown.at, shown.units) == (seen, 2)
    assert Bucket.objects.get(cut="shown").units == 2


def test_every_cut_sums_up_to_the_same():
    delivered()
    count()

    sums = {
        (row.units, row.revenue_e4, row.cost_e4) for row in Bucket.objects.filter(cut__in=WHOLE)
    }

    assert sums == {(2, 2 * PRICE, 2 * COST)}


def test_what_is_made_anew_is_what_was_counted_and_a_difference_is_found():
    delivered()
    count()
    before = today()
    Bucket.objects.filter(cut="sku").update(revenue_e4=1)

    wrong = services.check(now=NOON + timedelta(days=1))
    services.rebuild(now=NOON)

    assert [(one.where, one.measure, one.found) for one in wrong] == [("sku", "revenue_e4", 1)]
    assert services.check(now=NOON + timedelta(days=1)) == []
    assert today() == before
