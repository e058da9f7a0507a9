"""Bills of suppliers: the list, and a file that is looked at before it is stored."""

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

from core.errors import AppError
from core.money import Money
from dashboard.access import actor_of
from dashboard.bill_files import KeptBill, bill_of
from dashboard.fields import DayInput, UploadField
from dashboard.frame import back_to, draw, page
from dashboard.paging import latest
from dashboard.reading import given_in, ids_in
from dashboard.tones import tone_of
from suppliers import services as suppliers
from suppliers.models import Bill, Supplier
from suppliers.selectors import breaks
from suppliers.services.bill_columns import Column
from suppliers.services.bill_tables import MOST_BYTES, MOST_COLUMNS
from suppliers.states import BillState, BreakState
from suppliers.types import BillFile

COLUMNS = (
    (Column.NUMBER, gettext_lazy("our number")),
    (Column.SUPPLIER_REF, gettext_lazy("the supplier's number")),
    (Column.AMOUNT, gettext_lazy("amount")),
    (Column.SAID, gettext_lazy("state")),
    (Column.AT, gettext_lazy("time")),
    ("", gettext_lazy("leave out")),
)


# What an address may begin the form with.
BEGINS_WITH = ("supplier", "since", "until")


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
    usual = given_in(request.GET, names=BEGINS_WITH)
    form = Upload(request.POST or None, request.FILES or None, initial=usual)
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
            suppliers.check_bill(
                supplier_id=kept.supplier_id, body=kept.body(), since=kept.since, until=kept.until
            )
            looked = _looked_at(request, kept)
        except AppError as refusal:
            at = refusal.param if refusal.param in form.fields else "file"
            form.add_error(at, str(refusal.message))
        else:
            given["file"].keep()
            return looked
    return _page_of(request, form, is_refused=request.method == "POST")


def _page_of(request: HttpRequest, form: Upload, *, is_refused: bool) -> HttpResponse:
    given = request.GET
    one = latest(_filtered(given), given=given)
    found = breaks().filter(bill__in=[bill.pk for bill in one.rows], state=BreakState.OPEN)
    counts = dict(found.order_by().values_list("bill_id").annotate(Count("pk")))
    return draw(
        request,
        "dashboard/bills.html",
        title=_("Bills of suppliers"),
        is_refused=is_refused,
        form=form,
        paging=one,
        chosen=given.dict(),
        states=BillState.choices,
        suppliers=[(str(one.pk), one.name) for one in Supplier.objects.all()],
        bills=[_shown(bill, counts.get(bill.pk, 0)) for bill in one.rows],
    )


def _filtered(given: Any) -> Any:
    rows = Bill.objects.select_related("supplier").order_by("-pk")
    chosen = ids_in([given.get("of", "")])
    if chosen:
        rows = rows.filter(supplier_id=chosen[0])
    return rows.filter(state=given["state"]) if given.get("state") in BillState.values else rows


def _shown(bill: Bill, count: int) -> dict[str, Any]:
    return {
        "row": bill,
        "total": Money(bill.total_e4, bill.currency),
        "tone": tone_of(bill.state),
        "open": count,
    }


@page("bills.settle")
@require_POST
def store(request: HttpRequest) -> HttpResponseBase:
    """Look again with other columns; or store the bill, and have it compared."""
    try:
        kept = bill_of(request.POST.get("token", ""))
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return _page_of(request, Upload(), is_refused=True)
    try:
        if request.POST.get("then") != "store":
            return _looked_at(request, kept)
        bill = _stored(request, kept)
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return _looked_at_again(request, kept)
    if bill is None:
        return _looked_at(request, kept, is_refused=True)
    kept.sealed.delete()
    return back_to("office_bill", bill.pk)


def _looked_at_again(request: HttpRequest, kept: KeptBill) -> HttpResponse:
    """With all that was chosen; or, of a file that cannot be read any more, what was said of it."""
    try:
        return _looked_at(request, kept, is_refused=True)
    except AppError:
        told = {"supplier": kept.supplier_id, "since": kept.since, "until": kept.until}
        return _page_of(request, Upload(initial=told), is_refused=True)


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
    if bill is not None and bill.state == BillState.READ:
        suppliers.ask_to_match(bill_id=bill.pk, **who_and_when)
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
        skips_bad=request.POST.get("skips_bad") == "on",
    )


def _mapping(request: HttpRequest) -> dict[str, int] | None:
    """What each column was said to hold; the first of two that are said to hold the same."""
    said = [(request.POST.get(f"column{at}", ""), at) for at in range(MOST_COLUMNS)]
    return {name: at for name, at in reversed(said) if name} or None
