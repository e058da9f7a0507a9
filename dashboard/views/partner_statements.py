"""A partner's balance month by month: to read, and to take away."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from channels import services as channels
from channels.models import Partner
from channels.selectors import entries_of_month, get_partner, month_figures, movements
from channels.services.statement_files import KINDS
from channels.types import MonthFigures
from core.errors import AppError, InvalidInput, NotFound
from core.money import Money
from dashboard.access import require, shop_of
from dashboard.exporting.statements import query_of
from dashboard.frame import draw, page
from dashboard.paging import Slice, following
from dashboard.views.partners import line_shown
from payments.selectors import sum_of

YEARS = range(2000, 2100)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("partners.view")
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    require(request, "money.view")
    found, month, why = get_partner(ref=ref), timezone.localdate(), ""
    try:
        month = _month(request)
    except AppError as refusal:
        why = str(refusal.message)
    return _drawn(request, found, month, why=why)


def _drawn(request: HttpRequest, found: Partner, month: date, *, why: str) -> HttpResponse:
    currency = shop_of(request).currency
    figures = month_figures(partner=found, month=month)
    entries = entries_of_month(partner=found, month=month)
    some = following(entries, by="pk", given=request.GET)
    before_e4 = figures.opening_e4 + _before(entries, some)
    lines = movements(partner=found, entries=some.rows, before_e4=before_e4)
    first = month.replace(day=1)
    return draw(
        request,
        "dashboard/partner_statement.html",
        title=_("Statement of %(name)s") % {"name": found.name},
        is_refused=bool(why),
        why=why,
        partner=found,
        month=first,
        export_query=query_of(found, first),
        earlier=first - timedelta(days=1) if first.year > YEARS.start else None,
        figures=figures,
        opening=Money(figures.opening_e4, currency),
        closing=Money(figures.closing_e4, currency),
        sums=_sums(figures, currency),
        lines=[line_shown(one, currency) for one in lines],
        paging=some,
    )


def _before(entries: Any, some: Slice) -> int:
    """What the pages before this one come to."""
    if not some.rows or not some.first_query:
        return 0
    return sum_of(entries=entries.filter(pk__lt=some.rows[0].pk))


def _sums(figures: MonthFigures, currency: str) -> list[tuple[Any, int, Money]]:
    return [
        (KINDS.get(one.kind, one.kind), one.count, Money(one.amount_e4, currency))
        for one in figures.sums
    ]


@page("partners.view")
def statement_file(request: HttpRequest, ref: str, form: str) -> HttpResponseBase:
    require(request, "money.view")
    found, month = get_partner(ref=ref), _month(request)
    response: HttpResponseBase
    if form == "csv":
        lines = channels.statement_csv(partner=found, month=month)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        body = channels.statement_xlsx(partner=found, month=month)
        response = HttpResponse(body, content_type=XLSX)
    else:
        raise NotFound
    name = f"statement-{found.ref}-{month:%Y-%m}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _month(request: HttpRequest) -> date:
    """The month that the address names; else the one that it is."""
    text = request.GET.get("month", "").strip()
    if not text:
        return timezone.localdate()
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        raise InvalidInput(_("Write a month such as 2026-11."), param="month") from None
    if month.year not in YEARS:
        raise InvalidInput(_("Choose a month of our time."), param="month")
    return month
