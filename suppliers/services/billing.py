"""A supplier's bill: read from its file, then compared with our own tries.

The third side, whether a delivery's own money is here, is a higher floor's to compare.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.constraints import broken_rule
from core.errors import FileRefused
from core.scope import tenant_atomic
from core.statements import run
from suppliers.errors import BillReadAlready
from suppliers.models import Bill, BillLine, Supplier
from suppliers.selectors.settlement import attempts_of_bill, shop_zone, span_of
from suppliers.services.bills import check_days, locked_bill, move_bill, note_bill
from suppliers.services.breaks import keep_breaks
from suppliers.services.matching import Ours, Theirs, charged, differences
from suppliers.services.reading_bills import NewLine, Reading, read_lines
from suppliers.states import OF_THE_BILL, BillState, BreakKind
from suppliers.types import BillFile, FoundBreak
from tenants import audit

_AT_ONCE = 5_000
_STORE = """
    INSERT INTO suppliers_billline
           (tenant_id, bill_id, "row", number, supplier_ref, amount_e4, said, at)
    SELECT %(tenant)s, %(bill)s, line.*
      FROM unnest(%(row)s::integer[], %(number)s::text[], %(supplier_ref)s::text[],
                  %(amount_e4)s::bigint[], %(said)s::text[], %(at)s::timestamptz[]) AS line
"""
_NEAR = timedelta(days=2)


@tenant_atomic
def look_at_bill(*, body: bytes, mapping: Mapping[str, int] | None) -> Reading:
    """What would be read; nothing is stored. Raises FileRefused."""
    return read_lines(body=body, mapping=mapping, zone=shop_zone())


@tenant_atomic
def read_bill(
    *, supplier_id: int, file: BillFile, by: Actor, now: datetime
) -> tuple[Bill | None, Reading]:
    """Store the file's lines as a bill, once: raises BillReadAlready for the same file.

    With bad lines there is no bill, unless the file `skips_bad`: the reading says which they are.
    """
    supplier = Supplier.objects.get(pk=supplier_id)
    digest = hashlib.sha256(file.body).hexdigest()
    _check(file, supplier, digest)
    reading = look_at_bill(body=file.body, mapping=file.mapping)
    if not reading.is_understood:
        raise FileRefused(
            _("Say which column holds the amount, and which the order number."), param="file"
        )
    if reading.bad_count and not file.skips_bad:
        return None, reading
    if not reading.lines:
        raise FileRefused(_("There is no line in this file that can be read."), param="file")
    bill = _stored(supplier, file, reading, digest=digest, by=by, now=now)
    told: dict[str, str | int | None] = {"file": file.name[:120], "lines": bill.count}
    audit.record(by=by, action="bill.read", target=supplier.name, data=told, now=now)
    return bill, reading


@tenant_atomic
def match_bill(*, bill_id: int, by: Actor, now: datetime) -> Bill:
    """Compare the bill with our own tries; a second time changes what has changed since."""
    bill = locked_bill(bill_id=bill_id)
    found = differences(ours=_ours(bill), theirs=_theirs(bill))
    stands_elsewhere = _elsewhere(bill, found)
    kept = [one for one in found if one.number not in stands_elsewhere]
    keep_breaks(bill_id=bill.pk, kinds=OF_THE_BILL, found=kept, now=now)
    if bill.state == BillState.READ:
        move_bill(bill, BillState.MATCHED, reason="matched", by=by, now=now)
    else:
        bill.matched_at = now
        bill.save(update_fields=["matched_at"])
    return bill


def _check(file: BillFile, supplier: Supplier, digest: str) -> None:
    check_days(since=file.since, until=file.until)
    if Bill.objects.filter(supplier=supplier, file_hash=digest).exists():
        raise _read_already()


def _read_already() -> BillReadAlready:
    return BillReadAlready(_("This very file was read before: it is in the list."), param="file")


def _stored(
    supplier: Supplier, file: BillFile, reading: Reading, *, digest: str, by: Actor, now: datetime
) -> Bill:
    bill = Bill(
        supplier=supplier,
        since=file.since,
        until=file.until,
        file_name=file.name.replace("\0", "")[-120:],
        file_hash=digest,
        currency=supplier.currency,
        total_e4=reading.total_e4,
        count=len(reading.lines),
        by=by.label[:80],
        made_at=now,
    )
    try:
        with tenant_atomic():
            bill.save()
    except IntegrityError as why:
        if broken_rule(why) != "bill_file_once":
            raise
        raise _read_already() from None
    _store_lines(bill, reading)
    note_bill(bill, by=by, now=now)
    return bill


def _store_lines(bill: Bill, reading: Reading) -> None:
    for at in range(0, len(reading.lines), _AT_ONCE):
        some = reading.lines[at : at + _AT_ONCE]
        columns = {name: [getattr(line, name) for line in some] for name in NewLine.__slots__}
        run(_STORE, {"tenant": bill.tenant_id, "bill": bill.pk, **columns})


def _ours(bill: Bill) -> Iterator[Ours]:
    begins, ends = span_of(since=bill.since, until=bill.until)
    names = ("number", "supplier_ref", "state", "cost_e4", "sent_at")
    rows = attempts_of_bill(bill=bill).order_by().values_list(*names)
    for number, supplier_ref, state, cost_e4, sent_at in rows.iterator():
        is_due = sent_at is not None and begins <= sent_at < ends
        yield Ours(number, supplier_ref, state, cost_e4 or 0, is_due)


def _theirs(bill: Bill) -> Iterator[Theirs]:
    rows = BillLine.objects.filter(bill=bill).order_by()
    for number, supplier_ref, amount_e4, said in rows.values_list(
        "number", "supplier_ref", "amount_e4", "said"
    ).iterator():
        yield Theirs(number, supplier_ref, charged(amount_e4=amount_e4, said=said))


def _elsewhere(bill: Bill, found: list[FoundBreak]) -> set[str]:
    """What is not on this bill and is on the next: around midnight two clocks mean two days."""
    missing = [one for one in found if one.kind == BreakKind.OURS_ONLY]
    near = Bill.objects.filter(
        supplier_id=bill.supplier_id, since__lte=bill.until + _NEAR, until__gte=bill.since - _NEAR
    )
    near_ids = list(near.exclude(pk=bill.pk).values_list("pk", flat=True))
    if not missing or not near_ids:
        return set()
    lines = BillLine.objects.filter(bill_id__in=near_ids).order_by()
    numbers = set(lines.values_list("number", flat=True))
    refs = set(lines.values_list("supplier_ref", flat=True)) - {""}
    return {one.number for one in missing if one.number in numbers or one.supplier_ref in refs}
