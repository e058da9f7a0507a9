"""What is told, as a file; and what a page of figures is asked for whom."""

from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard.access import allows, shop_of
from dashboard.cockpit.ranges import Range
from dashboard.cockpit.types import Asked, Told
from suppliers.services.tables_out import BOM, rows_as_csv


def asked_of(request: HttpRequest, chosen: Range) -> Asked:
    return Asked(
        range=chosen,
        currency=shop_of(request).currency,
        now=timezone.now(),
        may_see_cost=allows(request, "cost.view"),
    )


def csv_of(told: Told, *, name: str) -> HttpResponse:
    """All rows, under the columns' own words."""
    head = [str(column.title) for column in told.columns]
    rows = ([cell.in_file for cell in row] for row in told.rows)
    body = b"".join([BOM, rows_as_csv(chain([head], rows))])
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response
