"""What is bought from a supplier is only taken on terms that one of its offers can keep."""

import pytest

from core.errors import AppError
from inventory.errors import OutOfStock
from orders import services as orders
from orders.models import Item, Order
from orders.types import Adjustment, Line
from tests.catalog.factories import make_sku
from tests.orders.factories import PRICE, a_request, placed
from tests.suppliers.factories import make_offer
from tests.suppliers.papers import authorise
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def sku():
    return make_sku(kind="supplier_code")


def coupon(amount_e4):
    return (Adjustment(kind="coupon", ref="C-1", amount_e4=amount_e4),)


def refused(sku, quantity=1, **given) -> AppError:
    with pytest.raises(OutOfStock) as refusal:
        orders.place(request=a_request(sku, quantity, **given), now=NOON)
    assert not Order.objects.exists()
    return refusal.value


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ({"forbidden_channels": ["web"]}, {}),
        ({"floor_e4": PRICE + 100}, {}),
        ({"needs_authorisation": True}, {}),
        ({"slow_hours": 24}, {}),
    ],
    ids=["channel", "floor", "no authorisation", "slow"],
)
def test_what_an_offers_rules_forbid_is_sold_out_before_it_is_paid(sku, given, form):
    make_offer(sku=sku, **given)

    assert refused(sku, **form).data == {"wanted": 1, "found": 0}


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ({"forbidden_channels": ["web"]}, {"channel": "api"}),
        ({"floor_e4": PRICE}, {}),
        ({"floor_e4": PRICE - 10_000}, {"adjustments": coupon(10_000)}),
    ],
)
def test_what_they_allow_is_taken(sku, given, form):
    make_offer(sku=sku, **given)

    assert placed(sku, **form).state == "placed"


def test_what_is_authorised_is_taken(sku):
    authorise(make_offer(sku=sku, needs_authorisation=True))

    assert placed(sku).state == "placed"


def test_the_floor_and_the_cost_are_held_against_what_is_paid_after_discounts(sku):
    make_offer(sku=sku, cost_e4=80_000, floor_e4=90_000)

    refused(sku, adjustments=coupon(10_100))
    assert placed(sku, adjustments=coupon(10_000)).total_e4 == 90_000


def test_a_coupon_that_leaves_less_than_the_cost_is_not_taken_and_refunded_later(sku):
    make_offer(sku=sku, cost_e4=80_000)

    refused(sku, adjustments=coupon(20_100))
    assert placed(sku, adjustments=coupon(20_000)).total_e4 == 80_000


def test_the_least_share_of_several_things_counts(sku):
    """A cent of discount on three: one of them is paid a cent less than the other two."""
    make_offer(sku=sku, floor_e4=PRICE)

    refused(sku, 3, adjustments=coupon(100))
    assert placed(sku, 3).total_e4 == 3 * PRICE


def test_one_line_that_nobody_may_deliver_refuses_all_of_the_order(sku):
    make_offer(sku=sku)
    other = make_sku(kind="supplier_code")
    make_offer(sku=other, forbidden_channels=["web"])
    lines = tuple(Line(sku_ref=one.ref, quantity=1) for one in (sku, other))

    refused(sku, lines=lines)


def test_the_hours_that_were_told_are_kept_with_the_line():
    slow = make_sku(kind="supplier_code", slow_hours=24)
    make_offer(sku=slow, slow_hours=24)

    placed(slow)

    assert Item.objects.get().slow_hours == 24
