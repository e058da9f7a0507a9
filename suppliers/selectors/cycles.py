"""What is settled with suppliers, cycle by cycle: what we owe by our own books, what their bills
say, what was paid, and where they differ."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from suppliers.models import Attempt, AttemptMove, Bill, Break, Supplier, SupplierPayment
from suppliers.selectors.settlement import shop_zone, span_of
from suppliers.states import BILL_UNREAD, AttemptState, BreakState, Cycle

Sums = dict[tuple[int, date], int]
_DAY = timedelta(days=1)
_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFigures:
    """From `since` to `until`, both with it. `billed_e4` is none where there is no bill; a bill is
    of the cycle in which its last day lies. `due_on` is none where the supplier is paid before."""

    supplier: Supplier
    since: date
    until: date
    ours_e4: int
    billed_e4: int | None
    paid_e4: int
    bills: tuple[Bill, ...]
    breaks: int
    breaks_open: int

    @property
    def differs_e4(self) -> int | None:
        """What the bills want more than our books."""
        return None if self.billed_e4 is None else self.billed_e4 - self.ours_e4

    @property
    def left_e4(self) -> int:
        """What is still to be paid by our books; below zero it was paid in advance."""
        return self.ours_e4 - self.paid_e4

    @property
    def due_on(self) -> date | None:
        is_before = self.supplier.cycle == Cycle.PREPAID
        return None if is_before else self.until + timedelta(days=self.supplier.pay_days)


def cycle_of(*, cycle: str, day: date) -> tuple[date, date]:
    """The first and the last day of the cycle with this day. Weeks begin on Monday; who is paid in
    advance is looked at by the month."""
    if cycle == Cycle.DAILY:
        return day, day
    if cycle == Cycle.WEEKLY:
        first = day - timedelta(days=day.weekday())
        return first, first + _WEEK
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def cycles_of(*, suppliers: Sequence[Supplier], until: date, count: int) -> list[CycleFigures]:
    """So many cycles of each, the latest first: back from the one with the day `until`.

    As many queries for one supplier as for all.
    """
    spans = [
        (supplier, *span)
        for supplier in suppliers
        for span in _back_from(supplier.cycle, until, count)
    ]
    if not spans:
        return []
    since = min(first for _one, first, _last in spans)
    ends = max(last for _one, _first, last in spans)
    ids = [supplier.pk for supplier in suppliers]
    bills = _bills(ids, since, ends)
    books = _Books(
        owed=_owed(ids, since, ends),
        paid=_paid(ids, since, ends),
        bills=bills,
        breaks=_breaks(bills),
    )
    return [_figures(books, *span) for span in spans]


def payments_to_suppliers() -> "QuerySet[SupplierPayment]":
    """All of them, the latest first, with whether there is a proof of each."""
    rows = SupplierPayment.objects.select_related("supplier").order_by("-pk")
    return rows.annotate(proof_count=Count("proofs"))


def _back_from(cycle: str, day: date, count: int) -> Iterable[tuple[date, date]]:
    for _unused in range(count):
        first, last = cycle_of(cycle=cycle, day=day)
        yield first, last
        day = first - _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """Of some suppliers over some days: sums by supplier and day; counts of breaks, and of open
    ones, by bill."""

    owed: Sums
    paid: Sums
    bills: Sequence[Bill]
    breaks: dict[int, tuple[int, int]]


def _figures(books: _Books, supplier: Supplier, first: date, last: date) -> CycleFigures:
    mine = (bill for bill in books.bills if bill.supplier_id == supplier.pk)
    here = tuple(bill for bill in mine if first <= bill.until <= last)
    counts = [books.breaks.get(bill.pk, (0, 0)) for bill in here]
    return CycleFigures(
        supplier=supplier,
        since=first,
        until=last,
        ours_e4=_within(books.owed, supplier.pk, first, last),
        billed_e4=sum(bill.total_e4 for bill in here) if here else None,
        paid_e4=_within(books.paid, supplier.pk, first, last),
        bills=here,
        breaks=sum(count for count, _open in counts),
        breaks_open=sum(open_ for _count, open_ in counts),
    )


def _within(sums: Sums, supplier_id: int, first: date, last: date) -> int:
    days = (first + _DAY * at for at in range((last - first).days + 1))
    return sum(sums.get((supplier_id, day), 0) for day in days)


def _owed(ids: Sequence[int], since: date, until: date) -> Sums:
    """What was bought on each day, less what was taken back on it."""
    begins, ends = span_of(since=since, until=until)
    bought = Attempt.objects.filter(
        offer__supplier_id__in=ids,
        sent_at__gte=begins,
        sent_at__lt=ends,
        state__in=[AttemptState.SUCCESS, AttemptState.REVERSED],
    )
    back = AttemptMove.objects.filter(
        attempt__offer__supplier_id__in=ids,
        new=AttemptState.REVERSED,
        old=AttemptState.SUCCESS,
        at__gte=begins,
        at__lt=ends,
    )
    zone = shop_zone()
    sums: Sums = defaultdict(int)
    by_day = bought.order_by().values_list("offer__supplier_id", TruncDate("sent_at", tzinfo=zone))
    for supplier_id, day, cost_e4 in by_day.annotate(Sum("cost_e4")):
        sums[supplier_id, day] += cost_e4 or 0
    back_by_day = back.order_by().values_list(
        "attempt__offer__supplier_id", TruncDate("at", tzinfo=zone)
    )
    for supplier_id, day, cost_e4 in back_by_day.annotate(Sum("attempt__cost_e4")):
        sums[supplier_id, day] -= cost_e4 or 0
    return sums


def _paid(ids: Sequence[int], since: date, until: date) -> Sums:
    rows = SupplierPayment.objects.filter(
        supplier_id__in=ids, counts_on__gte=since, counts_on__lte=until, undone_at=None
    )
    found = rows.order_by().values("supplier_id", "counts_on").annotate(sum=Sum("amount_e4"))
    return {(row["supplier_id"], row["counts_on"]): row["sum"] for row in found}


def _bills(ids: Sequence[int], since: date, until: date) -> list[Bill]:
    rows = Bill.objects.filter(supplier_id__in=ids, until__gte=since, until__lte=until)
    return list(rows.exclude(state__in=sorted(BILL_UNREAD)).order_by("since", "pk"))


def _breaks(bills: Sequence[Bill]) -> dict[int, tuple[int, int]]:
    """How many a bill has, and how many of them are open."""
    rows = Break.objects.filter(bill_id__in=[bill.pk for bill in bills]).order_by()
    is_open = Q(state=BreakState.OPEN)
    counted = rows.values("bill_id").annotate(all=Count("pk"), open=Count("pk", filter=is_open))
    return {row["bill_id"]: (row["all"], row["open"]) for row in counted}
