"""For the sweeper: shops whose figures are behind."""

from datetime import datetime

from django.db.models import Max

from analytics.models import Touched


def due_touched(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, the newest of what waits) for each shop in which something waits to be counted."""
    waiting = Touched.objects.using("ops").order_by().values_list("tenant_id")
    return list(waiting.annotate(Max("pk"))[:limit])
