"""What is done to each code of a large batch: by a worker, in stretches that a kill cannot hurt."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection
from django.db.models import F

from core.failpoints import reach
from core.scope import tenant_atomic
from inventory.models import Batch
from inventory.services import freezing, undoing
from inventory.services.batches import locked
from inventory.states import AT_WORK, BatchState

# A stretch grows and shrinks to about a second. It begins small, because Postgres may know nothing
# yet of codes that came a moment ago, and then checks the keys of each one by a walk over many;
# once autovacuum has counted them the next stretch is planned anew.
LEAST, MOST = 100, 10_000
GOOD_SECONDS = 1.0
LEASE = timedelta(seconds=60)
# Shorter than the lease: a statement that goes wrong is given up, and tried anew in small ones.
_PATIENCE = "SET LOCAL statement_timeout = '45s'"


class Work(Protocol):
    """What is to be done in one state of a batch. Its row is locked meanwhile."""

    def stretch(self, batch: Batch, *, most: int) -> int | None:
        """Deal with so many codes; says how many they were, or None: there are no more."""

    def finish(self, batch: Batch, *, now: datetime) -> None:
        """Move the batch out of its state."""


WORK: Mapping[BatchState, Callable[[], Work]] = {
    BatchState.UNDOING: undoing.Undo,
    **freezing.WORK,
}


def go_through_batch(*, batch_id: int, now: datetime) -> None:
    """Go on with what was left to a worker; nothing if another worker is at it."""
    state = _claim(batch_id, now=now)
    if state is None:
        return
    work = WORK[state]()
    size, seconds = LEAST, _seconds()
    began = seconds()
    while _do_stretch(batch_id, state, work, most=size, now=now + timedelta(seconds=began)):
        reach("inventory.batch_after_stretch")
        took, began = seconds() - began, seconds()
        size = min(MOST, 2 * size) if took < GOOD_SECONDS else max(LEAST, size // 2)


@tenant_atomic(durable=True)
def _claim(batch_id: int, *, now: datetime) -> BatchState | None:
    """Never waits: a worker whose stretch outlasts its lease would have all the others queue up."""
    free = Batch.objects.select_for_update(no_key=True, skip_locked=True)
    due = free.filter(pk=batch_id, state__in=AT_WORK, lease_until__lte=now).first()
    if due is None:
        return None
    due.lease_until = now + LEASE
    due.save(update_fields=["lease_until"])
    return BatchState(due.state)


def _seconds() -> Callable[[], float]:
    """How long ago this was called: carries the caller's `now` on, which the work outlasts."""
    started = time.monotonic()
    return lambda: time.monotonic() - started


@tenant_atomic(durable=True)
def _do_stretch(batch_id: int, state: BatchState, work: Work, *, most: int, now: datetime) -> bool:
    """One stretch, and that it was done; False at the end, or when a person wants something else.

    Two workers at once, after a lease ran out, do no harm: they take turns at the batch's row.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
    batch = locked(batch_id)
    if batch.state != state:
        return False
    done = work.stretch(batch, most=most)
    if done is None:
        work.finish(batch, now=now)
        Batch.objects.filter(pk=batch_id).update(lease_until=None)
        return False
    Batch.objects.filter(pk=batch_id).update(done=F("done") + done, lease_until=now + LEASE)
    return True
