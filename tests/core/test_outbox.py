"""A fact is recorded with its change, and heard at least once, whatever happens to the messages."""

from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import outbox
from core.errors import AppError
from core.models import OutboxRow
from core.outbox import Event, emit
from core.scope import bind, tenant_atomic

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
heard: list[int] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorOpened(Event):
    door_id: int


def listen(*, door_id, now):
    heard.append(door_id)


def refuse(*, door_id, now):
    raise AppError("not today")


@pytest.fixture
def listeners(monkeypatch):
    heard.clear()
    monkeypatch.setattr(outbox, "_listeners", {})
    outbox.subscribe(DoorOpened, listen)


def emit_one():
    with tenant_atomic():
        emit(DoorOpened(door_id=5))
        return OutboxRow.objects.get()


def test_a_fact_outside_a_transaction_is_refused(shop, listeners):
    with pytest.raises(RuntimeError):
        emit(DoorOpened(door_id=5))


def test_a_fact_is_gone_with_the_change_it_tells_of(shop, listeners):
    with tenant_atomic():
        emit(DoorOpened(door_id=5))
        transaction.set_rollback(True)

    with tenant_atomic():
        assert not OutboxRow.objects.exists()


def test_a_fact_is_heard_once_however_often_a_worker_is_nudged(shop, listeners):
    row = emit_one()

    for _ in range(3):
        outbox.hear(row_id=row.pk, now=timezone.now())

    assert heard == [5]


def test_a_lost_message_is_found_by_the_sweeper(shop, listeners):
    row = emit_one()

    due = outbox.due_rows(now=timezone.now(), limit=10)

    assert due == [(shop.pk, row.pk)]


def test_a_listener_that_refuses_is_asked_again_later(shop, listeners):
    outbox.subscribe(DoorOpened, refuse)
    with tenant_atomic():
        emit(DoorOpened(door_id=5))
        row = OutboxRow.objects.get(listener__endswith="refuse")
    now = timezone.now()

    outbox.hear(row_id=row.pk, now=now)

    with tenant_atomic():
        row.refresh_from_db()
    assert (row.heard_at, row.tries, row.last_error) == (None, 1, "refused")
    assert row.next_at == now + timedelta(seconds=4)


def test_a_worker_that_dies_is_followed_by_another_after_the_lease(shop, listeners):
    row = emit_one()
    now = timezone.now()
    outbox._take(row.pk, now=now)

    outbox.hear(row_id=row.pk, now=now + timedelta(seconds=1))
    early = list(heard)
    outbox.hear(row_id=row.pk, now=now + outbox.LEASE)

    assert (early, heard) == ([], [5])


def test_another_tenants_fact_is_not_heard_by_number(shop, other_shop, listeners):
    row = emit_one()

    def as_other():
        with bind(other_shop.pk):
            outbox.hear(row_id=row.pk, now=timezone.now())

    Context().run(as_other)

    assert heard == []
