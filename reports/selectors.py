"""Exports and scheduled reports, and what of them is due."""

from datetime import datetime

from django.db.models import QuerySet

from core.errors import NotFound
from reports.models import Export, Run, Schedule
from reports.states import AT_WORK, ExportState


def exports_of(*, user_id: int) -> QuerySet[Export]:
    """The newest first."""
    return Export.objects.filter(user_id=user_id).order_by("-pk")


def get_export(*, ref: str, user_id: int) -> Export:
    """Raises NotFound, for another person's as well."""
    found = exports_of(user_id=user_id).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def get_file(*, ref: str, user_id: int) -> Export:
    """One's own, or a scheduled report's, which is the shop's. Raises NotFound."""
    found = Export.objects.filter(ref=ref).first()
    is_own = found is not None and found.user_id == user_id
    if found is None or not (is_own or is_of_a_schedule(export_id=found.pk)):
        raise NotFound
    return found


def schedules() -> QuerySet[Schedule]:
    return Schedule.objects.all()


def get_schedule(*, ref: str) -> Schedule:
    """Raises NotFound."""
    found = schedules().filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def latest_runs(*, schedule_id: int, most: int) -> list[Run]:
    """The newest period first."""
    rows = Run.objects.filter(schedule_id=schedule_id).select_related("export")
    return list(rows.order_by("-since")[:most])


def is_of_a_schedule(*, export_id: int) -> bool:
    """Whether a schedule made it: then it is for whoever may see what is in it."""
    return Run.objects.filter(export_id=export_id).exists()


def due_schedules(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, schedule) whose turn has come."""
    due = Schedule.objects.using("ops").filter(is_on=True, next_at__lte=now)
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_letters(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, run) whose file is there, and is to be told of by mail."""
    due = Run.objects.using("ops").filter(mail_at__lte=now, export__state=ExportState.DONE)
    return list(due.order_by("mail_at").values_list("tenant_id", "pk")[:limit])


def due_exports(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, export) that no living worker has."""
    due = Export.objects.using("ops").filter(state__in=AT_WORK, lease_until__lte=now)
    return list(due.order_by("lease_until").values_list("tenant_id", "pk")[:limit])


def due_old_exports(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, export) whose file has been kept long enough."""
    old = Export.objects.using("ops").filter(kept_until__lte=now)
    return list(old.order_by("kept_until").values_list("tenant_id", "pk")[:limit])
