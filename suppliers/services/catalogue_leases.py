"""Exactly one reader is at a catalogue: a lease with a fencing number. A process has few readers.

They share their threads with the purchases, which must not wait for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.db.models import F, Q, QuerySet

from core.scope import tenant_atomic
from suppliers.adapters import LISTING
from suppliers.models import Catalogue, Supplier

MOST_AT_ONCE = 4  # readings of a process
READS_WITHIN = timedelta(minutes=4)
LEASE = timedelta(minutes=6)  # longer than it reads and keeps; a reader that died is followed
SPREAD = timedelta(minutes=30)
_STRIDE = 1_111  # has no divisor in common with SPREAD's seconds: neighbours come far apart

_hands = BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    supplier: Supplier
    fence: int


@contextmanager
def free_hand() -> Iterator[bool]:
    """Whether this process may begin another reading; if not, the sweeper comes again."""
    is_free = _hands.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _hands.release()


@tenant_atomic(durable=True)
def claim_catalogue(supplier_id: int, *, now: datetime) -> Held | None:
    """The supplier, for exactly one reader, if its catalogue is due: the row count is the lock."""
    supplier = Supplier.objects.get(pk=supplier_id)
    if not supplier.is_on or supplier.protocol not in LISTING:
        return None
    found = catalogue_of(supplier, next_at=_first_at(supplier, now=now))
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Catalogue.objects.filter(is_free, pk=found.pk, next_at__lte=now)
    if not due.update(fence=F("fence") + 1, lease_until=now + LEASE):
        return None
    found.refresh_from_db(fields=["fence"])
    return Held(supplier=supplier, fence=found.fence)


def held_catalogue(held: Held) -> Catalogue | None:
    """The row, locked, if it is still ours; None if another reader has claimed it since."""
    return locked_catalogue(held.supplier).filter(fence=held.fence).first()


def locked_catalogue(supplier: Supplier) -> "QuerySet[Catalogue]":
    rows = Catalogue.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(supplier=supplier)


@tenant_atomic(durable=True)
def give_back(held: Held) -> None:
    """Nothing was kept: another reader begins again, at once."""
    mine = Catalogue.objects.filter(supplier=held.supplier, fence=held.fence)
    mine.update(lease_until=None)


def catalogue_of(supplier: Supplier, *, next_at: datetime) -> Catalogue:
    """Its row; a new one is read at `next_at`."""
    return Catalogue.objects.get_or_create(supplier=supplier, defaults={"next_at": next_at})[0]


def _first_at(supplier: Supplier, *, now: datetime) -> datetime:
    """A new supplier is read at once. Old ones may become due all together, when we have learnt to
    read what they sell: they are spread out."""
    if now - supplier.made_at < SPREAD:
        return now
    return now + timedelta(seconds=supplier.pk * _STRIDE % SPREAD.total_seconds())
