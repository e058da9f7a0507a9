"""A batch too large for a request is frozen, freed and recalled by a worker, stretch by stretch."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.states import MoveRefused
from inventory import services as inventory
from inventory import tasks
from inventory.errors import OutOfStock
from inventory.models import Code, Hold, Shelf
from inventory.selectors import count_available, due_batches
from inventory.services import batches, stretches
from inventory.services.stretches import LEASE
from inventory.states import BatchState, HoldEnd
from tests.dashboard.people import browser_of
from tests.inventory.factories import hold_until, make_codes
from tests.inventory.large import counts_of, killed_after_a_stretch, moves_of, state_of
from tests.times import MORNING, NEXT_DAY, NOON
from tests.waiting import wait_for_a_waiter

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_small_batch_is_frozen_and_freed_at_once(batch, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 5)

    frozen = inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)
    off_sale = (state_of(batch), counts_of(batch))
    freed = inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="fine", now=NOON)

    assert (frozen, off_sale, freed) == (5, (BatchState.FROZEN, {"frozen": 5}), 5)
    assert (state_of(batch), counts_of(batch)) == (BatchState.OPEN, {"available": 5})
    assert due_batches(now=NEXT_DAY, limit=10) == []


def test_what_is_given_back_while_its_batch_is_freed_is_on_sale_again(batch, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 5)
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
    inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)

    with ThreadPoolExecutor(1) as pool:
        with tenant_atomic():
            inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="fine", now=MORNING)
            given_back = pool.submit(copy_context().run, release_elsewhere, 7)
            wait_for_a_waiter()
        given_back.result(timeout=60)

    assert counts_of(batch) == {"available": 5}


def release_elsewhere(item_id: int) -> None:
    try:
        inventory.release(item_id=item_id, now=MORNING)
    finally:
        connections.close_all()


def test_a_large_batch_is_left_to_a_worker(shop, batch):
    going = inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)
    before, due = counts_of(batch), due_batches(now=MORNING, limit=10)
    headers = {"tenant_id": shop.pk}
    tasks.go_through_batch.apply(kwargs={"batch_id": batch.pk}, headers=headers).get()

    assert (going, before, due) == (5, {"available": 5}, [(shop.pk, batch.pk)])
    assert (state_of(batch), counts_of(batch)) == (BatchState.FROZEN, {"frozen": 5})
    assert due_batches(now=NEXT_DAY, limit=10) == []
    assert moves_of(batch) == [
        ("freezing", "check", {"codes": 5}),
        ("frozen", "check", {"codes": 5}),
    ]


def test_the_codes_that_would_be_sold_next_go_off_sale_first(batch, settings, tmp_path):
    settings.FAILPOINTS_DIR = str(tmp_path)
    freeze(batch)

    is_killed = killed_after_a_stretch(batch, tmp_path)

    with tenant_atomic():
        states = list(Code.objects.order_by("pk").values_list("state", flat=True))
    assert is_killed
    assert states == ["frozen", "frozen", "available", "available", "available"]


@pytest.mark.parametrize("verb", ["freeze", "unfreeze", "recall"])
def test_what_a_killed_worker_began_goes_on(batch, settings, tmp_path, verb):
    settings.FAILPOINTS_DIR = str(tmp_path)
    if verb == "unfreeze":
        freeze(batch)
        go_through(batch)
    deed, old, new = {
        "freeze": (inventory.freeze_batch, "available", "frozen"),
        "unfreeze": (inventory.unfreeze_batch, "frozen", "available"),
        "recall": (inventory.recall_batch, "available", "frozen"),
    }[verb]
    deed(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)

    is_killed = killed_after_a_stretch(batch, tmp_path)
    half_way = counts_of(batch)
    go_through(batch)  # the dead one's lease has not run out yet
    still = counts_of(batch)
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING + LEASE + timedelta(seconds=5))

    assert is_killed
    assert half_way == still == {old: 3, new: 2}
    assert counts_of(batch) == {new: 5}
    assert moves_of(batch)[-1][2]["codes"] == 5
    assert due_batches(now=NEXT_DAY, limit=10) == []


def test_unfreezing_turns_a_freeze_round(batch, settings, tmp_path, monkeypatch):
    settings.FAILPOINTS_DIR = str(tmp_path)
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    freeze(batch)
    killed_after_a_stretch(batch, tmp_path)

    coming_back = unfreeze(batch)
    state = state_of(batch)
    go_through(batch)

    assert (coming_back, state) == (2, BatchState.UNFREEZING)
    assert (state_of(batch), counts_of(batch)) == (BatchState.OPEN, {"available": 5})


def test_a_freeze_that_was_turned_round_stops_between_two_stretches(batch, monkeypatch):
    """The worker is alive and has just done a stretch when a person unfreezes."""
    freeze(batch)
    turned = []

    def unfreeze_once(_point):
        if not turned:
            turned.append(unfreeze(batch))

    monkeypatch.setattr(stretches, "reach", unfreeze_once)
    go_through(batch)

    assert turned == [2]
    assert (state_of(batch), counts_of(batch)) == (BatchState.OPEN, {"available": 5})
    assert [new for new, _why, _data in moves_of(batch)] == ["freezing", "open"]


def test_from_the_click_on_no_code_of_it_is_sold_or_held(batch):
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        inventory.sell(item_id=7, now=MORNING)
        hold_until(batch.sku, NOON, item_id=8)
    freeze(batch)

    for deed in (
        lambda: inventory.sell(item_id=8, now=MORNING),
        lambda: hold_until(batch.sku, NOON, item_id=9),
    ):
        with pytest.raises(OutOfStock) as refusal, tenant_atomic():
            deed()

    assert refusal.value.data == {"wanted": 1, "found": 0}
    assert counts_of(batch) == {"available": 3, "reserved": 1, "sold": 1}
    go_through(batch)
    assert (state_of(batch), counts_of(batch)) == (BatchState.FROZEN, {"frozen": 4, "sold": 1})


def test_who_holds_a_code_of_it_is_sold_another(batch):
    with tenant_atomic():
        for item_id in (7, 8):
            hold_until(batch.sku, NOON, item_id=item_id)
    freeze(batch)
    with tenant_atomic():
        fresh = make_codes(
            batch.sku, 2, expires_on=date(2026, 12, 31)
        )  # claimed before the batch's

        (at_once,) = inventory.sell(item_id=7, now=MORNING)
    go_through(batch)
    with tenant_atomic():
        (after,) = inventory.sell(item_id=8, now=MORNING)
        ends = set(Hold.objects.filter(state="released").values_list("ended_why", flat=True))

    assert {at_once.code_id, after.code_id} == {code.pk for code in fresh}
    assert ends == {HoldEnd.SWAPPED}
    assert counts_of(batch) == {"frozen": 5}


def test_others_are_found_behind_what_is_left_of_it(batch):
    """The batch expires first, so a claim would take of it again and again."""
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        (fresh,) = make_codes(batch.sku, 1)
    freeze(batch)

    with tenant_atomic():
        (goods,) = inventory.sell(item_id=7, now=MORNING)

    assert goods.code_id == fresh.pk


def test_a_bad_code_is_not_replaced_by_one_of_it(batch):
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        (bad,) = inventory.sell(item_id=7, now=MORNING)
    freeze(batch)

    with pytest.raises(OutOfStock):
        inventory.replace(
            code_id=bad.code_id, item_id=7, by=SYSTEM, reason="does_not_work", now=MORNING
        )

    assert counts_of(batch) == {"available": 4, "sold": 1}


def test_a_held_code_comes_back_to_its_holder(batch):
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        held = Hold.objects.get().code_id
    freeze(batch)
    go_through(batch)
    with tenant_atomic():
        Shelf.objects.update(is_empty=True)

    unfreeze(batch)
    go_through(batch)

    assert counts_of(batch) == {"available": 4, "reserved": 1}
    with tenant_atomic():
        assert not Shelf.objects.get().is_empty
        (goods,) = inventory.sell(item_id=7, now=MORNING)
    assert goods.code_id == held


def test_a_recall_tells_at_its_end_how_many_were_sold(batch):
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        inventory.sell(item_id=7, now=MORNING)
    freeze(batch)

    sold = inventory.recall_batch(batch_id=batch.pk, by=SYSTEM, reason="bad", now=MORNING)
    with pytest.raises(MoveRefused):
        unfreeze(batch)
    with tenant_atomic(), pytest.raises(OutOfStock):
        hold_until(batch.sku, NOON, item_id=8)
    go_through(batch)

    assert sold == 1
    assert (state_of(batch), counts_of(batch)) == (BatchState.RECALLED, {"frozen": 4, "sold": 1})
    assert moves_of(batch)[1:] == [
        ("recalling", "bad", {"codes": 4}),
        ("recalled", "bad", {"codes": 4, "sold": 1}),
    ]


def test_freezing_twice_is_refused(batch):
    freeze(batch)

    with pytest.raises(MoveRefused):
        freeze(batch)

    go_through(batch)
    assert counts_of(batch) == {"frozen": 5}


def test_the_batchs_page_says_how_much_is_off_sale(shop, batch):
    browser = browser_of(shop, "operator")
    page = f"/office/batches/{batch.pk}/"

    browser.post(f"{page}freeze/", {"reason": "check"})
    looked, going = browser.get(page), browser.get(f"{page}progress/").json()
    inventory.go_through_batch(batch_id=batch.pk, now=timezone.now())
    done = browser.get(f"{page}progress/").json()

    assert looked.context["can"] == {"unfreeze", "recall"}
    assert str(looked.context["at_work"][0]) in looked.content.decode()
    assert b"0 / 5" in looked.content
    assert going == {"state": "freezing", "percent": 0, "done": 0, "total": 5}
    assert done == {"state": "frozen"}
    with tenant_atomic():
        assert count_available(sku_id=batch.sku_id) == 0


def freeze(batch):
    return inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)


def unfreeze(batch):
    return inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="fine", now=MORNING)


def go_through(batch):
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING)
