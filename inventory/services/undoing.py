"""Undoing a batch: at once if it is small, else by a worker.

Until its stretch comes a code of a large batch is still on sale. One that a buyer has by then is
the buyer's, and the batch ends frozen instead of undone.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.scope import require_tenant, tenant_atomic
from inventory.errors import BatchInUse
from inventory.models import Batch, Code, Hold
from inventory.selectors import counts_of_batches
from inventory.services import batches
from inventory.services.batches import begin, locked, move
from inventory.states import BatchState, CodeState, HoldState

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
    if total <= batches.AT_ONCE:
        move(batch, BatchState.UNDONE, by=by, reason="undone", now=now, data={"codes": total})
        if _forget_free(batch, most=total) < total:
            raise _in_use(Code.objects.filter(batch=batch).count())
        return total
    begin(batch, BatchState.UNDOING, codes=total, by=by, reason="undone", now=now)
    return total


class Undo:
    """An undo in stretches."""

    def stretch(self, batch: Batch, *, most: int) -> int | None:
        return _forget_free(batch, most=most) or None

    def finish(self, batch: Batch, *, now: datetime) -> None:
        left = Code.objects.filter(batch=batch)
        count = left.count()
        left.filter(state=CodeState.RESERVED).update(state=CodeState.FROZEN)
        new = BatchState.FROZEN if count else BatchState.UNDONE
        reason = "taken_meanwhile" if count else "undone"
        data = {"codes": batch.done, "left": count}
        move(batch, new, by=SYSTEM, reason=reason, now=now, data=data)


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
