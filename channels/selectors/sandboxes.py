"""Which sandboxes are used."""

from datetime import datetime, timedelta

from channels.models import ApiKey
from tenants.selectors import sandbox_ids

USED = timedelta(minutes=2)  # when a key was used is noted about once a minute


def due_sandboxes(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, tenant) of sandboxes in which somebody is trying things out: for the sweeper."""
    used = ApiKey.objects.using("ops").filter(last_used_at__gt=now - USED)
    found = used.filter(tenant_id__in=sandbox_ids()).values_list("tenant_id", flat=True)
    return [(each, each) for each in sorted(set(found))][:limit]
