"""What we bought from a supplier over some days, by our own books."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import AppError
from core.money import Money
from dashboard.frame import draw, page
from dashboard.reading import day_of, ids_in
from suppliers import services as suppliers
from suppliers.models import Supplier
from suppliers.services.statements import Statement, StatementLine

DAYS = timedelta(days=30)


@page("bills.settle")
def statement(request: HttpRequest) -> HttpResponseBase:
    since, until = _usual_days()
    told, why = None, ""
    try:
        since, until = _days(request)
        told = _told(request, since, until)
    except AppError as refusal:
        why = str(refusal.message)
        messages.error(request, why)
    return draw(
        request,
        "dashboard/statement.html",
        title=_("Statement"),
        is_refused=bool(why),
        suppliers=Supplier.objects.all(),
        chosen={"supplier": request.GET.get("supplier", ""), "since": since, "until": until},
        told=told,
        lines=[_shown(line, told.currency) for line in told.lines] if told else [],
        total=_shown(told, told.currency) if told else None,
    )


@page("bills.settle")
def statement_csv(request: HttpRequest) -> HttpResponseBase:
    told = _told(request, *_days(request))
    if told is None:
        return statement(request)
    response = HttpResponse(suppliers.statement_csv(told), content_type="text/csv; charset=utf-8")
    name = f"statement-{told.supplier_id}-{told.since}-{told.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _usual_days() -> tuple[date, date]:
    today = timezone.localdate()
    return today - DAYS, today


def _days(request: HttpRequest) -> tuple[date, date]:
    since, until = _usual_days()
    return (
        day_of(request.GET.get("since", ""), param="since") or since,
        day_of(request.GET.get("until", ""), param="until") or until,
    )


def _told(request: HttpRequest, since: date, until: date) -> Statement | None:
    ids = ids_in([request.GET.get("supplier", "")])
    if not ids:
        return None
    supplier = get_object_or_404(Supplier, pk=ids[0])
    return suppliers.statement(supplier_id=supplier.pk, since=since, until=until)


def _shown(of: StatementLine | Statement, currency: str) -> dict[str, Any]:
    return {
        "of": of,
        "bought": Money(of.bought_e4, currency),
        "back": Money(of.back_e4, currency),
        "total": Money(of.total_e4, currency),
    }
