"""The refused lines: number, reason and masks, sealed in stretches, given out as a table."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.crypto import Place, seal, unseal
from core.scope import tenant_atomic
from inventory.models import ImportJob, ImportReport
from inventory.services.importing.lines import Reason, Refused

PLACE = Place("inventory_importreport", "body")
# Past this many the counts go on and the list ends: a file of ten million bad lines is one mistake.
MOST_LINES = 300_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

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


def refused_lines(job: ImportJob, *, most: int | None = None) -> Iterator[Refused]:
    """The refused lines in the file's order: of the load if it has begun, else of the dry run."""
    of_check = job.started_at is None
    given = 0
    reports = ImportReport.objects.filter(job=job, of_check=of_check).order_by("first_line")
    for report in reports.iterator(chunk_size=8):
        for text in unseal(bytes(report.body), place=PLACE, uid=report.uid).split("\n"):
            number, reason, card_no, secret = text.split("\x1f")
            yield Refused(int(number), Reason(reason), card_no, secret)
            given += 1
            if most is not None and given >= most:
                return


@tenant_atomic
def error_file(*, job_id: int) -> bytes:
    """The refused lines as CSV that Excel opens: line, reason, masks. No code can be read in it."""
    job = ImportJob.objects.get(pk=job_id)
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([_("Line"), _("Reason"), _("Card number"), _("Code")])
    writer.writerows(_table_rows(refused_lines(job)))
    return table.getvalue().encode("utf-8-sig")


def _table_rows(lines: Iterable[Refused]) -> Iterator[list[str]]:
    words = {reason: str(text) for reason, text in WORDS.items()}
    for line in lines:
        yield [
            str(line.number),
            words[line.reason],
            _harmless(line.card_no),
            _harmless(line.secret),
        ]


def _harmless(text: str) -> str:
    """A spreadsheet must not run what a supplier typed."""
    return f"'{text}" if text.startswith(_FORMULA) else text
