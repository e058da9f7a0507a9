"""Whether the figures are the orders."""

from datetime import datetime

from analytics.models import Progress
from analytics.selectors import drift
from analytics.services.counting import take_lock
from analytics.types import Drift
from core.scope import tenant_atomic


@tenant_atomic
def check(*, now: datetime) -> list[Drift]:
    """Compare, and remember by how much money they differ; nobody counts meanwhile."""
    take_lock()
    found = drift(now=now)
    money = sum(abs(one.found - one.expected) for one in found if one.is_money)
    Progress.objects.update(checked_at=now, drift_e4=money, differing=len(found))
    return found
