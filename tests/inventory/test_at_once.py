"""Codes taken and sold in one step, for who has paid already."""

from datetime import timedelta

import pytest

from core.actors import SYSTEM
from inventory import services as inventory
from inventory.errors import OutOfStock
from inventory.models import Code, Hold
from inventory.selectors import count_available, today_here
from tests.inventory.factories import a_hold, make_batch, make_codes, make_content, make_sku
from tests.times import MORNING

pytestmark = pytest.mark.usefixtures("scope")


def test_a_code_is_sold_with_what_its_buyer_reads():
    sku = make_sku()
    make_codes(sku, 2)

    (sold,) = inventory.sell_at_once(request=a_hold(sku, item_id=7), now=MORNING)

    code, hold = Code.objects.get(state="sold"), Hold.objects.get()
    assert sold.goods.code_id == code.pk == hold.code_id
    assert (hold.state, hold.item_id, hold.ended_at) == ("sold", 7, MORNING)
    assert inventory.read_goods(goods=[sold.goods]) == [sold.text]
    assert count_available(sku_id=sku.pk) == 1


def test_what_was_sold_at_once_is_the_item_s_for_good():
    sku = make_sku()
    make_codes(sku, 1)
    (sold,) = inventory.sell_at_once(request=a_hold(sku, item_id=7), now=MORNING)

    assert inventory.sell(item_id=7, now=MORNING) == [sold.goods]
    assert inventory.release(item_id=7, now=MORNING) == 0


def test_every_code_is_found_whatever_its_lane():
    sku = make_sku()
    make_codes(sku, 20)

    sold = [
        inventory.sell_at_once(request=a_hold(sku, item_id=number), now=MORNING)[0].goods.code_id
        for number in range(20)
    ]

    assert len(set(sold)) == 20


def test_several_are_sold_all_or_none():
    sku = make_sku()
    make_codes(sku, 3)

    sold = inventory.sell_at_once(request=a_hold(sku, item_id=1, quantity=2), now=MORNING)

    assert len({one.text.secret.reveal() for one in sold}) == 2
    with pytest.raises(OutOfStock):
        inventory.sell_at_once(request=a_hold(sku, item_id=2, quantity=2), now=MORNING)
    assert count_available(sku_id=sku.pk) == 1


def test_content_for_many_is_sold_too():
    sku = make_sku(kind="reusable")
    make_content(sku)

    (sold,) = inventory.sell_at_once(request=a_hold(sku), now=MORNING)

    assert sold.goods.content_id
    assert sold.text.kind == "text"


def test_what_expires_too_soon_is_not_sold():
    sku = make_sku()
    make_codes(sku, 1, expires_on=today_here(now=MORNING) + timedelta(days=2))

    with pytest.raises(OutOfStock):
        inventory.sell_at_once(request=a_hold(sku, min_days_left=3), now=MORNING)


def test_nothing_of_a_frozen_batch_is_sold():
    sku = make_sku()
    batch = make_batch(sku, 1)
    inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)

    with pytest.raises(OutOfStock):
        inventory.sell_at_once(request=a_hold(sku), now=MORNING)
