from datetime import date, timedelta

import pytest

from core.actors import SYSTEM, Actor
from core.states import MoveRefused
from inventory import services as inventory
from inventory.errors import CodeNotSold, NothingHeld, OutOfStock
from inventory.models import Code, CodeMove, Hold
from inventory.selectors import count_available, find_code_by_text, find_holder, live_holds
from inventory.services import holds
from inventory.states import CODE_MOVES, CodeState, HoldEnd, HoldState
from inventory.types import Goods
from tests.inventory.factories import (
    a_hold,
    hold_until,
    make_batch,
    make_codes,
    make_content,
    make_sku,
)
from tests.times import MORNING, NEXT_DAY, NOON

pytestmark = pytest.mark.usefixtures("scope")

FORBIDDEN = [(old, new) for old in CodeState for new in CodeState if new not in CODE_MOVES[old]]


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    (code,) = make_codes(make_sku(), 1)
    Code.objects.filter(pk=code.pk).update(state=old)
    code.refresh_from_db()

    with pytest.raises(MoveRefused):
        holds._move_code(code, new, by=SYSTEM, reason="test", now=NOON)

    code.refresh_from_db()
    assert code.state == old
    assert not code.moves.exists()


def test_sold_codes_are_the_items_goods_and_stay_so():
    sku = make_sku()
    make_codes(sku, 2)
    hold_until(sku, NOON, item_id=7, quantity=2)

    goods = inventory.sell(item_id=7, now=MORNING)
    again = inventory.sell(item_id=7, now=NEXT_DAY)

    assert again == goods
    assert {good.code_id for good in goods} == set(Code.objects.values_list("pk", flat=True))
    assert set(Code.objects.values_list("state", flat=True)) == {CodeState.SOLD}
    assert set(Hold.objects.values_list("state", "ended_at")) == {(HoldState.SOLD, MORNING)}
    assert find_holder(code_id=goods[0].code_id) == 7


def test_nothing_is_sold_that_is_not_held():
    with pytest.raises(NothingHeld):
        inventory.sell(item_id=7, now=NOON)


def test_a_content_is_sold_by_its_use():
    sku = make_sku()
    content = make_content(sku)
    hold_until(sku, NOON, item_id=7, quantity=2)

    goods = inventory.sell(item_id=7, now=MORNING)

    assert goods == [Goods(content_id=content.pk)] * 2
    assert inventory.sell(item_id=7, now=MORNING) == goods


def test_what_is_given_back_can_be_sold_to_another():
    sku = make_sku()
    make_codes(sku, 2)
    hold_until(sku, NOON, item_id=7, quantity=2)

    released = inventory.release(item_id=7, now=MORNING)

    assert released == 2
    assert count_available(sku_id=sku.pk) == 2
    assert not live_holds(item_id=7).exists()
    assert inventory.release(item_id=7, now=MORNING) == 0


def test_a_part_is_given_back_beginning_with_what_cannot_be_sold():
    sku = make_sku()
    bad = make_batch(sku, 1, expires_on=date(2026, 12, 1))
    make_codes(sku, 2)
    hold_until(sku, NOON, item_id=7, quantity=3)
    inventory.freeze_batch(batch_id=bad.pk, by=SYSTEM, reason="complaints", now=MORNING)

    released = inventory.release(item_id=7, most=2, now=MORNING)

    assert released == 2
    assert live_holds(item_id=7).get().code.state == CodeState.RESERVED
    assert Code.objects.get(batch=bad).state == CodeState.FROZEN
    assert count_available(sku_id=sku.pk) == 1


def test_sold_goods_are_not_given_back():
    sku = make_sku()
    make_codes(sku, 1)
    hold_until(sku, NOON, item_id=7)
    inventory.sell(item_id=7, now=MORNING)

    assert inventory.release(item_id=7, now=MORNING) == 0
    assert Code.objects.get().state == CodeState.SOLD


def test_uses_of_a_content_come_back():
    sku = make_sku()
    content = make_content(sku, most_uses=3)
    hold_until(sku, NOON, item_id=7, quantity=3)

    inventory.release(item_id=7, now=MORNING)

    content.refresh_from_db()
    assert content.uses == 0


@pytest.mark.parametrize(("late", "left"), [(timedelta(0), 2), (-timedelta(seconds=1), 0)])
def test_a_reservation_ends_with_its_time_and_not_before(late, left):
    sku = make_sku()
    make_codes(sku, 2)
    hold_until(sku, NOON, item_id=7, quantity=2)
    hold = live_holds(item_id=7)[0]

    inventory.release_expired(hold_id=hold.pk, now=NOON + late)

    assert count_available(sku_id=sku.pk) == left


def test_a_paid_hold_has_no_time_limit():
    sku = make_sku()
    make_codes(sku, 1)
    hold_until(sku, NOON, item_id=7)

    inventory.keep(item_id=7, now=MORNING)
    inventory.release_expired(hold_id=live_holds(item_id=7).get().pk, now=NEXT_DAY)

    assert live_holds(item_id=7).get().state == HoldState.KEPT


@pytest.mark.parametrize("end", [HoldEnd.RAN_OUT, HoldEnd.GIVEN_BACK])
def test_late_money_takes_codes_again_once(end):
    sku = make_sku()
    make_codes(sku, 3)
    hold_until(sku, NOON, item_id=7, quantity=2)
    if end == HoldEnd.RAN_OUT:
        inventory.release_expired(hold_id=live_holds(item_id=7)[0].pk, now=NOON)
    else:
        inventory.release(item_id=7, now=NOON)

    inventory.keep(item_id=7, now=NEXT_DAY)
    inventory.keep(item_id=7, now=NEXT_DAY)

    assert [hold.state for hold in live_holds(item_id=7)] == [HoldState.KEPT] * 2
    assert count_available(sku_id=sku.pk) == 1


