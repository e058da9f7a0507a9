"""What shoppers see of the shop: its words, its colours, its logo."""

import re
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import services as catalog
from core.errors import AppError
from dashboard.access import actor_of, shop_of
from dashboard.fields import UploadField
from dashboard.frame import attempt, back_to, draw, page
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
    words = {name: getattr(shop, name) for name in ShopForm.base_fields}
    form = ShopForm(
        request.POST if request.method == "POST" and not is_look else None, initial=words
    )
    look = LookForm(
        request.POST if is_look else None,
        request.FILES if is_look else None,
        initial={**DEFAULTS, **shop.theme},
    )
    if request.method == "POST" and _saved(request, look if is_look else form, is_look=is_look):
        is_guided = request.GET.get("then") == "guide"
        return back_to("office_guide" if is_guided else "office_settings")
    return draw(
        request,
        "dashboard/settings.html",
        title=_("Settings"),
        is_refused=request.method == "POST",
        form=form,
        look=look,
        logo=shop.logo,
        sample=shop.name,
    )


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
