"""Forms of money that is put on a partner's balance, or taken off it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.models import Partner
from channels.types import ClaimProofFile, NewTransfer
from core.money import parse_e4
from dashboard.fields import DayInput, UploadField, amount_field
from suppliers.services.papers import MOST_PAPER

DIGITS = 4  # a balance has four decimals


class TransferForm(forms.Form):
    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none())
    amount = amount_field(_("Amount"))
    paid_on = forms.DateField(label=_("Paid on"), widget=DayInput)
    bank_ref = forms.CharField(
        label=_("The bank's reference"),
        max_length=80,
        help_text=_("As it stands in the bank's statement. One reference counts once."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    proof = UploadField(
        most=MOST_PAPER,
        label=_("Proof"),
        required=False,
        help_text=_("PDF, PNG or JPEG, up to 5 MB. It is kept encrypted."),
    )

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._currency = currency
        self.fields["partner"].queryset = Partner.objects.all()  # type: ignore[attr-defined]  # -- a choice

    def given(self) -> NewTransfer:
        """Raises InvalidInput for what is no amount."""
        told = self.cleaned_data
        proof = told["proof"]
        return NewTransfer(
            amount_e4=parse_e4(told["amount"], currency=self._currency, param="amount"),
            paid_on=told["paid_on"],
            bank_ref=told["bank_ref"],
            note=told["note"],
            proof=ClaimProofFile(name=proof.name, body=proof.read_all(most=MOST_PAPER))
            if proof
            else None,
        )


class CorrectionForm(forms.Form):
    way = forms.ChoiceField(
        label=_("The balance is"),
        choices=[("up", _("too low: put the amount on it")), ("down", _("too high: take it off"))],
    )
    amount = amount_field(_("Amount"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def amount_e4(self, *, currency: str) -> int:
        """Raises InvalidInput for what is no amount."""
        typed = self.cleaned_data
        amount = parse_e4(typed["amount"], currency=currency, param="amount", digits=DIGITS)
        return amount if typed["way"] == "up" else -amount
