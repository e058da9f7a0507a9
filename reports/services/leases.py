"""One worker makes an export: a lease with a fencing number, carried on by each stretch."""

from datetime import datetime, timedelta

from core.leases import Lease, LeaseLost
from core.scope import tenant_atomic
from reports.models import Export
from reports.services.exports import end, locked, move
from reports.states import AT_WORK, ExportState

LEASE = timedelta(seconds=60)  # longer than the slowest stretch; a kill is found after it
MOST_TRIES = 5  # without a single stretch done


@tenant_atomic(durable=True)
def claim(export_id: int, *, now: datetime) -> Lease | None:
    """The lease for exactly one worker. What five workers died of is given up."""
    found = Export.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    export = found.filter(pk=export_id, state__in=AT_WORK, lease_until__lte=now).first()
    if export is None:
        return None
    export.fence, export.tries, export.lease_until = export.fence + 1, export.tries + 1, now + LEASE
    if export.state == ExportState.WAITING:
        move(export, ExportState.RUNNING)
    if export.tries > MOST_TRIES:
        end(export, ExportState.FAILED, now=now, failure="broken")
        return None
    export.save()
    return Lease(row_id=export_id, fence=export.fence, began=now)


def held(lease: Lease) -> Export:
    """The export, locked, if it is still ours; raises LeaseLost."""
    export = locked(lease.row_id)
    if export.fence != lease.fence or export.state != ExportState.RUNNING:
        raise LeaseLost
    return export


def carry_on(export: Export, lease: Lease) -> None:
    """Save what was done, and have a while more."""
    export.lease_until = lease.now + LEASE
    export.save()


@tenant_atomic(durable=True)
def fail(lease: Lease, *, failure: str) -> None:
    end(held(lease), ExportState.FAILED, now=lease.now, failure=failure)
