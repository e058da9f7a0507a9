"""An import's life: opened, laid out, checked, loaded. `_move` is the only writer of its state."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.selectors import get_sku
from core.actors import SYSTEM, Actor
from core.crypto import Place, seal, unseal
from core.errors import InvalidInput
from core.outbox import emit
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from core.uploads import SealedFile, SealedUpload, seal_bytes
from inventory.errors import FileRefused, ImportBusy
from inventory.events import BatchCosted
from inventory.models import ImportJob, ImportMapping, ImportMove
from inventory.services.batches import open_batch
from inventory.services.importing.columns import Layout, check_layout
from inventory.services.importing.recognising import about_lines, first_layout, recognised
from inventory.services.importing.reports import drop_report
from inventory.services.importing.sniffing import ENCODINGS
from inventory.services.importing.source import TEXT, Source
from inventory.states import IMPORT_MOVES, BatchState, ImportState
from inventory.types import NewBatch

FILE_KEY = Place("inventory_importjob", "file_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoice:
    """What the merchant says of a file; `encoding` empty keeps the one that was found."""

    layout: Layout
    encoding: str = ""
    expires_on: date | None = None
    cost_e4: int | None = None
    supplier_name: str = ""
    note: str = ""


@tenant_atomic
def open_import(
    *,
    sku_id: int,
    upload: SealedUpload | None = None,
    text: str = "",
    by: Actor,
    now: datetime,
) -> ImportJob:
    """Take in a file or a paste and guess its make; raises FileRefused for what no one can read.

    Both at once is refused: one of them would be lost without a word.
    """
    if upload and text.strip():
        raise InvalidInput(_("Load a file or pasted codes, not both at once."), param="text")
    sku = get_sku(sku_id=sku_id)
    if sku.kind != "stock_code":
        raise InvalidInput(_("Codes are loaded into SKUs that sell codes from stock."), param="sku")
    sealed = upload.sealed if upload else seal_bytes(text.encode())
    try:
        size = (upload.size or 0) if upload else len(text.encode())
        source = recognised(sealed, size=size)
        layout, signature = first_layout(source)
    except FileRefused:
        sealed.delete()
        raise
    if upload:
        upload.keep()
    uid = uuid4()
    job = ImportJob.objects.create(
        ref=new_ref(),
        uid=uid,
        sku=sku,
        title=(upload.name or "")[:120] if upload else "",
        file_name=sealed.name,
        file_key=seal(base64.b64encode(sealed.key).decode(), place=FILE_KEY, uid=uid),
        size=size,
        total_lines=about_lines(source, size=size),
        kind=source.kind,
        encoding=source.encoding,
        layout=layout.as_json(),
        signature=signature,
        made_by=by.label[:80],
        made_at=now,
    )
    ImportMove.objects.create(job=job, new=job.state, by=job.made_by, reason="opened", at=now)
    return job


def source_of(job: ImportJob) -> Source:
    """The job's file, opened anew."""
    if not job.file_name or job.file_key is None:
        raise FileRefused(_("The file of this import has been deleted. Upload it again."))
    key = base64.b64decode(unseal(bytes(job.file_key), place=FILE_KEY, uid=job.uid))
    sealed = SealedFile(name=job.file_name, key=key)
    return Source(sealed=sealed, kind=job.kind, encoding=job.encoding)


@tenant_atomic
def choose(*, job_id: int, choice: ImportChoice, by: Actor, now: datetime) -> ImportJob:
    """Set how the file is read and what its batch is; remembered for the next file of its make.

    What was checked by another choice has to be checked again.
    """
    job = locked(job_id)
    if job.is_at_work or job.batch_id is not None:
        raise ImportBusy(_("This import has begun: what it reads cannot be changed any more."))
    check_layout(choice.layout)
    if choice.encoding and (choice.encoding not in ENCODINGS or job.kind != TEXT):
        raise InvalidInput(_("Choose one of the encodings."), param="encoding")
    if choice.cost_e4 is not None and choice.cost_e4 < 0:
        raise InvalidInput(_("A cost is not negative."), param="cost")
    job.encoding = choice.encoding or job.encoding
    job.layout = choice.layout.as_json()
    job.expires_on, job.cost_e4 = choice.expires_on, choice.cost_e4
    job.supplier_name, job.note = choice.supplier_name[:80], choice.note[:200]
    job.save()
    _unchecked(job, by=by, now=now)
    ImportMapping.objects.update_or_create(
        signature=job.signature, defaults={"layout": job.layout, "used_at": now}
    )
    return job


