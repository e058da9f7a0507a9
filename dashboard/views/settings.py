"""What shoppers see of the shop: its words, its colours, its logo."""

import re
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.selectors import is_recounting
from catalog import services as catalog
from core.errors import AppError
from dashboard.access import actor_of, shop_of
from dashboard.fields import UploadField
from dashboard.frame import attempt, back_to, draw, page, password_first
from dashboard.typed import context_of
from dashboard.zones import zone_choices
from tenants import services as tenants

MOST_LOGO = 4 * 1024 * 1024
TOKENS = ("brand", "brand_ink", "hero_from", "hero_to", "radius")
DEFAULTS = {
    "brand": "#0f766e", "brand_ink": "#ffffff", "hero_from": "#0f766e", "hero_to": "#134e4a",
    "radius": "16",
}  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _colour(label: Any, token: str) -> forms.RegexField:
    attrs = {"type": "color", "data-token": f"--{token.replace('_', '-')}"}
    return forms.RegexField(_COLOUR, label=label, widget=forms.TextInput(attrs=attrs))


class ShopForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Shop name"), max_length=60)
    name_en = forms.CharField(
        label=gettext_lazy("Shop name in English"), max_length=60, required=False
    )
    tagline = forms.CharField(label=gettext_lazy("Tagline"), max_length=80, required=False)
    tagline_en = forms.CharField(
        label=gettext_lazy("Tagline in English"), max_length=80, required=False
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact for shoppers"), max_length=120, required=False
    )
    contact_en = forms.CharField(
        label=gettext_lazy("Contact for shoppers in English"), max_length=120, required=False
    )
    legal_name = forms.CharField(label=gettext_lazy("Company"), max_length=120, required=False)
    legal_name_en = forms.CharField(
        label=gettext_lazy("Company in English"), max_length=120, required=False
    )
    licence_line = forms.CharField(
        label=gettext_lazy("Licence line in the footer"), max_length=120, required=False
    )
    licence_line_en = forms.CharField(
        label=gettext_lazy("Licence line in English"), max_length=120, required=False
    )
    demands_second_factor = forms.BooleanField(
        label=gettext_lazy("Ask for a second factor"),
        required=False,
        help_text=gettext_lazy(
            "Before staff see codes or move money, they type a code of their phone's authenticator."
        ),
    )
    icp_line = forms.CharField(
        label=gettext_lazy("ICP line in the footer"), max_length=60, required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("First language"), choices=django_settings.LANGUAGES
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy(
            "Days begin and end by it: in figures, in statements, and for codes that expire. "
            "After a change all figures are counted anew, which takes some minutes."
        ),
    )

    def __init__(self, *args: Any, kept_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = zone_choices(now=timezone.now(), kept=kept_zone)
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]  # -- a choice
        self._kept_zone = kept_zone

    def clean_time_zone(self) -> str:
        """Whoever sends none leaves it as it is."""
        return self.cleaned_data["time_zone"] or self._kept_zone


class LookForm(forms.Form):
    brand = _colour(gettext_lazy("Brand colour"), "brand")
    brand_ink = _colour(gettext_lazy("Text on it"), "brand_ink")
    hero_from = _colour(gettext_lazy("Header, from"), "hero_from")
    hero_to = _colour(gettext_lazy("Header, to"), "hero_to")
    radius = forms.IntegerField(
        label=gettext_lazy("Roundness, 0 to 28"),
        min_value=0,
        max_value=28,
        widget=forms.NumberInput(attrs={"data-token": "--radius", "data-unit": "px"}),
    )
    logo = UploadField(
        most=MOST_LOGO,
        label=gettext_lazy("New logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF, up to 4 MB, best square."),
    )


@page("settings.edit")
def settings(request: HttpRequest) -> HttpResponse:
    shop = shop_of(request)
    is_look = request.POST.get("what") == "look"
    form = ShopForm(
        request.POST if request.method == "POST" and not is_look else None,
        initial=_words(request),
        kept_zone=shop.time_zone,
    )
    if not is_look and _loosens(request, form):
        to_password = password_first(request, then=request.path)
        if to_password:
            return to_password
    look = LookForm(
        request.POST if is_look else None,
        request.FILES if is_look else None,
        initial={**DEFAULTS, **shop.theme},
    )
    if request.method == "POST" and _saved(request, look if is_look else form, is_look=is_look):
        return back_to("office_settings")
    return draw(
        request,
        "dashboard/settings.html",
        title=_("Settings"),
        is_refused=request.method == "POST",
        form=form,
        look=look,
        logo=shop.logo,
        sample=shop.name,
        is_recounting=is_recounting(),
    )


def _words(request: HttpRequest) -> dict[str, Any]:
    """As they are kept; or as they were typed before the password was asked for."""
    typed = context_of(request)["typed"]
    if "language" in typed:
        return {name: typed.get(name, "") for name in ShopForm.base_fields}
    return {name: getattr(shop_of(request), name) for name in ShopForm.base_fields}


def _loosens(request: HttpRequest, form: ShopForm) -> bool:
    """Whether the second factor would be asked for no more: who has none must not have it so."""
    is_on = shop_of(request).demands_second_factor
    return is_on and form.is_valid() and not form.cleaned_data["demands_second_factor"]


def _saved(request: HttpRequest, form: forms.Form, *, is_look: bool) -> bool:
    if not form.is_valid():
        return False
    by, now = actor_of(request), timezone.now()
    given: dict[str, Any] = dict(form.cleaned_data)
    if is_look:
        upload = given.pop("logo")
        given = {"theme": {name: str(given[name]) for name in TOKENS}}
        if upload:
            try:
                body = upload.read_all(most=MOST_LOGO)
                given["logo"] = catalog.store_picture(body=body, by=by, now=now)
            except AppError as refusal:
                form.add_error("logo", str(refusal.message))
                return False
    refused = attempt(
        request,
        lambda: tenants.change_settings(
            merchant_id=shop_of(request).id, given=given, by=by, now=now
        ),
        done=_("Saved. Shoppers see it within seconds."),
    )
    return refused is None
