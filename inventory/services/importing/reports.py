"""The refused lines: number, reason and masks, sealed in stretches, given out as a table."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from uuid import uuid4

from django.db.models import QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.cells import as_cell
from core.crypto import Place, seal, unseal
from core.scope import bind, require_tenant, tenant_atomic
from inventory.models import ImportJob, ImportReport
from inventory.services.importing.lines import Reason, Refused

PLACE = Place("inventory_importreport", "body")
# About what a spreadsheet opens. Past this many the counts go on and the list ends, and says so: a
# file of ten million bad lines is one mistake.
MOST_LINES = 1_000_000

WORDS: dict[Reason, Promise] = {
    Reason.EMPTY: gettext_lazy("The code is empty."),
    Reason.TOO_LONG: gettext_lazy("The value is longer than 4,096 characters."),
    Reason.UNREADABLE: gettext_lazy("Some bytes are not in the file's encoding."),
    Reason.TOO_FEW_COLUMNS: gettext_lazy("The line has too few columns."),
    Reason.SCIENTIFIC: gettext_lazy(
        "A spreadsheet has shortened the number (1.23E+15): its digits are lost. Format the column "
        "as text and paste the codes again."
    ),
    Reason.LOST_DIGITS: gettext_lazy(
        "A number cell with more than 15 digits: Excel has replaced the last ones by zeros. Format "
        "the column as text and paste the codes again."
    ),
    Reason.IS_DATE: gettext_lazy("Excel has turned the value into a date."),
    Reason.NOT_WHOLE: gettext_lazy("The number cell has decimals: this is no code."),
    Reason.SECRET_FORMAT: gettext_lazy("The code does not have the SKU's format."),
    Reason.CARD_NO_FORMAT: gettext_lazy("The card number does not have the SKU's format."),
    Reason.BAD_DATE: gettext_lazy("The expiry is not a date such as 2026-12-31."),
    Reason.BAD_FACE_VALUE: gettext_lazy("The face value is not the SKU's."),
    Reason.BAD_COST: gettext_lazy("The cost is not an amount."),
    Reason.EXPIRED: gettext_lazy("The code has expired."),
    Reason.DUPLICATE_IN_FILE: gettext_lazy("The same code stands earlier in this file."),
    Reason.IN_STOCK: gettext_lazy("The code is in stock already."),
    Reason.SOLD_BEFORE: gettext_lazy("The code was loaded and sold before."),
}


def keep_report(job: ImportJob, refused: Sequence[Refused], *, of_check: bool) -> None:
    """Store one stretch of refused lines, in the caller's transaction."""
    if not refused:
        return
    uid = uuid4()
    body = "\n".join("\x1f".join(map(str, line)) for line in sorted(refused))
    ImportReport.objects.create(
        uid=uid,
        job=job,
        of_check=of_check,
        first_line=min(refused).number,
        lines=len(refused),
        body=seal(body, place=PLACE, uid=uid),
    )


def drop_report(job: ImportJob, *, of_check: bool) -> None:
    ImportReport.objects.filter(job=job, of_check=of_check).delete()


def refused_lines(job: ImportJob, *, most: int) -> Iterator[Refused]:
    """The first refused lines: of the load if it has begun, else of the dry run."""
    reports = _reports(job.pk, of_check=_is_of_check(job)).iterator(chunk_size=1)
    return islice(chain.from_iterable(map(_lines_of, reports)), most)


def count_unlisted(job: ImportJob) -> int:
    """How many refused lines more there are than the list has."""
    of_check = _is_of_check(job)
    counts = job.check_counts if of_check else job.counts
    listed: int = _reports(job.pk, of_check=of_check).aggregate(sum=Sum("lines"))["sum"] or 0
    refused: int = sum(counts.get("reasons", {}).values())
    return max(0, refused - listed)


@tenant_atomic
def error_file(*, job_id: int) -> Iterator[bytes]:
    """The refused lines as CSV that Excel opens: line, reason, masks. No code can be read in it.

    A stretch at a time, each in a transaction of its own: it may be read after the caller's.
    """
    job = ImportJob.objects.get(pk=job_id)
    words = {reason: str(text) for reason, text in WORDS.items()}
    head = [_("Line"), _("Reason"), _("Card number"), _("Code")]
    more = count_unlisted(job)
    tail = ["", _("%(number)s more lines are not listed.") % {"number": more}] if more else None
    stretches = _stretches_of(require_tenant(), job.pk, of_check=_is_of_check(job))
    tables = (_table(_row(line, words) for line in lines) for lines in stretches)
    return chain([codecs.BOM_UTF8 + _table([head])], tables, [_table([tail])] if tail else [])


def _is_of_check(job: ImportJob) -> bool:
    return job.started_at is None


def _reports(job_id: int, *, of_check: bool) -> "QuerySet[ImportReport]":
    return ImportReport.objects.filter(job_id=job_id, of_check=of_check).order_by("first_line")


def _lines_of(report: ImportReport) -> Iterator[Refused]:
    for text in unseal(bytes(report.body), place=PLACE, uid=report.uid).split("\n"):
        number, reason, card_no, secret = text.split("\x1f")
        yield Refused(int(number), Reason(reason), card_no, secret)


def _stretches_of(tenant_id: int, job_id: int, *, of_check: bool) -> Iterator[list[Refused]]:
    after = 0
    while True:
        with bind(tenant_id), tenant_atomic():
            report = _reports(job_id, of_check=of_check).filter(first_line__gt=after).first()
            lines = list(_lines_of(report)) if report else []
        if report is None:
            return
        yield lines
        after = report.first_line


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    table = io.StringIO(newline="")
    csv.writer(table).writerows(rows)
    return table.getvalue().encode()


def _row(line: Refused, words: Mapping[Reason, str]) -> list[str]:
    """A spreadsheet must not run what a supplier typed."""
    card_no, secret = as_cell(line.card_no), as_cell(line.secret)
    return [str(line.number), words[line.reason], card_no, secret]
