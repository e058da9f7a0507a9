"""Codes that are sold while their file is still loaded: what they cost is known later."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import services
from analytics.models import Fact
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from inventory.models import Code
from inventory.services.importing import loading, stretches
from tests.api.hearing import hear_all
from tests.catalog.factories import make_sku
from tests.inventory.importing.factories import checked, loaded, open_file
from tests.orders.factories import paid

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
FILE = "卡密,成本\nSECRET-0001,9.00\nSECRET-0002,11.00\nSECRET-0003,16.00\n"


def sell_and_count(sku, now):
    with tenant_atomic():
        order = paid(sku, now=now)
        fulfillment.open_units(order_id=order.pk, now=now)
    services.count_touched(now=now)


def costs_counted():
    with tenant_atomic():
        return list(Fact.objects.filter(kind="sold").values_list("cost_e4", flat=True))


def test_what_is_sold_from_a_file_in_loading_costs_the_mean_so_far_then_that_of_all(
    shop, monkeypatch
):
    """The count's own listener stands in the outbox with the end of the load."""
    now = timezone.now()
    with tenant_atomic():
        sku = make_sku()
    monkeypatch.setattr(stretches, "LINES", 2)
    costs = []

    def sell_once(point):
        if point == "inventory.import_after_stretch" and not costs:
            sell_and_count(sku, now)
            costs.extend(costs_counted())

    monkeypatch.setattr(loading, "reach", sell_once)
    loaded(checked(open_file(FILE, sku=sku, now=now), now=now), now=now)
    hear_all()

    services.count_touched(now=now + timedelta(minutes=1))

    assert (costs, costs_counted()) == ([100_000], [120_000])
    with tenant_atomic():
        assert Code.objects.filter(state="sold").count() == 1
