"""Bills of suppliers: a file is looked at, stored, compared with our own books, and settled."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import AppError, NotFound
from core.money import Money
from dashboard.access import actor_of
from dashboard.bill_files import KeptBill, bill_of
from dashboard.fields import DayInput, UploadField
from dashboard.frame import Deed, back_to, deed, draw, page
from dashboard.tones import tone_of
from dashboard.views.breaks import shown_breaks
from dashboard.words import who
from fulfillment import services as fulfillment
from suppliers import services as suppliers
from suppliers.models import Bill, Supplier
from suppliers.selectors import breaks
from suppliers.services.bill_columns import Column
from suppliers.services.bill_tables import MOST_BYTES, MOST_COLUMNS
from suppliers.states import BillState, BreakKind, BreakState
from suppliers.types import BillFile

LATEST = 50
LISTED = 50
COLUMNS = (
    (Column.NUMBER, gettext_lazy("our number")),
    (Column.SUPPLIER_REF, gettext_lazy("the supplier's number")),
    (Column.AMOUNT, gettext_lazy("amount")),
    (Column.SAID, gettext_lazy("state")),
    (Column.AT, gettext_lazy("time")),
    ("", gettext_lazy("leave out")),
)


class Upload(forms.Form):
    supplier = forms.ModelChoiceField(
        queryset=Supplier.objects.none(), label=gettext_lazy("Supplier")
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DayInput)
    until = forms.DateField(label=gettext_lazy("To, this day with it"), widget=DayInput)
    file = UploadField(most=MOST_BYTES, label=gettext_lazy("File"), allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = Supplier.objects.all()  # type: ignore[attr-defined]  # -- a choice


@page("bills.settle")
def bills(request: HttpRequest) -> HttpResponse:
    form = Upload(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kept = KeptBill(
            supplier_id=given["supplier"].pk,
            since=given["since"],
            until=given["until"],
            title=given["file"].name,
            sealed=given["file"].sealed,
        )
        try:
            looked = _looked_at(request, kept)
        except AppError as refusal:
            form.add_error("file", str(refusal.message))
        else:
            given["file"].keep()
            return looked
    return _page_of(request, form, is_refused=request.method == "POST")


def _page_of(request: HttpRequest, form: Upload, *, is_refused: bool) -> HttpResponse:
    rows = list(Bill.objects.select_related("supplier")[:LATEST])
    found = breaks().filter(bill__in=[bill.pk for bill in rows], state=BreakState.OPEN)
    counts = dict(found.order_by().values_list("bill_id").annotate(Count("pk")))
    return draw(
        request,
        "dashboard/bills.html",
        title=_("Bills of suppliers"),
        is_refused=is_refused,
        form=form,
        bills=[
            {
                "row": bill,
                "total": Money(bill.total_e4, bill.currency),
                "tone": tone_of(bill.state),
                "open": counts.get(bill.pk, 0),
            }
            for bill in rows
        ],
    )


@page("bills.settle")
@require_POST
def store(request: HttpRequest) -> HttpResponseBase:
    """Look again with other columns; or store the bill and compare it at once."""
    try:
        kept = bill_of(request.POST.get("token", ""))
        if request.POST.get("then") != "store":
            return _looked_at(request, kept)
        bill = _stored(request, kept)
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return _page_of(request, Upload(), is_refused=True)
    if bill is None:
        return _looked_at(request, kept, is_refused=True)
    kept.sealed.delete()
    return back_to("office_bill", bill.pk)


def _stored(request: HttpRequest, kept: KeptBill) -> Bill | None:
    who_and_when: dict[str, Any] = {"by": actor_of(request), "now": timezone.now()}
    file = BillFile(
        name=kept.title,
        body=kept.body(),
        since=kept.since,
        until=kept.until,
        mapping=_mapping(request),
        skips_bad=request.POST.get("skips_bad") == "on",
    )
    bill, _reading = suppliers.read_bill(supplier_id=kept.supplier_id, file=file, **who_and_when)
    if bill is not None:
        fulfillment.reconcile(bill_id=bill.pk, **who_and_when)
    return bill


def _looked_at(request: HttpRequest, kept: KeptBill, *, is_refused: bool = False) -> HttpResponse:
    """What would be stored; raises FileRefused."""
    supplier = get_object_or_404(Supplier, pk=kept.supplier_id)
    reading = suppliers.look_at_bill(body=kept.body(), mapping=_mapping(request))
    chosen = {at: column for column, at in reading.columns.items()}
    width = max(reading.width, 1)
    return draw(
        request,
        "dashboard/bill_check.html",
        title=_("Look at the bill"),
        is_refused=is_refused,
        kept=kept,
        supplier=supplier,
        reading=reading,
        total=Money(reading.total_e4, supplier.currency),
        width=width,
        columns=[(at, chosen.get(at, "")) for at in range(width)],
        choices=COLUMNS,
        sample=[(number, [*cells, *[""] * width][:width]) for number, cells in reading.sample],
    )


def _mapping(request: HttpRequest) -> dict[str, int] | None:
    """What each column was said to hold; the first of two that are said to hold the same."""
    said = [(request.POST.get(f"column{at}", ""), at) for at in range(MOST_COLUMNS)]
    return {name: at for name, at in reversed(said) if name} or None


@page("bills.settle")
def bill(request: HttpRequest, bill_id: int) -> HttpResponse:
    found = get_object_or_404(Bill.objects.select_related("supplier"), pk=bill_id)
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
        is_closed=found.state == BillState.CLOSED,
    )


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


@deed("bills.settle", back="office_bill", of="bill_id")
def bill_do(request: HttpRequest, bill_id: int, verb: str) -> Deed:
    found = get_object_or_404(Bill, pk=bill_id)
    deeds = {
        "match": (fulfillment.reconcile, _("Compared.")),
        "close": (suppliers.close_bill, _("The bill is closed.")),
    }
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    return Deed(partial(do, bill_id=found.pk), done=done)
