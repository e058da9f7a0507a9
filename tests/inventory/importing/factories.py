"""Files of codes, and imports brought to the step a test is about. Each opens its own scope."""

import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from catalog.models import Sku
from core.actors import Actor
from core.scope import tenant_atomic
from core.uploads import SealedUpload, seal_bytes
from inventory.models import ImportJob
from inventory.services import importing
from tests.catalog.factories import make_sku
from tests.times import NOON

OWNER = Actor("user:1 owner@example.com", user_id=1)


def make_upload(body: bytes, name: str = "codes.csv") -> SealedUpload:
    sealed = seal_bytes(body)
    return SealedUpload(sealed=sealed, name=name, size=len(body), content_type="text/csv")


def make_workbook(rows: list[list[Any]], **sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for title, more in sheets.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


@tenant_atomic
def open_file(body: bytes | str, *, sku: Sku | None = None, now: datetime = NOON) -> ImportJob:
    raw = body.encode() if isinstance(body, str) else body
    sku = sku or make_sku()
    return importing.open_import(sku_id=sku.pk, upload=make_upload(raw), by=OWNER, now=now)


def lines_of(count: int, *, prefix: str = "CODE", first: int = 0) -> str:
    return "".join(f"{prefix}-{number:08d}\n" for number in range(first, first + count))


def checked(job: ImportJob, *, now: datetime = NOON) -> ImportJob:
    importing.dry_run(job_id=job.pk, now=now)
    return reread(job)


def loaded(job: ImportJob, *, now: datetime = NOON) -> ImportJob:
    importing.start_import(job_id=job.pk, by=OWNER, now=now)
    importing.run_import(job_id=job.pk, now=now)
    return reread(job)


@tenant_atomic
def reread(job: ImportJob) -> ImportJob:
    return ImportJob.objects.select_related("sku", "batch").get(pk=job.pk)
