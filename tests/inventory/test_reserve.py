from datetime import date, timedelta

import pytest
from django.db.models import F

from inventory import services as inventory
from inventory.errors import OutOfStock, TooManyHeld
from inventory.models import LANES, Code, Hold, Shelf
from inventory.selectors import count_available, live_holds, today_here
from inventory.services import claim
from inventory.states import CodeState, HoldState
from tests.inventory.factories import a_hold, make_codes, make_content, make_sku
from tests.times import MORNING, NOON

pytestmark = pytest.mark.usefixtures("scope")

SOON, LATER = date(2026, 12, 1), date(2027, 6, 1)


def test_reserve_holds_codes_for_an_item():
    sku = make_sku()
    make_codes(sku, 3)

    held = inventory.reserve(request=a_hold(sku, item_id=7, quantity=2), now=MORNING)

    assert held == 2
    assert [hold.state for hold in live_holds(item_id=7)] == [HoldState.RESERVED] * 2
    assert Code.objects.filter(state=CodeState.RESERVED).count() == 2
    assert count_available(sku_id=sku.pk) == 1


def test_reserve_takes_nothing_when_stock_is_short():
    sku = make_sku()
    make_codes(sku, 3)

    with pytest.raises(OutOfStock) as refusal:
        inventory.reserve(request=a_hold(sku, quantity=4), now=MORNING)

    assert refusal.value.data == {"wanted": 4, "found": 3}
    assert count_available(sku_id=sku.pk) == 3
    assert not Hold.objects.exists()


def test_an_empty_shelf_says_so():
    sku = make_sku()

    with pytest.raises(OutOfStock) as refusal:
        inventory.reserve(request=a_hold(sku), now=MORNING)

    assert refusal.value.data == {"wanted": 1, "found": 0}


def test_another_sku_is_never_touched():
    sku, other = make_sku(), make_sku()
    make_codes(other, 3)

    with pytest.raises(OutOfStock):
        inventory.reserve(request=a_hold(sku), now=MORNING)

    assert count_available(sku_id=other.pk) == 3


def test_every_code_is_found_whatever_its_lane():
    sku = make_sku()
    make_codes(sku, 40)

    for item_id in range(40):
        inventory.reserve(request=a_hold(sku, item_id=item_id), now=MORNING)

    assert Hold.objects.values("code_id").distinct().count() == 40
    assert count_available(sku_id=sku.pk) == 0


def test_the_first_to_expire_goes_first():
    sku = make_sku()
    make_codes(sku, 5, expires_on=LATER)
    make_codes(sku, 5, expires_on=SOON)
    make_codes(sku, 5)

    for item_id in range(10):
        inventory.reserve(request=a_hold(sku, item_id=item_id), now=MORNING)

    days = Hold.objects.order_by("pk").values_list("code__expires_on", flat=True)
    assert list(days) == [SOON] * 5 + [LATER] * 5


def test_one_order_may_span_two_days_of_expiry():
    sku = make_sku()
    make_codes(sku, 2, expires_on=LATER)
    make_codes(sku, 2, expires_on=SOON)

    inventory.reserve(request=a_hold(sku, quantity=3), now=MORNING)

    days = Hold.objects.order_by("pk").values_list("code__expires_on", flat=True)
    assert sorted(days) == [SOON, SOON, LATER]


def test_first_to_expire_holds_without_any_shelf():
    """Shelves are hints: losing them costs a look, and they come back."""
    sku = make_sku()
    make_codes(sku, 3, expires_on=LATER)
    make_codes(sku, 3, expires_on=SOON)
    Shelf.objects.all().delete()

    inventory.reserve(request=a_hold(sku, quantity=1), now=MORNING)

    assert Hold.objects.get().code.expires_on == SOON
    assert list(Shelf.objects.values_list("expires_on", "is_empty")) == [(SOON, False)]


def test_a_sold_out_day_is_skipped_from_then_on():
    sku = make_sku()
    make_codes(sku, 1, expires_on=SOON)
    make_codes(sku, 2, expires_on=LATER)
    inventory.reserve(request=a_hold(sku, item_id=1), now=MORNING)

    inventory.reserve(request=a_hold(sku, item_id=2), now=MORNING)

    assert list(Shelf.objects.order_by("expires_on").values_list("is_empty", flat=True)) == [
        True,
        False,
    ]


def test_a_day_that_comes_back_is_first_again():
    sku = make_sku()
    make_codes(sku, 1, expires_on=SOON)
    make_codes(sku, 2, expires_on=LATER)
    inventory.reserve(request=a_hold(sku, item_id=1), now=MORNING)
    inventory.reserve(request=a_hold(sku, item_id=2), now=MORNING)

    inventory.release(item_id=1, now=MORNING)
    inventory.reserve(request=a_hold(sku, item_id=3), now=MORNING)

    assert live_holds(item_id=3).get().code.expires_on == SOON


