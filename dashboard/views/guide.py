"""The setup guide, its few words about the shop, and its first product."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.errors import AppError, NotFound
from core.money import parse_e4
from dashboard import guide
from dashboard.access import allows, member_of, shop_of
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.starting import (
    MOST_CODES,
    STARTS,
    First,
    Start,
    make_product,
    sample_codes,
    start_named,
)
from suppliers.selectors import may_rehearse
from tenants import services as tenants

GUIDE = "office_guide"
OWN, PLAYED = "own", "played"


class FewWords(forms.Form):
    tagline = forms.CharField(
        label=gettext_lazy("Tagline"),
        max_length=80,
        help_text=gettext_lazy("One line under the shop's name: what you sell, and why here."),
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Such as: genuine memberships, there in a second")}
        ),
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact for shoppers"),
        max_length=120,
        help_text=gettext_lazy("Stands at the foot of the shop and on each order."),
        widget=forms.TextInput(
            attrs={
                "placeholder": gettext_lazy("A chat account, a telephone number or a mail address")
            }
        ),
    )


class FirstProduct(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    price = forms.CharField(
        label=gettext_lazy("Price"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Where the goods come from"),
        required=False,
        widget=forms.RadioSelect,
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes, one a line"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "These three are samples to try it with: put your own in their place, or load them "
            "later. Empty: the product waits off the shelf."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(
        self, given: Any, *, start: Start, source: str, may_load: bool, may_play: bool
    ) -> None:
        language = int((get_language() or "").startswith("en"))
        first = {
            "name": start.product[language],
            "price": start.price,
            "codes": sample_codes(),
            "source": source,
        }
        super().__init__(given, initial=first)
        own = _("I top it up by hand") if start.by_hand else _("My own codes")
        played = _("The simulated supplier, which delivers by itself: for trying it out")
        self.fields["source"].choices = [(OWN, own), (PLAYED, played)]  # type: ignore[attr-defined]  # -- a ChoiceField
        if not may_play:
            del self.fields["source"]
        if start.by_hand or not may_load:
            del self.fields["codes"]

    def clean_price(self) -> int:
        try:
            return parse_e4(self.cleaned_data["price"])
        except AppError as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal

    def clean_codes(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["codes"].splitlines()]
        found = [line for line in lines if line]
        if len(found) > MOST_CODES:
            raise forms.ValidationError(_("More than 200: load them as a file afterwards."))
        return found

    def first(self, start: Start) -> First:
        given = self.cleaned_data
        return First(
            start=start,
            name=given["name"],
            price_e4=given["price"],
            codes=tuple(given.get("codes", ())),
            is_played=given.get("source") == PLAYED,
        )


@page("home.view")
def show(request: HttpRequest) -> HttpResponse:
    return draw(request, "dashboard/guide.html", title=_("Setup guide"), **guide.of_shop(request))


@page("settings.edit")
def shop(request: HttpRequest) -> HttpResponse:
    asked = shop_of(request)
    words = {name: getattr(asked, name) for name in FewWords.base_fields}
    form = FewWords(request.POST or None, initial=words)

    def keep(**who_and_when: Any) -> None:
        tenants.change_settings(merchant_id=asked.id, given=form.cleaned_data, **who_and_when)

    if saved(request, form, keep, done=_("Saved. Go on with the next step.")):
        return back_to(GUIDE)
    return draw(
        request,
        "dashboard/guide_shop.html",
        title=_("Say who you are"),
        is_refused=request.method == "POST",
        form=form,
    )


@page("catalog.edit")
def product(request: HttpRequest) -> HttpResponse:
    start = start_named(request.GET.get("of", ""))
    form = FirstProduct(
        request.POST or None,
        start=start,
        source=request.GET.get("source", OWN),
        may_load=allows(request, "stock.import"),
        may_play=allows(request, "suppliers.edit") and may_rehearse(),
    )

    def keep(**who_and_when: Any) -> None:
        make_product(given=form.first(start), **who_and_when)

    if saved(request, form, keep, done=_("The product is made. Go on with the next step.")):
        return back_to(GUIDE)
    return draw(
        request,
        "dashboard/guide_product.html",
        title=_("A first product"),
        is_refused=request.method == "POST",
        starts=STARTS,
        start=start,
        form=form,
    )


@deed("home.view", back="admin:index")
def hide(request: HttpRequest, verb: str) -> Deed:
    """From one's own home page only: a colleague's keeps it."""
    member = member_of(request)
    if member is None or verb not in {"hide", "show"}:
        raise NotFound
    return Deed(
        partial(tenants.hide_guide, member_id=member.pk, is_hidden=verb == "hide"),
        done=_("It stands under your name, Setup guide, whenever you want it.")
        if verb == "hide"
        else "",
    )
