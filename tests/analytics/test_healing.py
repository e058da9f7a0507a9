"""Each night figures are held against the orders, and made right where they differ."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import services
from analytics.models import Bucket, Buyer, Cohort, Fact, Progress, Touched
from analytics.selectors import due_checks
from analytics.services.healing import NIGHT
from analytics.types import Drift
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from tests.orders.factories import PRICE, paid, stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def counted(shop, now):
    """Two orders, of two days, in the figures."""
    with tenant_atomic():
        sku = stocked_sku(5)
        orders = [paid(sku, now=now - timedelta(days=ago)) for ago in (3, 1)]
        for order in orders:
            fulfillment.open_units(order_id=order.pk, now=order.paid_at)
    services.count_touched(now=now)
    return orders


def everything():
    with tenant_atomic():
        return [
            list(model.objects.order_by("pk").values_list(*names))
            for model, names in (
                (Fact, ("order_id", "revenue_e4", "units")),
                (Bucket, ("cut", "at", "revenue_e4", "units")),
                (Cohort, ("first", "month", "buyers", "net_e4")),
            )
        ]


def spoil_orders(orders):
    """One that nobody heard of, and one that counts for something else."""
    Fact.objects.filter(order_id=orders[0].pk).delete()
    Fact.objects.filter(order_id=orders[1].pk).update(revenue_e4=1)


def spoil_sums(_orders):
    Bucket.objects.filter(cut="sku").update(revenue_e4=7)
    Buyer.objects.update(net_e4=1)


@pytest.mark.parametrize("spoil", [spoil_orders, spoil_sums])
def test_what_differs_is_mended_and_the_operator_can_see_it(counted, now, spoil):
    before = everything()
    with tenant_atomic():
        spoil(counted)

    found = services.check_nightly(now=now)

    assert any(one.is_money for one in found)
    assert everything() == before
    with tenant_atomic():
        assert services.check(now=now) == []
        progress = Progress.objects.get()
    assert (progress.differing, progress.drift_e4, progress.mended_at) == (0, 0, now)


def test_figures_that_agree_are_compared_once_a_night(counted, now):
    assert [one for one, _progress in due_checks(now=now, limit=9)] != []

    assert services.check_nightly(now=now) == []

    assert due_checks(now=now, limit=9) == []
    with tenant_atomic():
        Bucket.objects.filter(cut="sku").update(revenue_e4=7)
    noon = now.replace(hour=4, minute=0) + timedelta(days=1)  # noon in Shanghai
    night = noon.replace(hour=(NIGHT[0] - 8) % 24)
    with tenant_atomic():
        Progress.objects.update(checked_at=noon - timedelta(hours=20))
    assert services.check_nightly(now=noon) == []
    assert Drift(where="sku", measure="revenue_e4", expected=2 * PRICE, found=14) in (
        services.check_nightly(now=night)
    )


def test_what_waits_to_be_counted_is_no_difference(counted, now):
    with tenant_atomic():
        Fact.objects.filter(order_id=counted[0].pk).delete()
        Touched.objects.create(order_id=counted[0].pk)
    services.rebuild(now=now)

    assert services.check_nightly(now=now) == []
