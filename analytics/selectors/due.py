"""For the sweeper: shops whose figures are behind."""

from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from analytics.models import Progress, SavedSegment, Touched

CHECKED_EVERY = timedelta(hours=15)  # at least: by night, which the service asks the shop's clock


def due_touched(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, the newest of what waits) for each shop in which something waits to be counted."""
    waiting = Touched.objects.using("ops").order_by().values_list("tenant_id")
    return list(waiting.annotate(Max("pk"))[:limit])


def due_segments(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, saved segment) of those that somebody waits to be counted."""
    waiting = Q(counted_at=None) | Q(counted_at__lt=F("asked_at"))
    rows = SavedSegment.objects.using("ops").filter(waiting).order_by("asked_at")
    return list(rows.values_list("tenant_id", "pk")[:limit])


def due_recuts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, its progress) of shops whose sums are to be made anew and at which nobody is."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = Progress.objects.using("ops").filter(free, recut_at__lte=now).order_by("recut_at")
    return list(rows.values_list("tenant_id", "pk")[:limit])


def due_checks(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, its progress) of shops whose figures were not compared with their orders lately."""
    late = Q(checked_at=None) | Q(checked_at__lt=now - CHECKED_EVERY)
    rows = Progress.objects.using("ops").filter(late).order_by("pk")
    return list(rows.values_list("tenant_id", "pk")[:limit])
