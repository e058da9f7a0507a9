"""Where our books and a supplier's differ: a list, and each with what a person may say."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.frame import Deed, deed, draw, page
from dashboard.paging import latest
from dashboard.reading import ids_in
from dashboard.tones import tone_of
from dashboard.words import who
from fulfillment.models import Unit
from suppliers import services as suppliers
from suppliers.models import Attempt, Break, Supplier
from suppliers.selectors import breaks as all_breaks
from suppliers.states import BREAK_MOVES, BreakKind, BreakState

VERBS = {
    "explain": BreakState.EXPLAINED,
    "claim": BreakState.CLAIMED,
    "close": BreakState.CLOSED,
}


@page("bills.settle")
def breaks(request: HttpRequest) -> HttpResponse:
    """A page at a time, and how many there are in each state under the other filters."""
    given = request.GET
    one = latest(_filtered(given), given=given)
    return draw(
        request,
        "dashboard/breaks.html",
        title=_("Differences with suppliers"),
        breaks=shown_breaks(one.rows),
        paging=one,
        chosen=given.dict(),
        states=_counts(given),
        kinds=BreakKind.choices,
        csv_query=f"?{given.urlencode()}",
        suppliers=[(str(one.pk), one.name) for one in Supplier.objects.all()],
    )


@page("bills.settle")
def breaks_csv(request: HttpRequest) -> HttpResponseBase:
    lines = suppliers.breaks_csv(rows=_filtered(request.GET))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="differences.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _counts(given: QueryDict) -> list[dict[str, Any]]:
    """All of them first, then each state: its count, and the address that shows it."""
    rows = _of_any_state(given).order_by()
    counts = dict(rows.values_list("state").annotate(Count("pk")))
    states: list[tuple[str, Any]] = [("", _("all")), *BreakState.choices]
    return [
        {
            "value": value,
            "words": words,
            "count": counts.get(value, 0) if value else sum(counts.values()),
            "query": _query(given, value),
        }
        for value, words in states
    ]


def _query(given: QueryDict, state: str) -> str:
    left = given.copy()
    left.pop("before", None)
    left["state"] = state
    return f"?{left.urlencode()}"


def _filtered(given: QueryDict) -> "QuerySet[Break]":
    """By what the address says; what it does not know finds all."""
    rows = _of_any_state(given)
    state = given.get("state")
    return rows.filter(state=state) if state in BreakState.values else rows


def _of_any_state(given: QueryDict) -> "QuerySet[Break]":
    rows = all_breaks()
    if given.get("kind") in BreakKind.values:
        rows = rows.filter(kind=given["kind"])
    for name in ("supplier", "bill"):
        chosen = ids_in([given.get(name, "")])
        if chosen:
            rows = rows.filter(**{f"{name}_id": chosen[0]})
    return rows


def shown_breaks(rows: Iterable[Break]) -> list[dict[str, Any]]:
    return [_shown(row) for row in rows]


def _shown(row: Break) -> dict[str, Any]:
    currency = row.supplier.currency
    ours, theirs = row.ours_e4, row.theirs_e4
    return {
        "row": row,
        "ours": None if ours is None else Money(ours, currency),
        "theirs": None if theirs is None else Money(theirs, currency),
        "differs": Money((theirs or 0) - (ours or 0), currency),
        "tone": tone_of(row.state),
    }


@page("bills.settle")
def gap(request: HttpRequest, gap_id: int) -> HttpResponse:
    found = get_object_or_404(all_breaks(), pk=gap_id)
    allowed = BREAK_MOVES[BreakState(found.state)]
    return draw(
        request,
        "dashboard/break.html",
        title=str(found.get_kind_display()).capitalize(),
        one=_shown(found),
        order_id=_order_of(found),
        can={verb for verb, state in VERBS.items() if state in allowed},
        moves=[
            (move, BreakState(move.new).label, who(move.by))
            for move in found.moves.order_by("at", "pk")
        ],
    )


def _order_of(found: Break) -> int | None:
    """The order that it was bought for."""
    unit_ids = Attempt.objects.filter(number=found.number).values_list("unit_id", flat=True)[:1]
    if not found.number:
        return None
    return Unit.objects.filter(pk__in=list(unit_ids)).values_list("order_id", flat=True).first()


@deed("bills.settle", back="office_break", of="gap_id")
def gap_do(request: HttpRequest, gap_id: int, verb: str) -> Deed:
    found, note = get_object_or_404(Break, pk=gap_id), request.POST.get("note", "")
    deeds = {
        "explain": suppliers.explain_break,
        "claim": suppliers.claim_break,
        "close": suppliers.close_break,
    }
    if verb not in deeds:
        raise NotFound
    return Deed(partial(deeds[verb], break_id=found.pk, note=note), done=_("Written down."))
