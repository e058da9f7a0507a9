"""A worker reads a bill's file to its end, in stretches: each one transaction that also says how
far it came. Killed anywhere, the next worker goes on after the last stretch that was committed."""

from datetime import datetime

import structlog

from core.actors import SYSTEM
from core.crypto import CannotDecrypt
from core.errors import FileRefused
from core.failpoints import reach
from core.leases import Lease
from core.scope import tenant_atomic
from suppliers.models import Bill, BillLine
from suppliers.selectors.settlement import shop_zone
from suppliers.services.bill_files import body_of, forget_file
from suppliers.services.bill_leases import held_bill, renew
from suppliers.services.billing import start_matching, store_stretch
from suppliers.services.bills import move_bill
from suppliers.services.reading_bills import Stretch, stretches_of_bill
from suppliers.states import BILL_AT_WORK, BillState

log = structlog.get_logger(__name__)
STRETCH = 5_000  # lines: half a second on a slow core, so whoever watches sees it move


def go_on_reading(*, lease: Lease) -> bool:
    """Read what is left of the bill's file; whether its lines are all there, to be compared now.

    A file that cannot be read to its end, or has bad lines that nobody said to leave out, ends as
    a failed bill.
    """
    if not _is_to_be_read(lease):
        return True
    try:
        _read_on(lease)
    except (FileRefused, CannotDecrypt, FileNotFoundError) as why:
        log.warning("bill_unread", bill_id=lease.row_id, why=type(why).__name__)
        give_up_on_bill(lease=lease, why=getattr(why, "code", "file_gone"))
        return False
    return _ended(lease)


@tenant_atomic(durable=True)
def give_up_on_bill(*, lease: Lease, why: str) -> None:
    """It failed: what was read of it goes; a comparison that failed leaves the bill as it was."""
    bill = Bill.objects.select_for_update(of=("self",), no_key=True).get(pk=lease.row_id)
    if bill.fence != lease.fence or bill.state not in BILL_AT_WORK:
        return  # another worker's
    bill.failure, bill.lease_until = why[:20], None
    bill.save(update_fields=["failure", "lease_until"])
    if bill.state == BillState.MATCHING:
        move_bill(bill, BillState.READ, reason=why, by=SYSTEM, now=lease.now)
        return
    BillLine.objects.filter(bill=bill).delete()
    bill.count, bill.total_e4 = 0, 0
    bill.save(update_fields=["count", "total_e4"])
    _failed(bill, why=why, now=lease.now)


@tenant_atomic
def _is_to_be_read(lease: Lease) -> bool:
    return bool(Bill.objects.filter(pk=lease.row_id, state=BillState.READING).exists())


def _read_on(lease: Lease) -> None:
    with tenant_atomic(durable=True):
        bill, zone = held_bill(lease=lease, state=BillState.READING), shop_zone()
        body = body_of(bill)
    stretches = stretches_of_bill(
        body=body, mapping=bill.mapping, zone=zone, after=bill.done_lines, size=STRETCH
    )
    for stretch in stretches:
        _take(lease, stretch)
        reach("suppliers.bill_after_stretch")


@tenant_atomic(durable=True)
def _take(lease: Lease, stretch: Stretch) -> None:
    bill = held_bill(lease=lease, state=BillState.READING)
    renew(bill, lease)
    store_stretch(bill, stretch)
    reach("suppliers.bill_in_stretch")


@tenant_atomic(durable=True)
def _ended(lease: Lease) -> bool:
    """All of it was looked at: it is read, and to be compared; or it is not believed."""
    bill = held_bill(lease=lease, state=BillState.READING)
    if (bill.bad_count and not bill.skips_bad) or not bill.count:
        bill.failure, bill.lease_until = "bad_lines" if bill.count else "no_lines", None
        bill.save(update_fields=["failure", "lease_until"])
        _failed(bill, why=bill.failure, now=lease.now)
        return False
    forget_file(bill)
    move_bill(bill, BillState.READ, reason="read", by=SYSTEM, now=lease.now)
    start_matching(bill, by=SYSTEM, now=lease.now)
    renew(bill, lease)
    bill.save(update_fields=["lease_until"])
    return True


def _failed(bill: Bill, *, why: str, now: datetime) -> None:
    forget_file(bill)
    move_bill(bill, BillState.FAILED, reason=why, by=SYSTEM, now=now)
