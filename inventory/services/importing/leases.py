"""Exactly one worker works on an import: a lease with a fencing number, renewed by each stretch."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from core.scope import tenant_atomic
from inventory.models import ImportJob
from inventory.services.importing.jobs import locked
from inventory.states import ImportState

# Longer than the slowest stretch (parsing a workbook), short enough to go on soon after a kill.
LEASE = timedelta(seconds=30)
AT_WORK = (ImportState.CHECKING, ImportState.RUNNING)


class LeaseLost(Exception):
    """Another worker has the import now, or it was stopped: nothing may be written any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    job_id: int
    fence: int
    began: datetime
    _started: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        """The caller's `now`, carried on: a load takes longer than a moment."""
        return self.began + timedelta(seconds=time.monotonic() - self._started)


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
    return Lease(job_id=job_id, fence=job.fence, began=now)


def held(lease: Lease, state: ImportState) -> ImportJob:
    """The job, locked, if it is still ours and in this state; raises LeaseLost."""
    job = locked(lease.job_id)
    if job.fence != lease.fence or job.state != state:
        raise LeaseLost
    return job


def renew(job: ImportJob, lease: Lease) -> None:
    """Carry the lease on; the caller saves it with the stretch it has done."""
    job.lease_until = lease.now + LEASE
