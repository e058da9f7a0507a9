"""Reads of what is settled with suppliers: whose purchases a bill is about, and what differs."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from suppliers.models import Attempt, BalanceNote, Bill, BillLine, Break, Supplier
from suppliers.states import BILL_AT_WORK, AttemptState
from suppliers.types import Purchase
from tenants.selectors import get_shop


def shop_zone() -> ZoneInfo:
    return ZoneInfo(get_shop().time_zone)


def span_of(*, since: date, until: date) -> tuple[datetime, datetime]:
    """The moments between which these days lie in the merchant's zone; the second is beyond."""
    zone = shop_zone()
    begins, ends = (datetime.combine(day, time(), zone) for day in (since, until))
    return begins, datetime.combine(ends.date() + timedelta(days=1), time(), zone)


def attempts_of_bill(*, bill: Bill) -> "QuerySet[Attempt]":
    """What was ordered on its days, and what it names whenever that was ordered.

    The day that counts is the day of the order: suppliers take the money then.
    """
    begins, ends = span_of(since=bill.since, until=bill.until)
    lines = BillLine.objects.filter(bill=bill).order_by()
    numbers = lines.exclude(number="").values("number")
    refs = lines.exclude(supplier_ref="").values("supplier_ref")
    named = Q(number__in=numbers) | Q(supplier_ref__in=refs)
    on_its_days = Q(sent_at__gte=begins, sent_at__lt=ends)
    return Attempt.objects.filter(named | on_its_days, offer__supplier_id=bill.supplier_id)


def bought_of_bill(*, bill_id: int) -> Iterator[Purchase]:
    """What the supplier is paid for by our own books, as far as the bill is about it."""
    bill = Bill.objects.get(pk=bill_id)
    found = attempts_of_bill(bill=bill).filter(state=AttemptState.SUCCESS)
    rows = found.values_list("pk", "unit_id", "number", "supplier_ref", "cost_e4")
    for attempt_id, unit_id, number, supplier_ref, cost_e4 in rows.iterator():
        yield Purchase(
            attempt_id=attempt_id,
            unit_id=unit_id,
            number=number,
            supplier_ref=supplier_ref,
            cost_e4=cost_e4 or 0,
        )


def due_bills(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, bill) of those to be read or compared that no living worker has."""
    due = Bill.objects.using("ops").filter(state__in=sorted(BILL_AT_WORK), lease_until__lte=now)
    return list(due.order_by("lease_until").values_list("tenant_id", "pk")[:limit])


def due_bill_files(*, names: Collection[str]) -> set[str]:
    """Those of these sealed files that a bill is still to be read from, across tenants."""
    kept = Bill.objects.using("ops").filter(sealed_name__in=names).order_by()
    return set(kept.values_list("sealed_name", flat=True))


def get_supplier(*, supplier_id: int) -> Supplier:
    return Supplier.objects.get(pk=supplier_id)


def get_bill(*, bill_id: int) -> Bill:
    return Bill.objects.select_related("supplier").get(pk=bill_id)


def lines_of_bill(*, bill_id: int, number: str = "") -> "QuerySet[BillLine]":
    """As they stand in the file; with a `number`, ours or theirs, those that are about it."""
    lines = BillLine.objects.filter(bill_id=bill_id).order_by("row")
    return lines.filter(Q(number=number) | Q(supplier_ref=number)) if number else lines


def breaks() -> "QuerySet[Break]":
    """All of them, the latest first."""
    return Break.objects.select_related("supplier", "bill").order_by("-pk")


def find_note_before(*, supplier_id: int, now: datetime) -> BalanceNote | None:
    """The last one of an earlier day: what a day is reckoned from, each time it is looked at."""
    today = datetime.combine(now.astimezone(shop_zone()).date(), time(), shop_zone())
    notes = BalanceNote.objects.filter(supplier_id=supplier_id, at__lt=today)
    return notes.order_by("-at", "-pk").first()
