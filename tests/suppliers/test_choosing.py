"""Who is asked for a SKU, and why: the reason is kept with the attempt."""

from collections import Counter
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from suppliers.selectors import choose_offer
from suppliers.types import Passed, Sale
from tests.catalog.factories import make_sku
from tests.suppliers.factories import make_offer, make_supplier

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)
NIGHT = DAY.replace(hour=2)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def sku():
    return make_sku()


def choose(sku, *, most_e4=100_000, may_lose=False, key="1", at=DAY, **passed):
    sale = Sale(paid_e4=most_e4, channel="web", may_lose=may_lose)
    passed = Passed(**passed)
    return choose_offer(sku_id=sku.pk, sale=sale, key=key, zone=ZONE, now=at, passed=passed)


def test_the_lower_priority_comes_first_whatever_it_costs(sku):
    make_offer(sku=sku, priority=2, cost_e4=10_000)
    first = make_offer(sku=sku, priority=1, cost_e4=90_000)

    chosen = choose(sku)

    assert chosen.offer == first
    assert chosen.why == "priority 1, 1 of 1 by weight 1"


def test_equals_share_the_orders_by_weight_and_a_retry_chooses_the_same(sku):
    heavy, light = make_offer(sku=sku, weight=3), make_offer(sku=sku, weight=1)

    drawn = Counter(choose(sku, key=str(each)).offer for each in range(400))

    assert 250 < drawn[heavy] < 350
    assert drawn[heavy] + drawn[light] == 400
    assert len({choose(sku, key="same").offer for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"is_on": False}, "0 of 1, 1 off"),
        ({"cost_e4": 90_001}, "0 of 1, 1 too dear"),
        ({"opens": time(13), "closes": time(18)}, "0 of 1, 1 closed"),
    ],
)
def test_what_is_left_out_is_said(sku, given, why):
    make_offer(sku=sku, **given)

    chosen = choose(sku)

    assert (chosen.offer, chosen.why) == (None, why)


def test_nothing_is_bought_for_more_than_the_shop_gets(sku):
    make_offer(sku=sku, cost_e4=80_000, most_e4=90_000)

    assert choose(sku, most_e4=79_999).offer is None


def test_who_may_lose_is_held_by_the_offers_own_highest_cost_alone(sku):
    make_offer(sku=sku, cost_e4=80_000, most_e4=90_000)

    assert choose(sku, most_e4=10_000, may_lose=True).offer is not None
    make_offer(sku=(dear := make_sku()), cost_e4=90_001, most_e4=90_000)
    assert choose(dear, may_lose=True).why == "0 of 1, 1 too dear"


def test_a_supplier_that_is_off_takes_its_offers_along(sku):
    supplier = make_supplier()
    make_offer(sku=sku, supplier=supplier)
    supplier.is_on = False
    supplier.save()

    assert choose(sku).why == "0 of 1, 1 off"


def test_hours_may_pass_midnight(sku):
    make_offer(sku=sku, opens=time(22), closes=time(6))

    assert choose(sku, at=NIGHT).offer is not None
    assert choose(sku, at=DAY).offer is None


def test_who_was_tried_is_not_tried_again(sku):
    first, second = make_offer(sku=sku), make_offer(sku=sku, priority=2)

    assert choose(sku, tried=[first.pk]).offer == second
    assert choose(sku, tried=[first.pk, second.pk]).why == "0 of 2, 2 tried"


def test_who_has_no_turn_free_is_passed_over_and_may_be_waited_for():
    sku = make_sku()
    first, second = (make_offer(sku=sku, priority=rank) for rank in (1, 2))

    assert choose(sku, busy=[first.supplier_id]).offer == second
    nobody = choose(sku, busy=[first.supplier_id, second.supplier_id])
    assert (nobody.offer, nobody.is_final, nobody.why) == (None, False, "0 of 2, 2 busy")


def test_another_shops_offers_are_not_there(sku, other_shop):
    assert choose(sku).why == "0 of 0"
