"""What waits for its time is found across tenants, and only when its time has come."""

from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.selectors import due_units
from tests.catalog.factories import make_sku
from tests.orders.factories import paid
from tests.times import NOON

DAY = timedelta(hours=24)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_an_order_is_due_once_for_all_its_units_at_their_next_time(shop):
    with tenant_atomic():
        order = paid(make_sku(kind="by_hand"), 2)
    fulfillment.open_units(order_id=order.pk, now=NOON)

    assert due_units(now=NOON + DAY - timedelta(seconds=1), limit=10) == []
    assert due_units(now=NOON + DAY, limit=10) == [(shop.pk, order.pk)]
