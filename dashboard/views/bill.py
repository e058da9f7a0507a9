"""One bill: how far it is, what it comes to, its lines and differences, what is done with it."""

from functools import partial
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotFound
from core.money import Money
from dashboard.frame import Deed, deed, draw, page
from dashboard.paging import following
from dashboard.tones import tone_of
from dashboard.views.breaks import shown_breaks
from dashboard.words import who
from suppliers import services as suppliers
from suppliers.models import Bill
from suppliers.selectors import breaks, lines_of_bill
from suppliers.states import (
    BILL_AT_WORK,
    BILL_MOVES,
    BILL_UNREAD,
    BadReason,
    BillState,
    BreakKind,
    BreakState,
)

LISTED = 20
FAILURES = {
    "bad_lines": gettext_lazy("Some of its lines cannot be read. Nothing of it counts so far."),
    "no_lines": gettext_lazy("There is no line in this file that can be read."),
    "file_gone": gettext_lazy("The file is gone or damaged. Load it again."),
    "file_refused": gettext_lazy(
        "The file cannot be read to its end, or has more than 200,000 lines. Split it, or save it "
        "as CSV, then load it again."
    ),
}
OTHER_FAILURE = gettext_lazy("Something went wrong on our side. Try once more.")


@page("bills.settle")
def bill(request: HttpRequest, bill_id: int) -> HttpResponse:
    found = _bill(bill_id)
    rows = breaks().filter(bill=found)
    return draw(
        request,
        "dashboard/bill.html",
        title=_("Bill of %(supplier)s") % {"supplier": found.supplier.name},
        bill=found,
        tone=tone_of(found.state),
        by=who(found.by),
        total=Money(found.total_e4, found.currency),
        counts=_counts(rows),
        breaks=shown_breaks(rows[:LISTED]),
        moves=[
            (move, BillState(move.new).label, who(move.by))
            for move in found.moves.order_by("at", "pk")
        ],
        progress=_progress(found) if found.state in BILL_AT_WORK else None,
        failure=FAILURES.get(found.failure, OTHER_FAILURE) if found.failure else "",
        bad=[(row, BadReason(reason).label) for row, reason in found.bad],
        can=_can(found),
        is_unread=found.state in BILL_UNREAD,
    )


def _bill(bill_id: int) -> Bill:
    return get_object_or_404(Bill.objects.select_related("supplier"), pk=bill_id)


def _can(found: Bill) -> set[str]:
    """The verbs that make sense now."""
    moves = BILL_MOVES[BillState(found.state)]
    verbs = {"match": BillState.MATCHING, "close": BillState.CLOSED}
    can = {verb for verb, state in verbs.items() if state in moves}
    return can | ({"skip"} if found.failure == "bad_lines" else set())


def _counts(rows: Any) -> list[dict[str, Any]]:
    """How many breaks there are of each kind, and how many of them are open."""
    counted = rows.order_by().values_list("kind", "state").annotate(Count("pk"))
    all_of: dict[str, int] = {}
    open_of: dict[str, int] = {}
    for kind, state, count in counted:
        all_of[kind] = all_of.get(kind, 0) + count
        open_of[kind] = open_of.get(kind, 0) + count * (state == BreakState.OPEN)
    return [
        {"kind": kind, "words": kind.label, "all": all_of[kind], "open": open_of[kind]}
        for kind in BreakKind
        if kind in all_of
    ]


def _progress(found: Bill) -> dict[str, Any]:
    """`percent` is none where nobody can tell: of a workbook, and of a comparison."""
    is_read = found.state != BillState.READING
    done, total = 0 if is_read else found.done_lines, max(found.total_lines, found.done_lines)
    can_tell = not is_read and found.total_lines
    percent = min(99, done * 100 // total) if can_tell else None
    return {"state": found.state, "percent": percent, "done": done, "total": total}


@page("bills.settle")
def progress(request: HttpRequest, bill_id: int) -> HttpResponse:
    """How far it is, once a second; the page reloads itself when the state has changed."""
    return JsonResponse(_progress(_bill(bill_id)))


@page("bills.settle")
def lines(request: HttpRequest, bill_id: int) -> HttpResponse:
    """As they stand in the file, a page at a time; or those about one number."""
    found, number = _bill(bill_id), request.GET.get("number", "").strip()[:80]
    rows = lines_of_bill(bill_id=found.pk, number=number.replace("\0", ""))
    one = following(rows, by="row", given=request.GET)
    return draw(
        request,
        "dashboard/bill_lines.html",
        title=_("Lines of the bill"),
        bill=found,
        number=number,
        paging=one,
        lines=[(line, Money(line.amount_e4, found.currency)) for line in one.rows],
    )


@deed("bills.settle", back="office_bill", of="bill_id")
def bill_do(request: HttpRequest, bill_id: int, verb: str) -> Deed:
    found = get_object_or_404(Bill, pk=bill_id)
    deeds = {
        "match": (suppliers.ask_to_match, ""),
        "skip": (suppliers.skip_bad_lines, ""),
        "close": (suppliers.close_bill, _("The bill is closed.")),
    }
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    return Deed(partial(do, bill_id=found.pk), done=done)