def test_late_money_without_stock_is_refused_and_changes_nothing():
    sku = make_sku()
    make_codes(sku, 1)
    hold_until(sku, NOON, item_id=7)
    inventory.release(item_id=7, now=NOON)
    hold_until(sku, NOON, item_id=8)

    with pytest.raises(OutOfStock):
        inventory.keep(item_id=7, now=NEXT_DAY)

    assert not live_holds(item_id=7).exists()
    assert live_holds(item_id=8).exists()


def test_a_code_that_expired_while_held_is_swapped_for_a_fresh_one():
    sku = make_sku()
    (old,) = make_codes(sku, 1, expires_on=date(2026, 11, 22))
    (fresh,) = make_codes(sku, 1)
    hold_until(sku, NOON, item_id=7)
    inventory.keep(item_id=7, now=MORNING)

    goods = inventory.sell(item_id=7, now=NEXT_DAY)

    old.refresh_from_db()
    assert goods == [Goods(code_id=fresh.pk)]
    assert old.state == CodeState.EXPIRED
    assert CodeMove.objects.get(code=old).reason == "expired_while_held"
    assert Hold.objects.get(code=old).ended_why == HoldEnd.SWAPPED


def test_a_frozen_code_is_never_sold_to_its_holder():
    sku = make_sku()
    bad = make_batch(sku, 2)
    hold_until(sku, NOON, item_id=7, quantity=2)
    inventory.freeze_batch(batch_id=bad.pk, by=SYSTEM, reason="complaints", now=MORNING)
    fresh = make_codes(sku, 2)

    goods = inventory.sell(item_id=7, now=MORNING)

    assert {good.code_id for good in goods} == {code.pk for code in fresh}
    assert set(Code.objects.filter(batch=bad).values_list("state", flat=True)) == {"frozen"}


def test_without_a_fresh_one_nothing_is_sold():
    sku = make_sku()
    bad = make_batch(sku, 1)
    hold_until(sku, NOON, item_id=7)
    inventory.freeze_batch(batch_id=bad.pk, by=SYSTEM, reason="complaints", now=MORNING)

    with pytest.raises(OutOfStock):
        inventory.sell(item_id=7, now=MORNING)

    assert live_holds(item_id=7).get().state == HoldState.RESERVED


def test_a_frozen_code_does_not_come_back_when_given_back():
    sku = make_sku()
    bad = make_batch(sku, 1)
    hold_until(sku, NOON, item_id=7)
    inventory.freeze_batch(batch_id=bad.pk, by=SYSTEM, reason="complaints", now=MORNING)

    inventory.release(item_id=7, now=MORNING)

    assert Code.objects.get().state == CodeState.FROZEN


def test_a_bad_code_is_void_and_a_fresh_one_sold_in_its_place():
    sku = make_sku()
    make_codes(sku, 3)
    hold_until(sku, NOON, item_id=7, quantity=2)
    bad, good = inventory.sell(item_id=7, now=MORNING)
    by = Actor("user:1 anna", user_id=1)

    fresh = inventory.replace(
        code_id=bad.code_id, item_id=7, by=by, reason="does_not_work", now=NOON
    )

    assert fresh.code_id not in {bad.code_id, good.code_id}
    assert set(inventory.sell(item_id=7, now=NOON)) == {good, fresh}
    assert Code.objects.get(pk=bad.code_id).state == CodeState.VOID
    move = CodeMove.objects.get()
    assert (move.old, move.new, move.by, move.at) == ("sold", "void", "user:1 anna", NOON)


def test_a_code_is_replaced_once():
    sku = make_sku()
    make_codes(sku, 3)
    hold_until(sku, NOON, item_id=7)
    (bad,) = inventory.sell(item_id=7, now=MORNING)
    inventory.replace(code_id=bad.code_id, item_id=7, by=SYSTEM, reason="bad", now=NOON)

    with pytest.raises(CodeNotSold):
        inventory.replace(code_id=bad.code_id, item_id=7, by=SYSTEM, reason="bad", now=NOON)

    assert count_available(sku_id=sku.pk) == 1


def test_a_code_without_a_substitute_stays_sold():
    sku = make_sku()
    make_codes(sku, 1)
    hold_until(sku, NOON, item_id=7)
    (bad,) = inventory.sell(item_id=7, now=MORNING)

    with pytest.raises(OutOfStock):
        inventory.replace(code_id=bad.code_id, item_id=7, by=SYSTEM, reason="bad", now=NOON)

    assert Code.objects.get().state == CodeState.SOLD
    assert inventory.sell(item_id=7, now=NOON) == [bad]


def test_the_buyer_reads_what_was_loaded():
    sku = make_sku()
    make_codes(sku, 1, expires_on=date(2027, 6, 1))
    inventory.reserve(request=a_hold(sku, item_id=7), now=MORNING)
    goods = inventory.sell(item_id=7, now=MORNING)

    (text,) = inventory.read_goods(goods=goods)

    assert text.secret.reveal().startswith("SECRET-")
    assert (text.card_no, text.kind, text.expires_on) == (None, "code", date(2027, 6, 1))
    assert [code.pk for code in find_code_by_text(text=text.secret.reveal())] == [goods[0].code_id]


def test_a_content_is_read_with_its_kind():
    sku = make_sku()
    make_content(sku, text="Group 12345")
    hold_until(sku, NOON, item_id=7)

    (text,) = inventory.read_goods(goods=inventory.sell(item_id=7, now=MORNING))

    assert (text.secret.reveal(), text.kind, text.expires_on) == ("Group 12345", "text", None)