@pytest.mark.parametrize(("min_days_left", "found"), [(0, 1), (9, 1), (10, 0)])
def test_a_code_needs_the_days_that_the_sku_promises(min_days_left, found):
    """It is 22 November; the code is good through 1 December: nine days later."""
    sku = make_sku()
    make_codes(sku, 1, expires_on=SOON)
    request = a_hold(sku, min_days_left=min_days_left)

    if found:
        assert inventory.reserve(request=request, now=MORNING) == 1
    else:
        with pytest.raises(OutOfStock):
            inventory.reserve(request=request, now=MORNING)


@pytest.mark.parametrize(
    ("zone", "hour", "is_sold"),
    [
        ("Asia/Shanghai", 15, True),  # 23:59 of the last day there
        ("Asia/Shanghai", 16, False),  # 00:00 of the next
        ("America/New_York", 16, True),
    ],
)
def test_a_code_is_good_through_its_last_day_at_the_merchant(shop, zone, hour, is_sold):
    shop.time_zone = zone
    shop.save()
    sku = make_sku()
    make_codes(sku, 1, expires_on=date(2026, 11, 22))
    now = NOON.replace(hour=hour) - timedelta(minutes=1) if is_sold else NOON.replace(hour=hour)

    if is_sold:
        assert inventory.reserve(request=a_hold(sku), now=now) == 1
    else:
        with pytest.raises(OutOfStock):
            inventory.reserve(request=a_hold(sku), now=now)


def test_a_buyer_may_hold_so_many_unpaid():
    sku, other = make_sku(), make_sku()
    make_codes(sku, 9)
    make_codes(other, 9)
    inventory.reserve(request=a_hold(sku, item_id=1, quantity=2, most_held=3), now=MORNING)

    with pytest.raises(TooManyHeld) as refusal:
        inventory.reserve(request=a_hold(sku, item_id=2, quantity=2, most_held=3), now=MORNING)

    assert refusal.value.data == {"held": 2, "most": 3}
    assert count_available(sku_id=sku.pk) == 7
    for request in (
        a_hold(sku, item_id=3, most_held=3),
        a_hold(sku, item_id=4, quantity=3, most_held=3, buyer_key="ben"),
        a_hold(other, item_id=5, quantity=3, most_held=3),
    ):
        assert inventory.reserve(request=request, now=MORNING) == request.quantity


def test_what_was_paid_does_not_count_as_held():
    sku = make_sku()
    make_codes(sku, 9)
    inventory.reserve(request=a_hold(sku, item_id=1, quantity=3, most_held=3), now=MORNING)
    inventory.keep(item_id=1, now=MORNING)

    assert inventory.reserve(request=a_hold(sku, item_id=2, most_held=3), now=MORNING) == 1


def test_a_content_serves_many_buyers():
    sku = make_sku()
    content = make_content(sku)

    inventory.reserve(request=a_hold(sku, item_id=1, quantity=2), now=MORNING)
    inventory.reserve(request=a_hold(sku, item_id=2), now=MORNING)

    content.refresh_from_db()
    assert content.uses == 3
    assert live_holds(item_id=1).filter(content=content).count() == 2


def test_a_content_is_never_used_more_often_than_it_may():
    sku = make_sku()
    content = make_content(sku, most_uses=3)
    inventory.reserve(request=a_hold(sku, item_id=1, quantity=2), now=MORNING)

    with pytest.raises(OutOfStock) as refusal:
        inventory.reserve(request=a_hold(sku, item_id=2, quantity=2), now=MORNING)

    content.refresh_from_db()
    assert content.uses == 2
    assert refusal.value.data == {"wanted": 2, "found": 1}


def test_each_lane_has_its_own_head():
    sku = make_sku()
    soon, later = make_codes(sku, 2, expires_on=SOON), make_codes(sku, 1, expires_on=LATER)
    Code.objects.filter(pk__in=[code.pk for code in soon]).update(lane=3)
    Code.objects.filter(pk=later[0].pk).update(lane=5)

    heads = claim._heads(claim.needs_of(a_hold(sku), state=HoldState.RESERVED, now=MORNING))

    assert heads == [(3, SOON, SOON), (5, LATER, SOON)]


def test_a_claim_is_one_statement(django_assert_num_queries, unprepared):
    sku = make_sku()
    make_codes(sku, 2 * LANES)
    Code.objects.update(lane=F("id") % LANES)
    today_here(now=MORNING)
    with django_assert_num_queries(3) as run:  # the test's own transaction: a savepoint around it
        inventory.reserve(request=a_hold(sku), now=MORNING)

    assert [query["sql"].split()[0] for query in run.captured_queries] == [
        "SAVEPOINT",
        "SELECT",
        "RELEASE",
    ]
