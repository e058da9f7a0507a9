"""Exactly one worker is at a bill: a lease with a fencing number, renewed by each stretch."""

from datetime import datetime, timedelta

from core.leases import Lease, LeaseLost
from core.scope import tenant_atomic
from suppliers.models import Bill
from suppliers.states import BILL_AT_WORK, BillState

# Longer than the slowest stretch (a workbook is parsed), short enough to go on soon after a kill. A
# comparison that takes longer holds the row's lock, which a claim does not wait for.
LEASE = timedelta(seconds=60)


@tenant_atomic(durable=True)
def claim_bill(*, bill_id: int, now: datetime) -> Lease | None:
    """The lease for exactly one worker; it never waits for another one."""
    bills = Bill.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    due = bills.filter(pk=bill_id, state__in=sorted(BILL_AT_WORK), lease_until__lte=now)
    bill = due.first()
    if bill is None:
        return None
    bill.fence, bill.lease_until = bill.fence + 1, now + LEASE
    bill.save(update_fields=["fence", "lease_until"])
    return Lease(row_id=bill_id, fence=bill.fence, began=now)


def held_bill(*, lease: Lease, state: BillState) -> Bill:
    """The bill, locked, if it is still ours and in this state; raises LeaseLost."""
    rows = Bill.objects.select_for_update(of=("self",), no_key=True).select_related("supplier")
    bill = rows.get(pk=lease.row_id)
    if bill.fence != lease.fence or bill.state != state:
        raise LeaseLost
    return bill


def renew(bill: Bill, lease: Lease) -> None:
    """Carry the lease on; the caller saves it with the stretch it has done."""
    bill.lease_until = lease.now + LEASE
