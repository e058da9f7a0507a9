"""A supplier's bill: its file is looked at, stored as lines, then compared with our own tries.

What is read within the request is the beginning of the file; a longer one is read on by a worker
(`reading_on`). The third side, whether a delivery's own money is here, is a higher floor's to
compare.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.constraints import broken_rule
from core.errors import FileRefused
from core.scope import tenant_atomic
from core.statements import run
from suppliers.errors import BillReadAlready
from suppliers.models import Bill, Supplier
from suppliers.selectors.settlement import shop_zone
from suppliers.services.bill_files import keep_file
from suppliers.services.bill_tables import about_lines
from suppliers.services.bills import check_days, locked_bill, move_bill, note_bill
from suppliers.services.breaks import keep_breaks
from suppliers.services.matching import differences
from suppliers.services.reading_bills import MOST_BAD, NewLine, Reading, Stretch, read_lines
from suppliers.states import BILL_UNREAD, OF_THE_BILL, BillState
from suppliers.types import BillFile
from tenants import audit

AT_ONCE = 2_000  # lines; what a person may wait for
_STORE = """
    INSERT INTO suppliers_billline
           (tenant_id, bill_id, "row", number, supplier_ref, amount_e4, said, at)
    SELECT %(tenant)s, %(bill)s, line.*
      FROM unnest(%(row)s::integer[], %(number)s::text[], %(supplier_ref)s::text[],
                  %(amount_e4)s::bigint[], %(said)s::text[], %(at)s::timestamptz[]) AS line
"""


@tenant_atomic
def look_at_bill(*, body: bytes, mapping: Mapping[str, int] | None) -> Reading:
    """What would be read, by the file's beginning; nothing is stored. Raises FileRefused."""
    return read_lines(body=body, mapping=mapping, zone=shop_zone(), most=AT_ONCE)


@tenant_atomic
def check_bill(*, supplier_id: int, body: bytes, since: date, until: date) -> None:
    """Whether there is a bill to be made of it, before it is looked at. Raises InvalidInput for the
    days, and BillReadAlready."""
    check_days(since=since, until=until)
    _check_once(Supplier.objects.get(pk=supplier_id), hashlib.sha256(body).hexdigest())


@tenant_atomic
def read_bill(
    *, supplier_id: int, file: BillFile, by: Actor, now: datetime
) -> tuple[Bill | None, Reading]:
    """Store the file's lines as a bill, once: raises BillReadAlready for the same file.

    A short file is read here; of a long one the bill is `reading`, and a worker goes on. With bad
    lines there is no bill, unless the file `skips_bad`: the reading says which they are.
    """
    supplier = Supplier.objects.get(pk=supplier_id)
    digest = hashlib.sha256(file.body).hexdigest()
    check_days(since=file.since, until=file.until)
    _check_once(supplier, digest)
    reading = look_at_bill(body=file.body, mapping=file.mapping)
    _check_read(reading)
    if reading.bad_count and not file.skips_bad:
        return None, reading
    bill = _opened(supplier, file, reading, digest=digest, by=by, now=now)
    told: dict[str, str | int | None] = {"file": file.name[:120], "bill": bill.pk}
    audit.record(by=by, action="bill.read", target=supplier.name, data=told, now=now)
    return bill, reading


@tenant_atomic
def match_bill(*, bill_id: int, by: Actor, now: datetime) -> Bill:
    """Compare the bill with our own tries; a second time changes what has changed since."""
    bill = locked_bill(bill_id=bill_id)
    if bill.state != BillState.MATCHING:
        move_bill(bill, BillState.MATCHING, reason="matching", by=by, now=now)
    keep_breaks(bill_id=bill.pk, kinds=OF_THE_BILL, found=differences(bill), now=now)
    bill.lease_until, bill.failure = None, ""
    bill.save(update_fields=["lease_until", "failure"])
    move_bill(bill, BillState.MATCHED, reason="matched", by=by, now=now)
    return bill


