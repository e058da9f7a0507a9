from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being made")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELED = "canceled", _("canceled")
    GONE = "gone", _("deleted")


AT_WORK = (ExportState.WAITING, ExportState.RUNNING)

EXPORT_MOVES = {
    ExportState.WAITING: frozenset({ExportState.RUNNING, ExportState.CANCELED, ExportState.FAILED}),
    ExportState.RUNNING: frozenset({ExportState.DONE, ExportState.FAILED, ExportState.CANCELED}),
    ExportState.DONE: frozenset({ExportState.GONE}),
    ExportState.FAILED: frozenset({ExportState.WAITING, ExportState.GONE}),
    ExportState.CANCELED: frozenset({ExportState.WAITING, ExportState.GONE}),
    ExportState.GONE: frozenset[ExportState](),
}


class Form(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class Every(models.TextChoices):
    DAY = "day", _("every day")
    WEEK = "week", _("every week")
    MONTH = "month", _("every month")
