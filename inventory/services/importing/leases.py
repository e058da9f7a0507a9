"""Exactly one worker works on an import: a lease with a fencing number, renewed by each stretch."""

from datetime import datetime, timedelta

from django.db.models import Q

from core.leases import Lease, LeaseLost
from core.scope import tenant_atomic
from inventory.models import ImportJob
from inventory.services.importing.jobs import locked
from inventory.states import ImportState

# Longer than the slowest stretch (parsing a workbook), short enough to go on soon after a kill.
LEASE = timedelta(seconds=30)
AT_WORK = (ImportState.CHECKING, ImportState.RUNNING)


@tenant_atomic(durable=True)
def claim(job_id: int, *, now: datetime) -> Lease | None:
    """The lease for exactly one worker.

    Never waits: a worker whose stretch outlasts its lease would have all the others queue up.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    jobs = ImportJob.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    job = jobs.filter(free, pk=job_id, state__in=AT_WORK).first()
    if job is None:
        return None
    job.fence, job.lease_until = job.fence + 1, now + LEASE
    job.save(update_fields=["fence", "lease_until"])
    return Lease(row_id=job_id, fence=job.fence, began=now)


def held(lease: Lease, state: ImportState) -> ImportJob:
    """The job, locked, if it is still ours and in this state; raises LeaseLost."""
    job = locked(lease.row_id)
    if job.fence != lease.fence or job.state != state:
        raise LeaseLost
    return job


def renew(job: ImportJob, lease: Lease) -> None:
    """Carry the lease on; the caller saves it with the stretch it has done."""
    job.lease_until = lease.now + LEASE
