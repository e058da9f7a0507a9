"""The export centre: what was asked for, how far it is, and the files."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from dashboard.access import actor_of, allows
from dashboard.frame import Deed, attempt, back_to, deed, draw, page
from dashboard.report_words import failure_words
from dashboard.tones import tone_of
from reports import services as reports
from reports.models import Export
from reports.selectors import exports_of, get_export
from reports.states import Form
from reports.types import Wanted

LATEST = 50
KINDS = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page("home.view")
def exports(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        done = _("It is being made. You may leave this page: the file waits for you here.")
        refusal = attempt(request, partial(_ask, request), done=done)
        if refusal is None:
            return back_to("office_exports")
    latest = exports_of(user_id=request.user.pk or 0)[:LATEST]
    return draw(
        request,
        "dashboard/exports.html",
        title=_("Exports"),
        is_refused=request.method == "POST",
        rows=[_row(export) for export in latest],
        tables=[(one, uuid4()) for one in reports.all_tables() if allows(request, one.right)],
        days=reports.KEPT.days,
    )


def _ask(request: HttpRequest) -> None:
    given = request.POST
    if given.get("table") not in {one.name for one in reports.all_tables()}:
        raise NotFound
    try:
        uid = UUID(given.get("key", ""))
    except ValueError:
        raise InvalidInput(_("Load the page again, then try once more.")) from None
    wanted = Wanted(
        table=given.get("table", ""), form=given.get("form", ""), uid=uid,
        language=get_language() or "", query=given.get("query", ""),
    )  # fmt: skip
    reports.ask_for_export(wanted=wanted, by=actor_of(request), now=timezone.now())


def _row(export: Export) -> dict[str, Any]:
    return {
        "export": export,
        "title": reports.title_of(export.table),
        "tone": tone_of(export.state),
        "percent": _percent(export),
        "failure": failure_words(export.failure),
    }


def _percent(export: Export) -> int | None:
    if not export.is_at_work or export.rows_total is None:
        return None
    return min(99, 100 * export.rows_done // max(export.rows_total, 1))


@page("home.view")
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_export(ref=ref, user_id=request.user.pk or 0)
    return JsonResponse(
        {
            "state": found.state,
            "percent": _percent(found),
            "done": found.rows_done,
            "total": found.rows_total or 0,
        }
    )


@deed("home.view", back="office_exports")
def do(request: HttpRequest, ref: str, verb: str) -> Deed:
    deeds: dict[str, tuple[Callable[..., Any], str]] = {
        "again": (reports.try_export_again, _("It is being made anew.")),
        "cancel": (reports.cancel_export, _("Canceled.")),
    }
    if verb not in deeds:
        raise NotFound
    verb_, done = deeds[verb]
    return Deed(
        partial(verb_, ref=get_export(ref=ref, user_id=request.user.pk or 0).ref), done=done
    )


@page("home.view", own_scope=True)
def take(request: HttpRequest, ref: str) -> HttpResponseBase:
    export, parts = reports.open_export(ref=ref, by=actor_of(request), now=timezone.now())
    response = StreamingHttpResponse(parts, content_type=KINDS[Form(export.form)])
    name = f"{export.table}-{timezone.localtime(export.made_at):%Y%m%d-%H%M}.{export.form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