@tenant_atomic
def reopen_import(*, job_id: int, by: Actor, now: datetime) -> ImportJob:
    """Back to the columns: what the check found is forgotten, the choice is not."""
    job = locked(job_id)
    if job.state not in {ImportState.CHECKED, ImportState.UPLOADED}:
        raise ImportBusy(_("This import has begun: what it reads cannot be changed any more."))
    _unchecked(job, by=by, now=now)
    return job


def _unchecked(job: ImportJob, *, by: Actor, now: datetime) -> None:
    job.check_counts = {}
    job.save(update_fields=["check_counts"])
    drop_report(job, of_check=True)
    if job.state != ImportState.UPLOADED:
        move(job, ImportState.UPLOADED, by=by, reason="chosen anew", now=now)


@tenant_atomic
def start_import(*, job_id: int, by: Actor, now: datetime) -> ImportJob:
    """Have a checked file loaded by a worker. The sweeper finds it within a second."""
    job = locked(job_id)
    if job.state in {ImportState.RUNNING, ImportState.DONE}:
        return job
    if job.state != ImportState.CHECKED:
        raise ImportBusy(_("Check the file first, then load it."))
    if not job.check_counts.get("valid"):
        raise ImportBusy(_("There is no line that could be loaded."))
    given = NewBatch(
        sku_id=job.sku_id,
        supplier_name=job.supplier_name,
        cost_e4=job.cost_e4 or 0,
        note=job.note,
        expires_on=job.expires_on,
        file_hash=bytes(job.file_hash or b""),
    )
    job.batch = open_batch(given=given, by=by, now=now)
    job.started_at = job.lease_until = now
    job.cancel_asked = False
    job.save()
    drop_report(job, of_check=True)
    move(job, ImportState.RUNNING, by=by, reason="started", now=now)
    return job


@tenant_atomic
def resume_import(*, job_id: int, by: Actor, now: datetime) -> ImportJob:
    """Go on with a canceled or failed load after the last line that was loaded."""
    job = locked(job_id)
    if job.state not in {ImportState.CANCELED, ImportState.FAILED} or job.batch is None:
        raise ImportBusy(_("Only a load that has stopped can go on."))
    if job.batch.state != BatchState.OPEN:
        raise ImportBusy(_("The batch of this import is not open any more. Upload the file again."))
    if not job.file_name:
        raise FileRefused(_("The file of this import has been deleted. Upload it again."))
    job.lease_until, job.cancel_asked, job.failure = now, False, ""
    job.ended_at = None
    job.save()
    move(job, ImportState.RUNNING, by=by, reason="resumed", now=now)
    return job


@tenant_atomic
def cancel_import(*, job_id: int, by: Actor, now: datetime) -> ImportJob:
    """Stop. A load stops after the stretch it is in; what it has loaded stays until undone."""
    job = locked(job_id)
    if job.state in {ImportState.DONE, ImportState.CANCELED, ImportState.FAILED}:
        return job
    if job.state == ImportState.RUNNING:
        job.cancel_asked = True
        job.save(update_fields=["cancel_asked"])
        return job
    end(job, ImportState.CANCELED, by=by, reason="canceled", now=now)
    forget_file(job)
    return job


@tenant_atomic
def forget_import_file(*, job_id: int) -> None:
    """Delete the sealed file of an import that has ended or was left lying."""
    job = locked(job_id)
    if not job.is_at_work:
        forget_file(job)


def locked(job_id: int) -> ImportJob:
    return ImportJob.objects.select_for_update(of=("self",), no_key=True).get(pk=job_id)


def end(
    job: ImportJob, new: ImportState, *, by: Actor = SYSTEM, reason: str, now: datetime
) -> None:
    job.ended_at, job.lease_until = now, None
    job.save(update_fields=["ended_at", "lease_until"])
    move(job, new, by=by, reason=reason, now=now)
    if job.batch_id is not None and job.takes_cost_of_lines:
        emit(BatchCosted(batch_id=job.batch_id))


def forget_file(job: ImportJob) -> None:
    """Delete the file and its key; a kill between commit and unlink leaves what no key opens."""
    if not job.file_name:
        return
    sealed = SealedFile(name=job.file_name, key=b"")
    job.file_name, job.file_key = "", None
    job.save(update_fields=["file_name", "file_key"])
    transaction.on_commit(sealed.delete, robust=True)


def move(job: ImportJob, new: ImportState, *, by: Actor, reason: str, now: datetime) -> None:
    """Move a locked job, or raise MoveRefused; the history row goes with it."""
    old = ImportState(job.state)
    check_move(IMPORT_MOVES, old, new)
    job.state = new
    job.save(update_fields=["state"])
    ImportMove.objects.create(job=job, old=old, new=new, by=by.label[:80], reason=reason, at=now)
