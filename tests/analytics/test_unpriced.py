"""Stock in money: what nobody said the cost of is not worth nothing, it is not known."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from analytics.selectors import ending_stock, stock_risk
from core.scope import tenant_atomic
from dashboard.cockpit.ranges import Range
from dashboard.cockpit.supply import told_stock
from dashboard.cockpit.types import Asked
from inventory.models import Batch
from inventory.selectors import stock_lots
from tests.inventory.factories import make_batch, make_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
COST = 50_000
SOON = date(2026, 12, 1)


def without_cost(batch):
    Batch.objects.filter(pk=batch.pk).update(cost_e4=0)


def asked(*, may_see_cost=True):
    today = Range(name="today", first=NOON.date(), last=NOON.date())
    return Asked(range=today, currency="CNY", now=NOON, may_see_cost=may_see_cost)


@pytest.fixture
def mixed(shop):
    """Two of a known cost and three of none, of one SKU; four of another, none of them known."""
    with tenant_atomic():
        sku, other = make_sku(), make_sku()
        make_batch(sku, 2, expires_on=SOON)
        without_cost(make_batch(sku, 3, expires_on=SOON))
        without_cost(make_batch(other, 4))
        return sku, other


def test_a_lot_is_priced_by_what_is_known_and_counts_the_rest(mixed):
    sku, other = mixed

    with tenant_atomic():
        lots = {lot.sku_id: (lot.codes, lot.cost_e4, lot.unpriced) for lot in stock_lots(now=NOON)}

    assert lots == {sku.pk: (5, 2 * COST, 3), other.pk: (4, 0, 4)}


def test_stock_at_risk_says_of_how_many_the_cost_is_unknown(mixed):
    with tenant_atomic(), override("en"):
        found = stock_risk(now=NOON)
        told = told_stock(asked(), found)
        hidden = told_stock(asked(may_see_cost=False), found)

    assert [(row[-1].text, row[-1].in_file) for row in told.rows] == [
        ("¥10.00 + cost unknown for 3", "10.00"),  # ends
        ("¥10.00 + cost unknown for 3", "10.00"),  # lies about
        ("cost unknown for 4", ""),
    ]
    assert {row[-1].text for row in hidden.rows} == {"-"}


def test_what_ends_unsold_says_so_too(mixed):
    with tenant_atomic():
        (lot,) = ending_stock(within_days=30, now=NOON).rows

    assert (lot.will_be_left, lot.loss_e4, lot.unpriced) == (5, 2 * COST, 3)
    assert lot.ends_on - NOON.date() < timedelta(days=30)
