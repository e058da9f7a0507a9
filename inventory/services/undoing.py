"""Undoing a batch: at once if it is small, else by a worker, in stretches that a kill cannot hurt.

Until its stretch comes a code of a large batch is still on sale. One that a buyer has by then is
the buyer's, and the batch ends frozen instead of undone.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.failpoints import reach
from core.scope import require_tenant, tenant_atomic
from inventory.errors import BatchInUse
from inventory.models import Batch, Code, Hold
from inventory.selectors import counts_of_batches
from inventory.services.batches import locked, move, move_codes
from inventory.states import BatchState, CodeState, HoldState

AT_ONCE = 1_000  # within the request
# A stretch grows and shrinks to about a second. It begins small, because Postgres may know nothing
# yet of codes that came a moment ago, and then checks the keys of each one by a walk over many;
# once autovacuum has counted them the next stretch is planned anew.
LEAST, MOST = 100, 10_000
GOOD_SECONDS = 1.0
LEASE = timedelta(seconds=60)
# Shorter than the lease: a statement that goes wrong is given up, and tried anew in small ones.
_PATIENCE = "SET LOCAL statement_timeout = '45s'"
_FREE_STATES = (CodeState.AVAILABLE, CodeState.FROZEN, CodeState.EXPIRED)
_LIVE = (HoldState.RESERVED, HoldState.KEPT)

# Waits for a claim that has one of them just now, and then sees whether it was taken.
_FREE = """
    SELECT id FROM inventory_code AS code
     WHERE tenant_id = %(tenant)s AND batch_id = %(batch)s AND state = ANY(%(states)s)
       AND NOT EXISTS (SELECT 1 FROM inventory_hold
                        WHERE tenant_id = %(tenant)s AND code_id = code.id AND state <> 'released')
     LIMIT %(most)s FOR UPDATE OF code
"""
# By SQL: Django would read the rows into memory to delete them. The last count is the codes.
_FORGET = """
    DELETE FROM inventory_hold WHERE tenant_id = %(tenant)s AND code_id = ANY(%(ids)s);
    DELETE FROM inventory_codemove WHERE tenant_id = %(tenant)s AND code_id = ANY(%(ids)s);
    DELETE FROM inventory_code WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)
"""


@tenant_atomic
def undo_batch(*, batch_id: int, by: Actor, now: datetime) -> int:
    """As if the batch had never been loaded: its codes are deleted and may be loaded again.

    Returns how many they are. A large number of them is left to a worker, which the sweeper starts
    within a second. Raises BatchInUse when one of them is held or sold.
    """
    batch = locked(batch_id)
    counts = counts_of_batches(batch_ids=[batch_id]).get(batch_id, {})
    total = sum(counts.values())
    _refuse_if_used(batch, counts)
    if total <= AT_ONCE:
        move(batch, BatchState.UNDONE, by=by, reason="undone", now=now, data={"codes": total})
        if _forget_free(batch, most=AT_ONCE) < total:
            raise _in_use(Code.objects.filter(batch=batch).count())
        return total
    batch.undone, batch.lease_until = 0, now
    batch.save(update_fields=["undone", "lease_until"])
    move(batch, BatchState.UNDOING, by=by, reason="undone", now=now, data={"codes": total})
    return total


def undo_codes(*, batch_id: int, now: datetime) -> None:
    """Go on with an undo that was left to a worker; nothing if another worker is at it."""
    if not _claim(batch_id, now=now):
        return
    size, seconds = LEAST, _seconds()
    began = seconds()
    while _undo_stretch(batch_id=batch_id, most=size, now=now + timedelta(seconds=began)):
        reach("inventory.undo_after_stretch")
        took, began = seconds() - began, seconds()
        size = min(MOST, 2 * size) if took < GOOD_SECONDS else max(LEAST, size // 2)


def _refuse_if_used(batch: Batch, counts: dict[str, int]) -> None:
    used = sum(count for state, count in counts.items() if state not in _FREE_STATES)
    if not used and counts.get(CodeState.FROZEN):
        held = Hold.objects.filter(state__in=_LIVE, code__batch=batch, code__state=CodeState.FROZEN)
        used = held.count()
    if used:
        raise _in_use(used)


def _in_use(used: int) -> BatchInUse:
    words = _("Codes of this batch are held or sold. Freeze or recall it instead.")
    return BatchInUse(words, used=used)


def _forget_free(batch: Batch, *, most: int) -> int:
    """Delete so many of the codes that nobody has; says how many they were."""
    given: dict[str, Any] = {"tenant": require_tenant(), "batch": batch.pk, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, given | {"states": [str(state) for state in _FREE_STATES]})
        ids = [code_id for (code_id,) in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(_FORGET, given | {"ids": ids})
        return int(cursor.rowcount)


@tenant_atomic(durable=True)
def _claim(batch_id: int, *, now: datetime) -> bool:
    """Never waits: a worker whose stretch outlasts its lease would have all the others queue up."""
    free = Batch.objects.select_for_update(no_key=True, skip_locked=True)
    due = free.filter(pk=batch_id, state=BatchState.UNDOING, lease_until__lte=now).first()
    if due is None:
        return False
    due.lease_until = now + LEASE
    due.save(update_fields=["lease_until"])
    return True


def _seconds() -> Callable[[], float]:
    """How long ago this was called: carries the caller's `now` on, which an undo outlasts."""
    started = time.monotonic()
    return lambda: time.monotonic() - started


@tenant_atomic(durable=True)
def _undo_stretch(*, batch_id: int, most: int, now: datetime) -> bool:
    """One stretch, and that it was done; False at the end, or when a person has frozen the batch.

    Two workers at once, after a lease ran out, do no harm: they take turns at the batch's row.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
    batch = locked(batch_id)
    if batch.state != BatchState.UNDOING:
        return False
    gone = _forget_free(batch, most=most)
    if gone:
        renewed = {"undone": F("undone") + gone, "lease_until": now + LEASE}
        Batch.objects.filter(pk=batch_id).update(**renewed)
        return True
    _finish(batch, now=now)
    return False


def _finish(batch: Batch, *, now: datetime) -> None:
    left = Code.objects.filter(batch=batch).count()
    if left:
        move_codes(batch, old=[CodeState.RESERVED], new=CodeState.FROZEN)
    new = BatchState.FROZEN if left else BatchState.UNDONE
    reason = "taken_meanwhile" if left else "undone"
    data = {"codes": batch.undone, "left": left}
    move(batch, new, by=SYSTEM, reason=reason, now=now, data=data)
    Batch.objects.filter(pk=batch.pk).update(lease_until=None)
