"""Freezing, unfreezing and recalling a batch: at once if it is small, else by a worker.

From the click on no code of the batch is sold: selling asks for that. A claim does not, it would
walk over all that is not frozen yet: so a buyer may come to hold a code in vain, and is given
another. To keep these few, a large batch is gone through by its ids, the order of claims.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Count, Max, Min, QuerySet

from core.actors import SYSTEM, Actor
from core.scope import tenant_atomic
from inventory.models import Batch, Code, Hold, Shelf
from inventory.services import batches
from inventory.services.batches import begin, locked, move
from inventory.states import BatchState, CodeState, HoldState


@dataclass(frozen=True, slots=True)
class Change:
    """What a verb does to codes; `during` is the batch's state while a worker does it."""

    during: BatchState
    end: BatchState
    old: tuple[CodeState, ...]
    apply: "Callable[[QuerySet[Code]], int]"

    def codes(self, batch: Batch) -> "QuerySet[Code]":
        return Code.objects.filter(batch=batch, state__in=self.old)


@tenant_atomic
def freeze_batch(*, batch_id: int, by: Actor, reason: str, now: datetime) -> int:
    """Take the batch's unsold codes off sale; returns how many. Held ones are swapped when sold.

    A large number of them is left to a worker, as in the other two verbs.
    """
    return _start(_FREEZE, locked(batch_id), by=by, reason=reason, now=now)


@tenant_atomic
def unfreeze_batch(*, batch_id: int, by: Actor, reason: str, now: datetime) -> int:
    """Put a frozen batch back on sale; returns how many codes come back.

    Codes that are still held (unpaid or waiting to be delivered) go back to their holders.
    """
    return _start(_UNFREEZE, locked(batch_id), by=by, reason=reason, now=now)


@tenant_atomic
def recall_batch(*, batch_id: int, by: Actor, reason: str, now: datetime) -> int:
    """The batch is bad: its unsold codes never come back on sale; returns how many are sold by now.

    Sold ones stay with their buyers: `selectors.sold_of_batch` lists them for replacement.
    """
    _start(_RECALL, locked(batch_id), by=by, reason=reason, now=now)
    return _sold_of(batch_id)


class Walk:
    """A change in stretches of ids. Where it is needs no memory: what is done is in a new state."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._ids = range(0)

    def stretch(self, batch: Batch, *, most: int) -> int | None:
        codes = self._change.codes(batch)
        if not self._ids:
            # The count keeps Postgres from looking for the least id along the whole table's ids.
            found = codes.aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
            if not found["count"]:
                return None
            self._ids = range(found["first"], found["last"] + 1)
        ids, self._ids = self._ids[:most], self._ids[most:]
        return self._change.apply(codes.filter(pk__gte=ids[0], pk__lte=ids[-1]))

    def finish(self, batch: Batch, *, now: datetime) -> None:
        begun = batch.moves.filter(new=self._change.during).latest("pk")
        _end(self._change, batch, batch.done, by=SYSTEM, reason=begun.reason, now=now)


def _start(change: Change, batch: Batch, *, by: Actor, reason: str, now: datetime) -> int:
    found = change.codes(batch).count()
    if found > batches.AT_ONCE:
        begin(batch, change.during, codes=found, by=by, reason=reason, now=now)
        return found
    moved = change.apply(change.codes(batch))
    _end(change, batch, moved, by=by, reason=reason, now=now)
    return moved


def _end(
    change: Change, batch: Batch, moved: int, *, by: Actor, reason: str, now: datetime
) -> None:
    data = {"codes": moved}
    if change.end == BatchState.RECALLED:
        data["sold"] = _sold_of(batch.pk)
    move(batch, change.end, by=by, reason=reason, now=now, data=data)


def _sold_of(batch_id: int) -> int:
    return Code.objects.filter(batch_id=batch_id, state=CodeState.SOLD).count()


def _freeze(codes: "QuerySet[Code]") -> int:
    """Move the codes that are in an old state still; the batch's own row tells of them."""
    return codes.update(state=CodeState.FROZEN)


def _unfreeze(codes: "QuerySet[Code]") -> int:
    live = Hold.objects.filter(state__in=[HoldState.RESERVED, HoldState.KEPT])
    mine = live.filter(code_id__in=codes.values("pk")).order_by("pk")
    # Locked: one that is given back meanwhile would leave its code reserved for nobody.
    held = list(mine.select_for_update(no_key=True).values_list("code_id", flat=True))
    shelves = set(codes.values_list("sku_id", "expires_on").distinct())
    kept = codes.filter(pk__in=held).update(state=CodeState.RESERVED)
    back = codes.update(state=CodeState.AVAILABLE)
    for sku_id, day in shelves:
        empty = Shelf.objects.filter(sku_id=sku_id, expires_on=day, is_empty=True)
        empty.update(is_empty=False)
    return kept + back


_FREEZE = Change(
    during=BatchState.FREEZING,
    end=BatchState.FROZEN,
    old=(CodeState.AVAILABLE, CodeState.RESERVED),
    apply=_freeze,
)
_UNFREEZE = Change(
    during=BatchState.UNFREEZING, end=BatchState.OPEN, old=(CodeState.FROZEN,), apply=_unfreeze
)
_RECALL = Change(
    during=BatchState.RECALLING, end=BatchState.RECALLED, old=_FREEZE.old, apply=_freeze
)
WORK = {change.during: partial(Walk, change) for change in (_FREEZE, _UNFREEZE, _RECALL)}
