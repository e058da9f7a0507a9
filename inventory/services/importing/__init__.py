"""Loading codes from files: open, look, choose, check, load, undo."""

from inventory.errors import FileRefused, ImportBusy
from inventory.services.importing.checking import DryRun, dry_run
from inventory.services.importing.cleaning import Mark
from inventory.services.importing.columns import Field, Layout
from inventory.services.importing.jobs import (
    ImportChoice,
    cancel_import,
    choose,
    forget_import_file,
    open_import,
    reopen_import,
    resume_import,
    start_import,
)
from inventory.services.importing.lines import Reason, Refused
from inventory.services.importing.loading import run_import
from inventory.services.importing.preview import Preview, PreviewCell, PreviewLine, preview
from inventory.services.importing.reports import WORDS, count_unlisted, error_file
from inventory.services.importing.strays import forget_stray_files
from inventory.services.importing.template import template_file

__all__ = [
    "WORDS",
    "DryRun",
    "Field",
    "FileRefused",
    "ImportBusy",
    "ImportChoice",
    "Layout",
    "Mark",
    "Preview",
    "PreviewCell",
    "PreviewLine",
    "Reason",
    "Refused",
    "cancel_import",
    "choose",
    "count_unlisted",
    "dry_run",
    "error_file",
    "forget_import_file",
    "forget_stray_files",
    "open_import",
    "preview",
    "reopen_import",
    "resume_import",
    "run_import",
    "start_import",
    "template_file",
]
