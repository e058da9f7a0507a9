"""Forms about partners: the terms they buy on, and their keys."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from catalog.selectors import skus_in_order
from channels.models import ApiKey, PriceTier
from channels.states import KeyScope, LossGuard
from channels.types import KeyTerms, PartnerTerms
from core.money import Money
from dashboard.fields import DayInput, amount_field, networks_field, read_amount
from dashboard.words import goods_words

AMOUNTS = ("credit", "daily_limit", "low_balance")
SCOPES = dict(KeyScope.choices)
FARTHEST = date(2099, 12, 31)


class _Skus(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{goods_words(obj)} ({obj.ref})"


class PartnerForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    contact = forms.CharField(
        label=_("Whom to talk to"),
        required=False,
        max_length=200,
        help_text=_("A name, and how to reach it."),
    )
    tier = forms.ModelChoiceField(
        label=_("Price tier"),
        queryset=PriceTier.objects.none(),
        required=False,
        empty_label=_("none: the list prices"),
    )
    credit = amount_field(
        _("Credit"), required=False, hint=_("So far below zero its balance may go. Empty: none.")
    )
    daily_limit = amount_field(
        _("Most a day"), required=False, hint=_("In the shop's time zone. Empty: no limit.")
    )
    low_balance = amount_field(
        _("Low balance"),
        required=False,
        hint=_("Below this it is told that its balance is low. Empty: never."),
    )
    loss_guard = forms.ChoiceField(
        label=_("An order below its cost"),
        choices=LossGuard,
        initial=LossGuard.REFUSE,
        help_text=_("Where its price would not bring in what the goods cost the shop."),
    )
    most_per_second = forms.IntegerField(
        label=_("Calls a second"), min_value=1, max_value=10_000, initial=100
    )
    sells_all = forms.BooleanField(
        label=_("It may buy everything that is on sale"), required=False, initial=True
    )
    skus = _Skus(
        label=_("Or only these"),
        queryset=Sku.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, given: Any, *, currency: str, partner: Any = None) -> None:
        """`partner` is a row of `partners_at_a_glance`."""
        super().__init__(given, initial=_typed(partner, currency) if partner else None)
        self._currency = currency
        self.fields["tier"].queryset = PriceTier.objects.all()  # type: ignore[attr-defined]  # -- a choice
        self.fields["skus"].queryset = skus_in_order()  # type: ignore[attr-defined]  # -- a choice

    def clean(self) -> Any:
        cleaned = super().clean()
        for name in AMOUNTS:
            self.cleaned_data[f"{name}_e4"] = read_amount(self, name, currency=self._currency)
        if not self.cleaned_data.get("sells_all") and not self.cleaned_data.get("skus"):
            self.add_error("skus", gettext("Choose what it may buy, or let it buy everything."))
        return cleaned

    def terms(self) -> PartnerTerms:
        told = self.cleaned_data
        return PartnerTerms(
            name=told["name"],
            contact=told["contact"],
            tier_id=told["tier"].pk if told["tier"] else None,
            sells_all=told["sells_all"],
            sku_ids=tuple(sku.pk for sku in told["skus"]),
            credit_e4=told["credit_e4"],
            daily_limit_e4=told["daily_limit_e4"],
            low_balance_e4=told["low_balance_e4"],
            loss_guard=told["loss_guard"],
            most_per_second=told["most_per_second"],
        )


def _typed(partner: Any, currency: str) -> dict[str, Any]:
    held = {
        "credit": -partner.floor_e4,
        "daily_limit": partner.daily_limit_e4,
        "low_balance": partner.low_balance_e4,
    }
    amounts = {name: Money(e4, currency).decimal if e4 else "" for name, e4 in held.items()}
    plain = ("name", "contact", "tier", "loss_guard", "most_per_second", "sells_all")
    listed = list(partner.skus.values_list("sku_id", flat=True))
    return {name: getattr(partner, name) for name in plain} | amounts | {"skus": listed}


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), required=False, max_length=60, help_text=_("What it is used for.")
    )
    ends_on = forms.DateField(
        label=_("Good until"),
        required=False,
        widget=DayInput,
        help_text=_("This day with it. Empty: until it is revoked."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[(one.value, capfirst(one.label)) for one in KeyScope],
        initial=[one.value for one in KeyScope],
        widget=forms.CheckboxSelectMultiple,
    )
    networks = networks_field()

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if day is not None and not localdate() <= day <= FARTHEST:
            said = gettext("Choose a day from today to %(last)s.")
            raise forms.ValidationError(said % {"last": FARTHEST})
        return day

    def terms(self) -> KeyTerms:
        told, end = self.cleaned_data, None
        if told["ends_on"] is not None:
            begin = datetime.combine(told["ends_on"], time(), tzinfo=get_current_timezone())
            end = begin + timedelta(days=1)
        return KeyTerms(
            name=told["name"],
            scopes=tuple(told["scopes"]),
            networks=tuple(told["networks"].split()),
            expires_at=end,
        )


def key_row(one: ApiKey, *, by: str, roll: str, revoke: str) -> dict[str, Any]:
    """A key in a list, with the addresses where it is rolled and revoked."""
    return {
        "key": one,
        "scopes": [SCOPES.get(scope, scope) for scope in one.scopes],
        "is_whole": set(one.scopes) == set(KeyScope.values),
        "has_ended": one.expires_at is not None and one.expires_at <= now(),
        "by": by,
        "roll": roll,
        "revoke": revoke,
    }


class RollForm(forms.Form):
    hours = forms.TypedChoiceField(
        label=_("The old key is good for"),
        coerce=int,
        initial=24,
        choices=[
            (0, _("not a moment longer")), (1, _("one hour")), (24, _("one day")),
            (24 * 7, _("seven days")), (24 * 30, _("thirty days")),
        ],
        help_text=_("So long both work, and the partner's program can be changed at leisure."),
    )  # fmt: skip

    def overlap(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])
