"""Every write of reports: lists asked for, made into files, taken and forgotten."""

from core.rotation import SealedColumn
from reports.models import FILE_KEY, QUERY, Export
from reports.services.exports import (
    KEPT,
    ask_for_export,
    cancel_export,
    forget_export,
    try_export_again,
)
from reports.services.files import open_export
from reports.services.mailing import days_words, mail_run
from reports.services.making import run_export
from reports.services.schedules import (
    add_schedule,
    drop_schedule,
    run_schedule,
    run_schedule_now,
    switch_schedule,
)
from reports.services.tables import all_reports, all_tables, get_table, offer, title_of

SEALED = (
    SealedColumn(model=Export, field="query", place=QUERY),
    SealedColumn(model=Export, field="file_key", place=FILE_KEY),
)

__all__ = [
    "KEPT",
    "SEALED",
    "add_schedule",
    "all_reports",
    "all_tables",
    "ask_for_export",
    "cancel_export",
    "days_words",
    "drop_schedule",
    "forget_export",
    "get_table",
    "mail_run",
    "offer",
    "open_export",
    "run_export",
    "run_schedule",
    "run_schedule_now",
    "switch_schedule",
    "title_of",
    "try_export_again",
]
