"""SKUs, as rows of their product's form."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from catalog.models import Sku
from core.errors import AppError
from core.money import Money, parse_e4
from dashboard.access import allows
from dashboard.admin.base import TenantForm

# The admin rewrites a form's Meta.fields: what the services take is named here.
SKU_PLAIN = (
    "name", "name_en", "kind", "promise", "slow_hours", "duration_days", "min_days_left",
    "most_per_order", "most_per_buyer", "hold_cap_per_buyer", "position", "is_on_sale",
)  # fmt: skip
MOST_SKUS = 60  # of one product
COST = "cost_hint"
AMOUNTS = ("price", "list_price", COST, "face_value")
# The two parts of a code that may have a format, and what a format says.
PARTS = ("secret", "card_no")
RULES = ("pattern", "min", "max")

KINDS_TOLD = _(
    "A code from a supplier, or a direct top-up, is bought when it is ordered: add its offers "
    "under Supply, Offers, before the product goes on the shelf. A top-up needs a buyer form, "
    "whose first question is the account or phone that is topped up."
)

SLOW_TOLD = _(
    "Slow offers (slow phone credit) are left out, unless it says here how many hours it may take: "
    "shoppers read that before they pay. 0: no slow offers."
)


def _amount_field(label: Any, *, required: bool = False) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "placeholder": "12.50"})
    return forms.CharField(label=label, required=required, max_length=20, widget=widget)


def _pattern_field(label: Any, example: Any) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget()
    return forms.CharField(
        label=label, required=False, max_length=100, help_text=example, widget=widget
    )


def _length_field(label: Any) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(label=label, required=False, min_value=1, widget=widget)


class SkuForm(TenantForm):
    """Amounts as decimals; the formats of codes as their parts."""

    price = _amount_field(_("Price"), required=True)
    list_price = _amount_field(_("List price"))
    cost_hint = _amount_field(_("Usual cost"))
    face_value = _amount_field(_("Face value"))
    secret_pattern = _pattern_field(
        _("Pattern of a code"), _("Such as [A-Z0-9]{16}. Empty: anything.")
    )
    secret_min = _length_field(_("Shortest code"))
    secret_max = _length_field(_("Longest code"))
    card_no_pattern = _pattern_field(
        _("Pattern of a card number"), _("Such as [0-9]{17}. Empty: anything.")
    )
    card_no_min = _length_field(_("Shortest card number"))
    card_no_max = _length_field(_("Longest card number"))

    class Meta:
        model = Sku
        fields = (*SKU_PLAIN, "buyer_template")
        help_texts = {"kind": KINDS_TOLD, "slow_hours": SLOW_TOLD}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._amounts():
            e4 = getattr(self.instance, f"{name}_e4")
            if e4 is not None:
                self.fields[name].initial = Money(e4, "CNY").decimal
        for part in PARTS:
            for rule, value in (self.instance.code_format or {}).get(part, {}).items():
                self.fields[f"{part}_{rule}"].initial = value

    def clean(self) -> Any:
        cleaned = super().clean()
        for name in self._amounts():
            self._clean_amount(name)
        return cleaned

    def _amounts(self) -> list[str]:
        return [name for name in AMOUNTS if name in self.fields]

    def _clean_amount(self, name: str) -> None:
        text = self.cleaned_data.get(name, "")
        try:
            self.cleaned_data[f"{name}_e4"] = parse_e4(text) if text else None
        except AppError as refusal:
            self.add_error(name, str(refusal.message))

    def given(self) -> dict[str, Any]:
        """What the catalog's services take."""
        cleaned = self.cleaned_data
        template = cleaned.get("buyer_template")
        plain = {name: cleaned[name] for name in SKU_PLAIN}
        amounts = {f"{name}_e4": cleaned[f"{name}_e4"] for name in self._amounts()}
        return {
            **plain,
            **amounts,
            "code_format": {part: rule for part in PARTS if (rule := self._format_of(part))},
            "buyer_template_id": template.pk if template else None,
        }

    def _format_of(self, part: str) -> dict[str, Any]:
        typed = {rule: self.cleaned_data[f"{part}_{rule}"] for rule in RULES}
        return {rule: value for rule, value in typed.items() if value}


class SkuFormWithoutCost(SkuForm):
    """What it does not show it leaves as it is."""

    cost_hint = None  # type: ignore[assignment]  # -- Django's way to take a field away


def _amount_shown(name: str) -> Any:
    """For who may only read: the same as the form's field of this name."""

    @display(description=SkuForm.base_fields[name].label)
    def shown(_inline: Any, sku: Sku) -> str:
        e4 = getattr(sku, f"{name}_e4")
        return "-" if e4 is None else Money(e4, "CNY").decimal

    return shown


def _rule_shown(part: str, rule: str) -> Any:
    @display(description=SkuForm.base_fields[f"{part}_{rule}"].label)
    def shown(_inline: Any, sku: Sku) -> str:
        return str((sku.code_format or {}).get(part, {}).get(rule, "-"))

    return shown


class SkuInline(StackedInline):
    model = Sku
    price, list_price = _amount_shown("price"), _amount_shown("list_price")
    cost_hint, face_value = _amount_shown("cost_hint"), _amount_shown("face_value")
    secret_pattern = _rule_shown("secret", "pattern")
    secret_min, secret_max = _rule_shown("secret", "min"), _rule_shown("secret", "max")
    card_no_pattern = _rule_shown("card_no", "pattern")
    card_no_min, card_no_max = _rule_shown("card_no", "min"), _rule_shown("card_no", "max")
    form = SkuForm
    extra = 0
    max_num = MOST_SKUS
    can_delete = False
    show_change_link = False
    tab = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """However many forms a request claims to hold, no more than these are made."""
        limits = {"absolute_max": MOST_SKUS, "validate_max": True}
        form = SkuForm if allows(request, "cost.view") else SkuFormWithoutCost
        return super().get_formset(request, obj, form=form, **limits, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        amounts = ("price", "list_price", *([COST] if allows(request, "cost.view") else []))
        fields = (
            ("name", "name_en", "is_on_sale"),
            amounts,
            ("kind", "promise", "slow_hours"),
            ("buyer_template",),
            ("face_value", "duration_days", "min_days_left"),
            ("most_per_order", "most_per_buyer", "hold_cap_per_buyer"),
            ("secret_pattern", "secret_min", "secret_max"),
            ("card_no_pattern", "card_no_min", "card_no_max"),
            ("position",),
        )
        return [(None, {"fields": fields})]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, "catalog.view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, "catalog.edit")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, "catalog.edit")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
