"""Payments to suppliers: noted by a person, and undone by a counter entry, never deleted."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.money import Money, parse_e4
from dashboard.access import actor_of
from dashboard.fields import DayInput, UploadField
from dashboard.frame import Deed, back_to, deed, draw, page, password_first, saved
from dashboard.paging import latest
from dashboard.reading import given_in, ids_in
from dashboard.typed import typed_into
from dashboard.words import who
from fulfillment import services as fulfillment
from suppliers import services as suppliers
from suppliers.models import Supplier, SupplierPayment
from suppliers.selectors import payments_to_suppliers
from suppliers.services.papers import MOST_PAPER
from suppliers.states import PaidBy, PaperKind
from suppliers.types import NewPayment, Proof

# What an address may begin the form with.
BEGINS_WITH = ("supplier", "counts_on")


class PaymentForm(forms.Form):
    supplier = forms.ModelChoiceField(
        queryset=Supplier.objects.none(), label=gettext_lazy("Supplier")
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    paid_on = forms.DateField(label=gettext_lazy("Paid on"), widget=DayInput)
    counts_on = forms.DateField(
        label=gettext_lazy("Pays the cycle of"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Any day of it. Empty: the cycle in which it was paid."),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[(one.value, capfirst(one.label)) for one in PaidBy]
    )
    ref = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=80,
        help_text=gettext_lazy("What the bank calls it. One reference counts once."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    proof = UploadField(
        most=MOST_PAPER,
        label=gettext_lazy("Proof"),
        required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, up to 5 MB. It is kept encrypted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = Supplier.objects.all()  # type: ignore[attr-defined]  # -- a choice

    def given(self) -> NewPayment:
        """Raises InvalidInput for what is no amount of the supplier's currency."""
        told = self.cleaned_data
        currency = told["supplier"].currency
        return NewPayment(
            amount_e4=parse_e4(told["amount"], currency=currency, param="amount"),
            paid_on=told["paid_on"],
            counts_on=told["counts_on"],
            how=told["how"],
            ref=told["ref"],
            note=told["note"],
            proof=_proof_in(told["proof"]),
        )


def _proof_in(file: Any) -> Proof | None:
    return Proof(name=file.name, body=file.read_all(most=MOST_PAPER)) if file else None


@page("bills.settle")
def payments(request: HttpRequest) -> HttpResponse:
    usual = {"paid_on": timezone.localdate()} | given_in(request.GET, names=BEGINS_WITH)
    form = PaymentForm(request.POST or None, request.FILES or None, initial=usual)
    if request.method == "POST":
        to_password = password_first(request, then=request.path)
        if to_password:
            return to_password
    typed_into(request, form)

    def note(**who_and_when: Any) -> None:
        supplier = form.cleaned_data["supplier"]
        fulfillment.note_payment_to_supplier(
            supplier_id=supplier.pk, given=form.given(), **who_and_when
        )

    if saved(request, form, note, done=_("The payment is noted.")):
        return back_to("office_supplier_payments")
    return _listed(request, form)


def _listed(request: HttpRequest, form: PaymentForm) -> HttpResponse:
    given, rows = request.GET, payments_to_suppliers()
    chosen = ids_in([given.get("of", "")])
    if chosen:
        rows = rows.filter(supplier_id=chosen[0])
    one = latest(rows, given=given)
    return draw(
        request,
        "dashboard/supplier_payments.html",
        title=_("Payments to suppliers"),
        is_refused=request.method == "POST",
        form=form,
        paging=one,
        chosen=given.dict(),
        suppliers=[(str(one.pk), one.name) for one in Supplier.objects.all()],
        payments=[_shown(row) for row in one.rows],
    )


def _shown(row: SupplierPayment) -> dict[str, Any]:
    return {
        "row": row,
        "amount": Money(row.amount_e4, row.currency),
        "counter": Money(-row.amount_e4, row.currency),
        "by": who(row.by),
        "undone_by": who(row.undone_by),
    }


@page("bills.settle")
@require_safe
def proof(request: HttpRequest, payment_id: int) -> HttpResponse:
    found = suppliers.read_proof(payment_id=payment_id, by=actor_of(request), now=timezone.now())
    if found is None:
        raise NotFound
    kind = PaperKind(found.kind)
    response = HttpResponse(found.body, content_type=kind.mime)
    # Never shown on our own address: what a stranger has made is taken away, not opened here.
    response["Content-Disposition"] = f'attachment; filename="payment-{payment_id}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@deed("bills.settle", back="office_supplier_payments")
def undo(request: HttpRequest, payment_id: int) -> Deed:
    found = get_object_or_404(SupplierPayment, pk=payment_id)
    reason = request.POST.get("reason", "")
    return Deed(
        partial(fulfillment.undo_payment_to_supplier, payment_id=found.pk, reason=reason),
        done=_("Undone: a counter entry stands against it."),
        asks_password=True,
    )
