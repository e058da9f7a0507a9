"""Forms of a contract with a supplier. What is secret is typed in and never shown."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog.models import Brand
from core.secrets import Secret
from dashboard.fields import DayInput, UploadField
from dashboard.protocols import PROTOCOLS, ProtocolWords, SecretWanted
from suppliers.models import Authorisation, Supplier
from suppliers.models.contracts import MOST_PAY_DAYS
from suppliers.services.authorising import LONGEST
from suppliers.services.papers import MOST_PAPER
from suppliers.services.terms import FIELDS
from suppliers.states import Cycle

DESCRIBED = ("name", "base_url", "app_id")
MOST_SECRET, MOST_RECIPE = 4_000, 20_000


class _Described(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    base_url = forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("As their papers say, such as https://api.example.com."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    app_id = forms.CharField(
        label=_("Our name there"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in DESCRIBED}


class SupplierForm(_Described):
    most_per_minute = forms.CharField(
        label=_("Most orders a minute"),
        required=False,
        max_length=6,
        help_text=_("Empty: as fast as we can."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    is_on = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Out of use, no new order goes there.")
    )

    def __init__(self, given: Any, *, supplier: Supplier) -> None:
        now = {name: getattr(supplier, name) for name in (*DESCRIBED, "most_per_minute", "is_on")}
        super().__init__(given, initial=now)
        known = PROTOCOLS.get(supplier.protocol)
        if known is not None:
            self.fields["app_id"].label = str(known.app_id)

    def given(self) -> dict[str, str]:
        return super().given() | {"most_per_minute": self.cleaned_data["most_per_minute"]}


class TermsForm(forms.Form):
    """How a supplier is settled with, whom to talk to, how long the contract runs."""

    cycle = forms.ChoiceField(
        label=_("Settled"), choices=[(one.value, capfirst(one.label)) for one in Cycle]
    )
    pay_days = forms.IntegerField(
        label=_("Days to pay"),
        min_value=0,
        max_value=MOST_PAY_DAYS,
        help_text=_("So many days after a cycle's last day it is to be paid."),
    )
    contact = forms.CharField(
        label=_("Whom to talk to"),
        required=False,
        max_length=200,
        help_text=_("A name, and how to reach it."),
    )
    contract_from = forms.DateField(label=_("Contract from"), required=False, widget=DayInput)
    contract_until = forms.DateField(label=_("Contract until"), required=False, widget=DayInput)
    terms = forms.CharField(
        label=_("Terms"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, given: Any, *, supplier: Supplier) -> None:
        super().__init__(given, initial={name: getattr(supplier, name) for name in FIELDS})


class SecretsForm(forms.Form):
    """The fields that the protocol wants."""

    def __init__(self, *args: Any, words: ProtocolWords, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wanted = words.secrets
        for one in self._wanted:
            self.fields[one.name] = _secret_field(one)

    def secrets(self) -> dict[str, Secret]:
        typed = {one.name: self.cleaned_data[one.name] for one in self._wanted}
        return {name: Secret(text) for name, text in typed.items() if text}


class ContractForm(SecretsForm, _Described):
    """A new contract: what it is, then its secrets."""

    def __init__(self, *args: Any, words: ProtocolWords, **kwargs: Any) -> None:
        super().__init__(*args, words=words, **kwargs)
        self.fields["app_id"].label = str(words.app_id)


class AuthorisationForm(forms.Form):
    """A brand's paper; of one that is there, a new file is asked for only to take its place."""

    brand = forms.ModelChoiceField(label=_("Brand"), queryset=Brand.objects.none())
    number = forms.CharField(
        label=_("Number"), max_length=LONGEST, help_text=_("As it stands on the paper.")
    )
    since = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(label=_("To, this day with it"), widget=DayInput)
    paper = UploadField(
        most=MOST_PAPER, label=_("Paper"), help_text=_("PDF, JPG or PNG, up to 5 MB.")
    )

    def __init__(
        self, given: Any, files: Any, *, authorisation: Authorisation | None = None
    ) -> None:
        names = ("number", "since", "until")
        now = {name: getattr(authorisation, name) for name in names} if authorisation else {}
        super().__init__(given, files, initial=now)
        self.fields["brand"].queryset = Brand.objects.all()  # type: ignore[attr-defined]  # -- a choice
        if authorisation is not None:
            del self.fields["brand"]
            self.fields["paper"].required = False

    def given(self) -> dict[str, Any]:
        """What the services take, without the paper."""
        cleaned = self.cleaned_data
        given = {name: cleaned[name] for name in ("number", "since", "until")}
        return given | ({"brand_id": cleaned["brand"].pk} if "brand" in cleaned else {})


def _secret_field(wanted: SecretWanted) -> forms.CharField:
    widget: forms.Widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    if wanted.is_long:
        widget = forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "qy-mono"})
    return forms.CharField(
        label=str(wanted.label),
        help_text=str(wanted.hint),
        required=wanted.is_required,
        max_length=MOST_RECIPE if wanted.is_long else MOST_SECRET,
        widget=widget,
    )
