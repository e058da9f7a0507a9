"""Prices that move are told, and so are the costs that a margin rule looks at."""

from datetime import timedelta

import pytest

from core.actors import SYSTEM
from core.models import OutboxRow
from core.scope import tenant_atomic
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.models import PriceChange
from suppliers.selectors import count_price_changes
from tests.catalog.factories import make_sku
from tests.suppliers.factories import make_offer
from tests.suppliers.listings import LATER, line
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_price_that_moved_far_is_told_once(says, offer, supplier):
    says(line(), line("1", 10_000), line("2", 100_000))
    done = says(line(cost_e4=84_001), line("1", 9_000), line("2", 105_000))
    says(line(cost_e4=84_001), line("1", 9_000), line("2", 105_000))

    assert done.alerts == 2
    with tenant_atomic():
        found = {one.product.product: one for one in PriceChange.objects.all()}
        counted = count_price_changes(now=LATER + timedelta(days=6))
        assert count_price_changes(now=LATER + timedelta(days=8)) == {}
    assert set(found) == {"88", "1"}
    assert (found["88"].old_e4, found["88"].new_e4) == (80_000, 84_001)
    assert (found["88"].is_offered, found["1"].is_offered) == (True, False)
    assert counted == {supplier.pk: 1}


def test_how_far_is_far_is_the_merchants_to_say(says, supplier):
    says(line())
    services.change_catalogue(
        supplier_id=supplier.pk, every_minutes=60, alert_percent=50, by=SYSTEM, now=NOON
    )

    assert says(line(cost_e4=120_000)).alerts == 0
    assert says(line(cost_e4=181_000)).alerts == 1


@pytest.mark.parametrize(("every", "alert"), [(4, 5), (1441, 5), (30, -1), (30, 1001)])
def test_a_pace_that_makes_no_sense_is_refused(supplier, every, alert):
    with pytest.raises(SupplierUnfit):
        services.change_catalogue(
            supplier_id=supplier.pk, every_minutes=every, alert_percent=alert, by=SYSTEM, now=NOON
        )


def test_a_cost_is_told_where_it_moved_and_a_rule_looks_at_it(says, supplier):
    with tenant_atomic():
        moved, same, free = (make_sku(kind="supplier_code") for _each in range(3))
        for product, sku in (("88", moved), ("1", same), ("2", free)):
            make_offer(supplier=supplier, sku=sku, product=product, cost_e4=80_000, most_e4=80_000)
    for sku in (moved, same):
        services.set_margin_rule(
            sku_id=sku.pk, action="reprice", margin_percent=0, by=SYSTEM, now=NOON
        )

    says(line(cost_e4=82_000), line("1"), line("2", 82_000))
    says(line(cost_e4=82_000), line("1"), line("2", 82_000))

    with tenant_atomic():
        facts = OutboxRow.objects.filter(event="suppliers.CostSaid")
        assert [row.payload for row in facts] == [{"sku_id": moved.pk}]
