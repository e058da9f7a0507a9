"""A batch too large for a request is undone by a worker, stretch by stretch."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from core.states import MoveRefused
from inventory import services as inventory
from inventory import tasks
from inventory.errors import BatchInUse
from inventory.models import Batch, BatchMove, Code, Hold
from inventory.selectors import count_available, due_batches
from inventory.services import stretches
from inventory.services.batches import locked
from inventory.services.stretches import LEASE
from inventory.states import BatchState, CodeState
from tests.dashboard.people import browser_of
from tests.inventory.factories import hold_until
from tests.inventory.large import killed_after_a_stretch, moves_of, state_of
from tests.times import MORNING, NEXT_DAY, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_large_batch_is_left_to_a_worker(shop, batch):
    going = inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)
    before, due = codes_of(batch), due_batches(now=MORNING, limit=10)
    headers = {"tenant_id": shop.pk}
    tasks.go_through_batch.apply(kwargs={"batch_id": batch.pk}, headers=headers).get()

    assert (going, before, due) == (5, 5, [(shop.pk, batch.pk)])
    assert (codes_of(batch), state_of(batch)) == (0, BatchState.UNDONE)
    assert due_batches(now=NEXT_DAY, limit=10) == []
    assert moves_of(batch) == [
        ("undoing", "undone", {"codes": 5}),
        ("undone", "undone", {"codes": 5, "left": 0}),
    ]


@pytest.mark.parametrize(("good_seconds", "sizes"), [(60.0, [1, 2, 2]), (0.0, [1, 1, 1, 1, 1])])
def test_a_stretch_grows_while_it_is_quick(batch, monkeypatch, good_seconds, sizes):
    monkeypatch.setattr(stretches, "LEAST", 1)
    monkeypatch.setattr(stretches, "GOOD_SECONDS", good_seconds)
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)

    with CaptureQueriesContext(connection) as asked:
        inventory.go_through_batch(batch_id=batch.pk, now=MORNING)

    queries = [query["sql"] for query in asked if "DELETE FROM inventory_hold" in query["sql"]]
    assert [
        len(re.findall(r"\d+", sql.split("ARRAY[")[1].split("]")[0])) for sql in queries
    ] == sizes


def test_an_undo_killed_after_a_stretch_goes_on(shop, batch, settings, tmp_path):
    settings.FAILPOINTS_DIR = str(tmp_path)
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)

    is_killed = killed_after_a_stretch(batch, tmp_path)
    half_way = codes_of(batch)
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING)  # its lease has not run out yet
    still = codes_of(batch)
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING + LEASE + timedelta(seconds=5))

    assert (is_killed, half_way, still, codes_of(batch)) == (True, 3, 3, 0)
    with tenant_atomic():
        assert Batch.objects.get(pk=batch.pk).done == 5


def test_a_worker_does_not_wait_for_one_whose_lease_ran_out(shop, batch):
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)

    with tenant_atomic():
        locked(batch.pk)  # the other one is in the middle of a stretch
        second = Thread(target=undo_elsewhere, args=(batch,))
        second.start()
        second.join(20)
        is_done = not second.is_alive()
    second.join()

    assert is_done
    assert codes_of(batch) == 5


def test_a_code_sold_before_its_stretch_stays_its_buyers(batch):
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)
        hold_until(batch.sku, NOON, item_id=8)
        (goods,) = inventory.sell(item_id=7, now=MORNING)

    inventory.go_through_batch(batch_id=batch.pk, now=MORNING)

    assert state_of(batch) == BatchState.FROZEN
    with tenant_atomic():
        left = dict(Code.objects.filter(batch=batch).values_list("pk", "state"))
        assert BatchMove.objects.latest("pk").reason == "taken_meanwhile"
        assert count_available(sku_id=batch.sku_id) == 0
    assert left.pop(goods.code_id) == CodeState.SOLD
    assert list(left.values()) == [CodeState.FROZEN]


def test_what_was_left_can_be_undone_when_it_was_given_back(batch):
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=8)
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING)

    with pytest.raises(BatchInUse):
        inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)
    with tenant_atomic():
        inventory.release(item_id=8, now=NOON)
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=NOON)

    assert (codes_of(batch), state_of(batch)) == (0, BatchState.UNDONE)
    with tenant_atomic():
        assert not Hold.objects.exists()


def test_a_large_batch_in_use_is_not_begun_to_be_undone(batch):
    with tenant_atomic():
        hold_until(batch.sku, NOON, item_id=7)

    with pytest.raises(BatchInUse):
        inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)

    assert (codes_of(batch), state_of(batch)) == (5, BatchState.OPEN)


def test_freezing_stops_an_undo_and_nothing_else_may_interfere(batch):
    inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=MORNING)

    with pytest.raises(MoveRefused):
        inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="oops", now=MORNING)
    inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="stop", now=MORNING)
    inventory.go_through_batch(batch_id=batch.pk, now=MORNING)

    assert (codes_of(batch), state_of(batch)) == (5, BatchState.FROZEN)


def test_the_batchs_page_follows_the_undo_and_offers_to_freeze_only(shop, batch):
    browser = browser_of(shop, "operator")
    page = f"/office/batches/{batch.pk}/"

    browser.post(f"{page}undo/")
    looked, going = browser.get(page), browser.get(f"{page}progress/").json()
    inventory.go_through_batch(batch_id=batch.pk, now=timezone.now())
    done = browser.get(f"{page}progress/").json()

    assert looked.context["can"] == {"freeze"}
    assert b"Done." not in looked.content
    assert going == {"state": "undoing", "percent": 0, "done": 0, "total": 5}
    assert done == {"state": "undone"}


def undo_elsewhere(batch: Batch) -> None:
    try:
        with bind(batch.tenant_id):
            inventory.go_through_batch(batch_id=batch.pk, now=NOON)
    finally:
        connections.close_all()


@tenant_atomic
def codes_of(batch: Batch) -> int:
    return Code.objects.filter(batch=batch).count()
