"""Who may order now: as fast as the supplier takes it, and one by one after it has failed.

In each process a supplier has a few hands at most: one that hangs leaves the others to the rest.
Who finds no hand free stands in line, and a hand that is done takes the next one at once.
"""

import threading
from collections import Counter, defaultdict
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
MOST_ORDERS, MOST_QUERIES = 40, 16  # at once in a process, of one supplier
LONGEST_LINE = 2_000  # things, in a process, for one supplier
_speaking: Counter[tuple[int, bool]] = Counter()
_lines: defaultdict[int, dict[int, None]] = defaultdict(dict)
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


def stand_in_line(*, supplier_id: int, thing_id: int) -> bool:
    """Whether all hands are full, and the thing waits in this process for the first that is done.

    It may wait in vain (a process that ends forgets its lines): its row is to say when it is
    looked at all the same.
    """
    with _lock:
        line = _lines[supplier_id]
        has_room = thing_id in line or len(line) < LONGEST_LINE
        if not (has_room and is_crowded(supplier_id=supplier_id, is_first=True)):
            return False
        line[thing_id] = None
        return True


def next_in_line(*, supplier_id: int) -> int | None:
    """Who has waited longest, for a hand that is done; he leaves the line.

    None while all hands are full: it was not an order's that is done, or another took its place.
    """
    with _lock:
        line = _lines.get(supplier_id)
        if not line or is_crowded(supplier_id=supplier_id, is_first=True):
            return None
        first = next(iter(line))
        del line[first]
        return first


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
