"""One import: its columns, its check, its load and result, and what is done at each step."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actors import Actor
from core.errors import NotFound
from core.money import Money, parse_e4
from dashboard.access import shop_of
from dashboard.frame import Deed, deed, draw, page
from dashboard.reading import day_of
from dashboard.tones import tone_of
from dashboard.typed import context_of
from dashboard.views.imports import steps
from dashboard.words import MARKS, goods_words
from inventory.models import ImportJob
from inventory.services import importing
from inventory.services.importing import Field, ImportChoice, Layout
from inventory.services.importing.sniffing import DASHES, ENCODINGS, NONE, SPACES
from inventory.states import ImportState

STEP_OF = {
    ImportState.UPLOADED: 2,
    ImportState.CHECKING: 3,
    ImportState.CHECKED: 3,
    ImportState.RUNNING: 4,
}
FIELDS = (
    (Field.SECRET, gettext_lazy("code")),
    (Field.CARD_NO, gettext_lazy("card number")),
    (Field.EXPIRES_ON, gettext_lazy("expiry")),
    (Field.FACE_VALUE, gettext_lazy("face value")),
    (Field.COST, gettext_lazy("cost")),
    (Field.NOTE, gettext_lazy("note")),
    (Field.IGNORED, gettext_lazy("leave out")),
)
DELIMITERS = (
    (",", gettext_lazy("comma ,")), ("\t", gettext_lazy("tab")), (DASHES, "----"),
    (SPACES, gettext_lazy("blanks")), ("|", "|"), (";", ";"), ("，", "，"),
    (NONE, gettext_lazy("one column")),
)  # fmt: skip
FAILURES = {
    "file_unreadable": gettext_lazy("The file is gone or damaged. Load it again."),
    "file_refused": gettext_lazy("The file cannot be read to its end. Save it as CSV, then try."),
}
OTHER_FAILURE = gettext_lazy("Something went wrong on our side. What was loaded is in the batch.")


@page("stock.import")
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    found = _job(job_id)
    context: dict[str, Any] = {
        "title": _("Import %(ref)s") % {"ref": found.ref},
        "job": found,
        "goods": goods_words(found.sku),
        "steps": steps(STEP_OF.get(ImportState(found.state), 5)),
        "tone": tone_of(found.state),
    }
    if found.state == ImportState.UPLOADED:
        columns = _columns(found, typed=context_of(request)["typed"])
        return draw(request, "dashboard/import_columns.html", **context, **columns)
    if found.state in {ImportState.CHECKING, ImportState.CHECKED}:
        return draw(request, "dashboard/import_check.html", **context, **_check(found))
    return draw(request, "dashboard/import_result.html", **context, **_result(found))


def _job(job_id: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("sku__product", "batch"), pk=job_id)


def _columns(found: ImportJob, *, typed: QueryDict) -> dict[str, Any]:
    """As they are kept; what was typed and could not be kept stands in its place."""
    shown = importing.preview(job_id=found.pk, now=timezone.now())
    width = max([len(shown.layout.columns), *(len(line.cells) for line in shown.lines)], default=1)
    said = _columns_in(typed) if typed else shown.layout.columns
    chosen = [*said, *[Field.IGNORED] * width][:width]
    names = [*shown.header, *[""] * width][:width]
    return {
        "preview": shown,
        "batch": typed.dict() if typed else _batch(found, shown),
        "columns": list(zip(range(width), names, chosen, strict=True)),
        "fields": FIELDS,
        "delimiters": DELIMITERS,
        "encodings": ENCODINGS,
        "is_text": shown.encoding != "",
        "marks": [(MARKS[str(mark)], count) for mark, count in shown.marks.items()],
        "lines": [
            (line, importing.WORDS[line.reason] if line.reason else "") for line in shown.lines
        ],
    }


def _batch(found: ImportJob, shown: importing.Preview) -> dict[str, Any]:
    """The other fields of the form, under their names."""
    return {
        "encoding": shown.encoding,
        "delimiter": shown.layout.delimiter,
        "has_header": shown.layout.has_header,
        "expires_on": found.expires_on.isoformat() if found.expires_on else "",
        "cost": "" if found.cost_e4 is None else Money(found.cost_e4, "").decimal,
        "supplier_name": found.supplier_name,
        "note": found.note,
    }


def _check(found: ImportJob) -> dict[str, Any]:
    report = importing.dry_run(job_id=found.pk, now=timezone.now())
    return {
        "is_done": report.is_done,
        "percent": _percent(found),
        "counts": report.counts,
        "reasons": _reasons(report.counts),
        "refused": [(line, importing.WORDS[line.reason]) for line in report.refused],
        "has_card_no": any(line.card_no for line in report.refused),
        "unlisted": importing.count_unlisted(found),
    }


def _result(found: ImportJob) -> dict[str, Any]:
    return {
        "counts": found.counts,
        "reasons": _reasons(found.counts),
        "percent": _percent(found),
        "unlisted": importing.count_unlisted(found),
        "failure": FAILURES.get(found.failure, OTHER_FAILURE) if found.failure else "",
        "has_refused": found.reports.filter(of_check=False).exists(),
        "can_resume": found.state in {ImportState.CANCELED, ImportState.FAILED}
        and found.batch_id is not None
        and bool(found.file_name),
    }


def _reasons(counts: dict[str, Any]) -> list[tuple[Any, int]]:
    found = sorted(counts.get("reasons", {}).items(), key=lambda one: -one[1])
    return [(importing.WORDS[importing.Reason(reason)], count) for reason, count in found]


def _percent(found: ImportJob) -> int:
    if found.state == ImportState.DONE:
        return 100
    return min(99, found.done_lines * 100 // found.total_lines) if found.total_lines else 0


@deed("stock.import", back="office_import", of="job_id")
def choose(request: HttpRequest, job_id: int) -> Deed:
    """Keep the choice; look again, or go on to the check."""
    found = _job(job_id)

    def keep(*, by: Actor, now: datetime) -> None:
        importing.choose(job_id=found.pk, choice=_choice(request), by=by, now=now)
        if request.POST.get("then") == "check":
            importing.dry_run(job_id=found.pk, now=now)

    return Deed(keep, done="")


def _columns_in(given: QueryDict) -> tuple[Field, ...]:
    """What each column was said to hold."""
    width = min(int(given.get("width", "1") or 1), 60) if given.get("width", "").isdecimal() else 1
    names = [given.get(f"column{at}", "") for at in range(width)]
    known = set(Field)
    return tuple(Field(name) if name in known else Field.IGNORED for name in names)


def _choice(request: HttpRequest) -> ImportChoice:
    given = request.POST
    cost = given.get("cost", "").strip()
    return ImportChoice(
        layout=Layout(
            delimiter=given.get("delimiter", NONE),
            has_header=given.get("has_header") == "on",
            columns=_columns_in(given),
        ),
        encoding=given.get("encoding", ""),
        expires_on=day_of(given.get("expires_on", ""), param="expires_on"),
        cost_e4=parse_e4(cost, currency=shop_of(request).currency, param="cost") if cost else None,
        supplier_name=given.get("supplier_name", "").strip(),
        note=given.get("note", "").strip(),
    )


@deed("stock.import", back="office_import", of="job_id")
def do(request: HttpRequest, job_id: int, verb: str) -> Deed:
    found = _job(job_id)
    deeds: dict[str, Callable[..., Any]] = {
        "start": importing.start_import,
        "cancel": importing.cancel_import,
        "resume": importing.resume_import,
        "columns": importing.reopen_import,
    }
    if verb not in deeds:
        raise NotFound
    return Deed(partial(deeds[verb], job_id=found.pk), done="")


@page("stock.import")
def progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far it is, once a second; the page reloads itself when the state has changed."""
    found = _job(job_id)
    return JsonResponse(
        {
            "state": found.state,
            "percent": _percent(found),
            "done": found.done_lines,
            "total": found.total_lines,
            "valid": (found.counts or found.check_counts).get("valid", 0),
        }
    )


@page("stock.import")
def errors(request: HttpRequest, job_id: int) -> HttpResponseBase:
    found = _job(job_id)
    lines = importing.error_file(job_id=found.pk)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{found.ref}-refused.csv"'
    response["Cache-Control"] = "no-store"
    return response
