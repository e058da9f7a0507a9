"""Which goods are bought, and the form of an offer: amounts as decimals, hours as a person writes
them."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from catalog.states import BOUGHT, Channel, Kind
from core.errors import AppError
from core.money import Money, parse_e4
from dashboard.reading import ids_in
from suppliers.models import Offer, Supplier, SupplierProduct

PLAIN = (
    "product", "face_value", "priority", "weight", "opens", "closes", "is_on", "path",
    "forbidden_channels", "slow_hours", "needs_authorisation",
)  # fmt: skip
AMOUNTS = ("cost", "most", "floor")
DIGITS = 4  # of a supplier's price


def _amount(label: Any, *, required: bool, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "9.875"})
    return forms.CharField(
        label=label, required=required, max_length=20, help_text=hint, widget=widget
    )


def _whole(label: Any, *, least: int, hint: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, help_text=hint, initial=initial)


def _hour(label: Any, hint: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, help_text=hint, widget=widget)


def bought_skus(*, given: QueryDict) -> "QuerySet[Sku]":
    """What is bought when it is ordered, as the address asks for it."""
    skus, text = Sku.objects.filter(kind__in=BOUGHT), given.get("q", "").strip()
    if "sku" in given:
        skus = skus.filter(pk__in=ids_in(given.getlist("sku")))
    if text:
        named = [f"{name}__icontains" for name in ("product__name", "product__name_en", "name")]
        skus = skus.filter(Q(*[(name, text) for name in named], _connector=Q.OR))
    in_order = skus.order_by("product__position", "product_id", "position", "pk")
    return in_order.select_related("product")


class OfferForm(forms.Form):
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.none())
    product = forms.CharField(
        label=_("The supplier's product"),
        max_length=80,
        help_text=_("Its own number for it, from its price list."),
    )
    face_value = _whole(
        _("Face value"), least=0, initial=0,
        hint=_("Of phone credit, in whole units such as 50. For all else 0."),
    )  # fmt: skip
    cost = _amount(_("Cost"), required=True, hint=_("What the supplier takes for one."))
    most = _amount(
        _("Highest cost"),
        required=False,
        hint=_("Dearer than this it is not bought. Empty: it goes with the cost."),
    )
    priority = _whole(_("Priority"), least=0, initial=1, hint=_("1 is asked before 2."))
    weight = _whole(
        _("Weight"), least=1, initial=1,
        hint=_("Shares orders among offers of one priority: 3 gets three times what 1 gets."),
    )  # fmt: skip
    opens = _hour(_("Opens"), _("In the shop's time zone. Empty: open all day."))
    closes = _hour(_("Closes"), _("Earlier than it opens: past midnight."))
    floor = _amount(
        _("Price floor"),
        required=False,
        hint=_(
            "The supplier forbids that a shopper pays less, after discounts. Empty: it does not."
        ),
    )
    forbidden_channels = forms.MultipleChoiceField(
        label=_("Forbidden channels"),
        required=False,
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    path = forms.CharField(
        label=_("How it comes to us"),
        required=False,
        max_length=200,
        help_text=_("Direct, or through whose hands: brand → distributor → us."),
    )
    slow_hours = _whole(
        _("Takes up to (hours)"), least=0, initial=0,
        hint=_(
            "Of slow phone credit and the like. It is left out unless the SKU allows as many hours."
        ),
    )  # fmt: skip
    needs_authorisation = forms.BooleanField(
        label=_("Needs a brand authorisation"),
        required=False,
        help_text=_("Without one in force, kept at the supplier, it is left out."),
    )
    ignores_supply = forms.BooleanField(
        label=_("Ask it whatever its catalogue says of stock"), required=False
    )
    is_on = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self,
        given: Any,
        *,
        sku: Sku,
        offer: Offer | None = None,
        line: SupplierProduct | None = None,
    ) -> None:
        """`line` of the supplier's catalogue fills in what it says."""
        initial = _typed(offer) if offer else _listed(line) if line else None
        super().__init__(given, initial=initial)
        if offer is None:
            self.fields["supplier"].queryset = Supplier.objects.all()  # type: ignore[attr-defined]  # -- a choice
        else:
            del self.fields["supplier"]
        for name in AMOUNTS:
            if offer and f"{name}_e4" in offer.own_fields:
                self.fields[name].help_text = _("Your own: the catalogue does not change it.")
        has_value = any(one and one.face_value for one in (offer, line))
        if sku.kind != Kind.TOP_UP and not has_value:
            del self.fields["face_value"]

    def clean(self) -> Any:
        cleaned = super().clean()
        for name in AMOUNTS:
            try:
                text = self.cleaned_data.get(name, "")
                if text:
                    self.cleaned_data[f"{name}_e4"] = parse_e4(text, digits=DIGITS, param=name)
            except AppError as refusal:
                self.add_error(name, str(refusal.message))
        return cleaned

    def given(self) -> dict[str, Any]:
        """What the services take; without a highest cost (None) it is what it costs."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in (*PLAIN, "ignores_supply") if name in cleaned}
        cost_e4 = cleaned["cost_e4"]
        return plain | {
            "cost_e4": cost_e4,
            "most_e4": cleaned.get("most_e4"),
            "floor_e4": cleaned.get("floor_e4", 0),
        }


def _typed(offer: Offer) -> dict[str, Any]:
    amounts = {
        name: Money(getattr(offer, f"{name}_e4"), offer.supplier.currency).decimal
        for name in AMOUNTS
    }
    if not offer.floor_e4:
        amounts["floor"] = ""
    if "most_e4" not in offer.own_fields and offer.most_e4 == offer.cost_e4:
        amounts["most"] = ""
    ignores = {"ignores_supply": "supply" in offer.own_fields}
    return {name: getattr(offer, name) for name in PLAIN} | amounts | ignores


def _listed(line: SupplierProduct) -> dict[str, Any]:
    filled = {
        "supplier": line.supplier_id,
        "product": line.product,
        "face_value": line.face_value,
    }
    if line.cost_e4 is not None:
        filled["cost"] = Money(line.cost_e4, line.supplier.currency).decimal
    return filled
