"""Who may order now: as fast as the supplier takes it, and one by one after it has failed.

In each process a supplier has a few hands at most: one that hangs leaves the others to the rest.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from suppliers.errors import SupplierBusy
from suppliers.models import Supplier

PROBE_EVERY = timedelta(seconds=30)
BURST = timedelta(seconds=2)  # what was not ordered before may be ordered at once, up to this
MOST_ORDERS, MOST_QUERIES = 24, 16  # at once in a process, of one supplier
_speaking: Counter[tuple[int, bool]] = Counter()
_lock = threading.Lock()


@contextmanager
def speaking(*, supplier_id: int, is_first: bool) -> Iterator[None]:
    """Count who speaks to the supplier in this process, while he does."""
    key = (supplier_id, is_first)
    with _lock:
        _speaking[key] += 1
    try:
        yield
    finally:
        with _lock:
            _speaking[key] -= 1
            if not _speaking[key]:
                del _speaking[key]


def is_crowded(*, supplier_id: int, is_first: bool) -> bool:
    """Whether so many speak to it already that another one would better do something else."""
    return _speaking[supplier_id, is_first] >= (MOST_ORDERS if is_first else MOST_QUERIES)


def take_turn(supplier: Supplier, *, is_probe: bool, now: datetime) -> None:
    """Take a place in the supplier's line, or raise SupplierBusy; in the caller's transaction.

    Each place is a conditional update: of many who come at once, one has it.
    """
    if is_crowded(supplier_id=supplier.pk, is_first=True):
        raise SupplierBusy(_("Many orders are with the supplier just now."))
    if is_probe and not _take_probe(supplier, now=now):
        raise SupplierBusy(_("The supplier rests after failures."))
    if supplier.most_per_minute and not _take_place(supplier, supplier.most_per_minute, now=now):
        raise SupplierBusy(_("The supplier takes no more orders in this minute."))


def _take_probe(supplier: Supplier, *, now: datetime) -> bool:
    due = Supplier.objects.filter(pk=supplier.pk).alias(due=Coalesce("probe_at", Value(now)))
    return bool(due.filter(due__lte=now).update(probe_at=now + PROBE_EVERY))


def _take_place(supplier: Supplier, most: int, *, now: datetime) -> bool:
    """The generic cell rate algorithm: one moment is the whole memory of the line."""
    paced = Greatest(Coalesce("paced_until", Value(now)), Value(now))
    free = Supplier.objects.filter(pk=supplier.pk).alias(paced=paced)
    step = timedelta(minutes=1) / most
    return bool(free.filter(paced__lte=now + BURST).update(paced_until=paced + Value(step)))
