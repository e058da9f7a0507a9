"""The import of codes, a step a page: upload or paste → look → check → load → result."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.models import Sku
from catalog.states import Kind
from core.errors import AppError, InvalidInput
from core.money import Money, parse_e4
from dashboard.access import actor_of, shop_of
from dashboard.frame import attempt, back_to, draw, page
from dashboard.tones import tone_of
from dashboard.words import MARKS, who
from inventory.models import ImportJob
from inventory.services import importing
from inventory.services.importing import Field, ImportChoice, Layout
from inventory.services.importing.sniffing import DASHES, ENCODINGS, NONE, SPACES
from inventory.states import ImportState

STEPS = (
    gettext_lazy("File"), gettext_lazy("Columns"), gettext_lazy("Check"), gettext_lazy("Load"),
)  # fmt: skip
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
# No browser keeps a chosen file on a page that is shown again.
BOTH_GIVEN = gettext_lazy(
    "Load a file or pasted codes, not both at once. The text is still in the box: to load the "
    "file, empty the box and choose the file again."
)
FAILURES = {
    "file_unreadable": gettext_lazy("The file is gone or damaged. Load it again."),
    "file_refused": gettext_lazy("The file cannot be read to its end. Save it as CSV, then try."),
}
OTHER_FAILURE = gettext_lazy("Something went wrong on our side. What was loaded is in the batch.")
MOST_PASTED = 2_000_000
LATEST = 30


class Upload(forms.Form):
    sku = forms.ModelChoiceField(queryset=Sku.objects.none(), label=gettext_lazy("Goods"))
    file = forms.FileField(required=False, label=gettext_lazy("File"), allow_empty_file=True)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_PASTED,
        label=gettext_lazy("Or paste, a code a line"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sku"]
        assert isinstance(field, forms.ModelChoiceField)
        loadable = Sku.objects.filter(kind=Kind.STOCK_CODE).select_related("product")
        field.queryset = loadable.order_by("product__position", "product_id", "position")
        setattr(field, "label_from_instance", _sku_words)  # noqa: B010 -- Django's own hook, a method to mypy

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_file, has_text = bool(given.get("file")), bool(given.get("text", "").strip())
        if has_file and has_text:
            self.add_error("file", BOTH_GIVEN)
        if not has_file and not has_text and not self.errors:
            self.add_error("file", _("Choose a file, or paste the codes."))
        return given


def _sku_words(sku: Sku) -> str:
    return f"{sku.product.shown.name} · {sku.shown.name}"


@page("stock.import")
def imports(request: HttpRequest) -> HttpResponse:
    form = Upload(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if request.method == "POST":
        job = _opened(request, form)
        if job is not None:
            return back_to("office_import", job.pk)
    latest = ImportJob.objects.select_related("sku__product")[:LATEST]
    return draw(
        request,
        "dashboard/imports.html",
        title=_("Load codes"),
        form=form,
        steps=_steps(1),
        jobs=[(job, tone_of(job.state), _sku_words(job.sku), who(job.made_by)) for job in latest],
    )


def _opened(request: HttpRequest, form: Upload) -> ImportJob | None:
    if getattr(request, "upload_refusal", ""):
        form.add_error("file", _("The file is larger than 200 MB. Split it and load the parts."))
        return None
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return importing.open_import(
            sku_id=given["sku"].pk,
            upload=given["file"] or None,
            text=given["text"],
            by=actor_of(request),
            now=timezone.now(),
        )
    except AppError as refusal:
        place = "file" if given["file"] else "text"
        form.add_error("sku" if refusal.param == "sku" else place, str(refusal.message))
        return None


def _steps(now: int) -> list[tuple[int, Any, str]]:
    def mark(at: int) -> str:
        return "qy-now" if at == now else ("qy-done" if at < now else "")

    return [(at, name, mark(at)) for at, name in enumerate(STEPS, start=1)]


@page("stock.import")
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    found = _job(job_id)
    context: dict[str, Any] = {
        "title": _("Import %(ref)s") % {"ref": found.ref},
        "job": found,
        "goods": _sku_words(found.sku),
        "steps": _steps(STEP_OF.get(ImportState(found.state), 5)),
        "tone": tone_of(found.state),
    }
    if found.state == ImportState.UPLOADED:
        return draw(request, "dashboard/import_columns.html", **context, **_columns(found))
    if found.state in {ImportState.CHECKING, ImportState.CHECKED}:
        return draw(request, "dashboard/import_check.html", **context, **_check(found))
    return draw(request, "dashboard/import_result.html", **context, **_result(found))


def _job(job_id: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("sku__product", "batch"), pk=job_id)


def _columns(found: ImportJob) -> dict[str, Any]:
    shown = importing.preview(job_id=found.pk, now=timezone.now())
    width = max([len(shown.layout.columns), *(len(line.cells) for line in shown.lines)], default=1)
    chosen = [*shown.layout.columns, *[Field.IGNORED] * width][:width]
    names = [*shown.header, *[""] * width][:width]
    return {
        "preview": shown,
        "cost": "" if found.cost_e4 is None else Money(found.cost_e4, "").decimal,
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


@page("stock.import")
@require_POST
def choose(request: HttpRequest, job_id: int) -> HttpResponse:
    """Keep the choice; look again, or go on to the check."""
    found = _job(job_id)
    now = timezone.now()

    def deed() -> None:
        choice = _choice(request)
        importing.choose(job_id=found.pk, choice=choice, by=actor_of(request), now=now)
        if request.POST.get("then") == "check":
            importing.dry_run(job_id=found.pk, now=now)

    attempt(request, deed, done="")
    return back_to("office_import", job_id)


def _choice(request: HttpRequest) -> ImportChoice:
    given = request.POST
    width = min(int(given.get("width", "1") or 1), 60) if given.get("width", "").isdecimal() else 1
    known = set(Field)
    columns = [given.get(f"column{at}", "") for at in range(width)]
    cost = given.get("cost", "").strip()
    return ImportChoice(
        layout=Layout(
            delimiter=given.get("delimiter", NONE),
            has_header=given.get("has_header") == "on",
            columns=tuple(Field(name) if name in known else Field.IGNORED for name in columns),
        ),
        encoding=given.get("encoding", ""),
        expires_on=day_of(given.get("expires_on", "")),
        cost_e4=parse_e4(cost, currency=shop_of(request).currency, param="cost") if cost else None,
        supplier_name=given.get("supplier_name", "").strip(),
        note=given.get("note", "").strip(),
    )


def day_of(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        raise InvalidInput(_("Write a day such as 2026-12-31."), param="expires_on") from None


@page("stock.import")
@require_POST
def do(request: HttpRequest, job_id: int, verb: str) -> HttpResponse:
    found = _job(job_id)
    given: dict[str, Any] = {"job_id": found.pk, "by": actor_of(request), "now": timezone.now()}
    deeds = {
        "start": importing.start_import,
        "cancel": importing.cancel_import,
        "resume": importing.resume_import,
        "columns": importing.reopen_import,
    }
    if verb in deeds:
        attempt(request, lambda: deeds[verb](**given), done="")
    return back_to("office_import", job_id)


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


@page("stock.import")
def template(request: HttpRequest) -> HttpResponse:
    """An empty table whose columns Excel leaves alone."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(importing.template_file(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="codes.xlsx"'
    return response
