"""The rules of offers hold when it is bought too, by what its shopper paid and was told."""

from datetime import timedelta

import pytest

from catalog.models import Sku
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from orders.types import Adjustment
from suppliers.models import Attempt, Offer
from tests.catalog.factories import make_sku
from tests.orders.factories import paid
from tests.suppliers.factories import at_the_judge, make_offer
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def offered(judge):
    """A SKU with an offer that needs nothing, at a supplier that is played by the judge."""
    judge.desk.reset()
    with tenant_atomic():
        sku = make_sku(kind="supplier_code", slow_hours=48)
        supplier = at_the_judge(judge, "fulu")
        return make_offer(
            supplier=supplier, sku=sku, product="1000", cost_e4=98_750, most_e4=99_000
        )


def sold(offer, **form):
    """A paid order for it, which waits for a worker."""
    with tenant_atomic():
        order = paid(offer.sku, **form)
        fulfillment.open_units(order_id=order.pk, now=NOON)
        return Unit.objects.get(order=order)


def sent(unit):
    fulfillment.send(unit_id=unit.pk, now=NOON)
    with tenant_atomic():
        unit.refresh_from_db()
        return unit


@pytest.mark.parametrize(
    ("rule", "form"),
    [
        ({"forbidden_channels": ["api"]}, {"channel": "api"}),
        (
            {"floor_e4": 99_500},
            {"adjustments": (Adjustment(kind="coupon", ref="C-1", amount_e4=1_000),)},
        ),
        ({"needs_authorisation": True}, {}),
        ({"slow_hours": 72}, {}),
    ],
    ids=["channel", "floor", "authorisation", "slow"],
)
def test_a_rule_that_came_after_the_sale_is_kept_and_the_money_goes_back(offered, rule, form):
    unit = sold(offered, **form)
    with tenant_atomic():
        Offer.objects.update(**rule)

    assert sent(unit).state == "refunded"
    with tenant_atomic():
        assert not Attempt.objects.exists()


def test_who_was_told_of_fewer_hours_is_not_served_by_a_slower_offer(offered):
    unit = sold(offered)
    with tenant_atomic():
        Sku.objects.update(slow_hours=72)
        Offer.objects.update(slow_hours=72)

    assert sent(unit).state == "refunded"


@pytest.mark.parametrize(("hours", "until"), [(0, 2), (48, 48)])
def test_a_person_is_called_when_the_time_that_was_told_is_over(judge, hours, until):
    judge.desk.reset()
    with tenant_atomic():
        supplier = at_the_judge(judge, "fulu", faults=["reply_lost_after"], at_work_ms=0)
        sku = make_sku(kind="supplier_code", slow_hours=hours)
        offer = make_offer(
            supplier=supplier, sku=sku, product="1000", cost_e4=98_750, most_e4=99_000,
            slow_hours=hours,
        )  # fmt: skip

    unit = sent(sold(offer))

    assert (unit.state, unit.review_until) == ("unknown", NOON + timedelta(hours=until))