@tenant_atomic
def ask_to_match(*, bill_id: int, by: Actor, now: datetime) -> Bill:
    """Have a worker compare the bill: the sweeper finds it within a second. Twice is once."""
    bill = locked_bill(bill_id=bill_id)
    if bill.state != BillState.MATCHING:
        start_matching(bill, by=by, now=now)
    return bill


@tenant_atomic
def skip_bad_lines(*, bill_id: int, by: Actor, now: datetime) -> Bill:
    """Take a bill that has failed for its bad lines without them, and have it compared."""
    bill = locked_bill(bill_id=bill_id)
    if bill.failure != "bad_lines":
        raise FileRefused(_("This bill cannot be read. Load its file again."))
    bill.skips_bad, bill.failure = True, ""
    bill.save(update_fields=["skips_bad", "failure"])
    try:
        with tenant_atomic():
            move_bill(bill, BillState.READ, reason="without_bad_lines", by=by, now=now)
    except IntegrityError as why:
        raise _read_already_or(why) from None
    start_matching(bill, by=by, now=now)
    return bill


def start_matching(bill: Bill, *, by: Actor, now: datetime) -> None:
    """Of a locked bill whose lines are all there."""
    bill.lease_until = now
    bill.save(update_fields=["lease_until"])
    move_bill(bill, BillState.MATCHING, reason="matching", by=by, now=now)


def store_stretch(bill: Bill, stretch: Stretch) -> None:
    """Store lines of a locked bill, and what they come to; the caller saves its other columns."""
    if stretch.lines:
        names = NewLine.__slots__
        columns = {name: [getattr(line, name) for line in stretch.lines] for name in names}
        run(_STORE, {"tenant": bill.tenant_id, "bill": bill.pk, **columns})
    bill.count += len(stretch.lines)
    bill.total_e4 += stretch.total_e4
    bill.bad_count += stretch.bad_count
    bill.bad = [*bill.bad, *([one.row, one.reason] for one in stretch.bad)][:MOST_BAD]
    bill.done_lines = stretch.last
    bill.save(update_fields=["count", "total_e4", "bad_count", "bad", "done_lines", "lease_until"])


def _check_once(supplier: Supplier, digest: str) -> None:
    same = Bill.objects.filter(supplier=supplier, file_hash=digest)
    if same.exclude(state=BillState.FAILED).exists():
        raise _read_already()


def _check_read(reading: Reading) -> None:
    if not reading.is_understood:
        raise FileRefused(
            _("Say which column holds the amount, and which the order number."), param="file"
        )
    if reading.is_whole and not reading.lines and not reading.bad_count:
        raise _nothing_read()


def _nothing_read() -> FileRefused:
    return FileRefused(_("There is no line in this file that can be read."), param="file")


def _read_already() -> BillReadAlready:
    return BillReadAlready(_("This very file was read before: it is in the list."), param="file")


def _read_already_or(why: IntegrityError) -> Exception:
    return _read_already() if broken_rule(why) == "bill_file_once" else why


def _opened(
    supplier: Supplier, file: BillFile, reading: Reading, *, digest: str, by: Actor, now: datetime
) -> Bill:
    if reading.is_whole and not reading.lines:
        raise _nothing_read()
    bill = Bill(
        supplier=supplier,
        since=file.since,
        until=file.until,
        file_name=file.name.replace("\0", "")[-120:],
        file_hash=digest,
        currency=supplier.currency,
        total_e4=0,
        count=0,
        mapping=dict(file.mapping) if file.mapping else None,
        skips_bad=file.skips_bad,
        total_lines=about_lines(file.body),
        by=by.label[:80],
        made_at=now,
        state=BillState.READ if reading.is_whole else BillState.READING,
        lease_until=None if reading.is_whole else now,
    )
    _store_new(bill, file, reading)
    note_bill(bill, by=by, now=now)
    return bill


def _store_new(bill: Bill, file: BillFile, reading: Reading) -> None:
    if bill.state in BILL_UNREAD:
        keep_file(bill, file.body)
    try:
        with tenant_atomic():
            bill.save()
    except IntegrityError as why:
        raise _read_already_or(why) from None
    if reading.is_whole:
        store_stretch(bill, reading)
