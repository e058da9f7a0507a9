"""Every write to stock, and the only places where a code is opened."""

from core.rotation import SealedColumn
from inventory import sealing
from inventory.models import Code, Content, ImportJob, ImportReport
from inventory.services.at_once import sell_at_once
from inventory.services.batches import add_codes, open_batch
from inventory.services.claim import check_cap, reserve
from inventory.services.content import set_content
from inventory.services.expiry import expire_codes
from inventory.services.freezing import freeze_batch, recall_batch, unfreeze_batch
from inventory.services.holds import keep, release, release_expired, replace, sell
from inventory.services.importing import (
    cancel_import,
    choose,
    dry_run,
    error_file,
    forget_import_file,
    forget_stray_files,
    open_import,
    preview,
    resume_import,
    run_import,
    start_import,
)
from inventory.services.importing.jobs import FILE_KEY
from inventory.services.importing.reports import PLACE as IMPORT_REPORT
from inventory.services.reindexing import reindex_codes
from inventory.services.reveal import masks_of, read_goods, reveal
from inventory.services.stretches import go_through_batch
from inventory.services.undoing import undo_batch

SEALED = (
    SealedColumn(model=Code, field="card_no", place=sealing.CARD_NO),
    SealedColumn(model=Code, field="secret", place=sealing.SECRET),
    SealedColumn(model=Content, field="body", place=sealing.CONTENT),
    SealedColumn(model=ImportJob, field="file_key", place=FILE_KEY),
    SealedColumn(model=ImportReport, field="body", place=IMPORT_REPORT),
)

__all__ = [
    "SEALED",
    "add_codes",
    "cancel_import",
    "check_cap",
    "choose",
    "dry_run",
    "error_file",
    "expire_codes",
    "forget_import_file",
    "forget_stray_files",
    "freeze_batch",
    "go_through_batch",
    "keep",
    "masks_of",
    "open_batch",
    "open_import",
    "preview",
    "read_goods",
    "recall_batch",
    "reindex_codes",
    "release",
    "release_expired",
    "replace",
    "reserve",
    "resume_import",
    "reveal",
    "run_import",
    "sell",
    "sell_at_once",
    "set_content",
    "start_import",
    "undo_batch",
    "unfreeze_batch",
]
