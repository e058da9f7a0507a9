"""Margin rules, and whose word counts for an offer."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Sku
from catalog.states import BOUGHT
from core.money import Money
from dashboard.access import require, shop_of
from dashboard.frame import Deed, deed, draw, page, saved
from dashboard.supply_words import FOLLOWED, line_words
from dashboard.words import goods_words
from suppliers import services as suppliers
from suppliers.models import Offer
from suppliers.selectors import cost_of_next, find_listed, find_margin_rule, lists_products
from suppliers.services.margins import MOST_MARGIN
from suppliers.states import MarginAction


class RuleForm(forms.Form):
    action = forms.ChoiceField(
        label=gettext_lazy("When the cost is too high"),
        choices=MarginAction.choices,
        help_text=gettext_lazy(
            "A price is only ever raised. What the rule took off sale it puts back when the cost "
            "is fine again."
        ),
    )
    margin_percent = forms.IntegerField(
        label=gettext_lazy("Least margin (% of the cost)"), min_value=0, max_value=MOST_MARGIN
    )


@page("suppliers.edit")
def rule(request: HttpRequest, sku_id: int) -> HttpResponse:
    require(request, "cost.view")
    sku = get_object_or_404(Sku.objects.select_related("product"), pk=sku_id, kind__in=BOUGHT)
    now = find_margin_rule(sku_id=sku.pk)
    initial = {
        "action": now.action if now else MarginAction.NONE,
        "margin_percent": now.margin_percent if now else 0,
    }
    form = RuleForm(request.POST or None, initial=initial)

    def change(**who_and_when: Any) -> None:
        suppliers.set_margin_rule(sku_id=sku.pk, **form.cleaned_data, **who_and_when)

    back = f"{reverse('office_offers')}?sku={sku.pk}"
    if saved(request, form, change, done=_("Saved. It is kept from now on.")):
        return HttpResponseRedirect(back)
    return draw(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        title=_("Margin rule"),
        form=form,
        about=_about(request, sku),
        back=back,
    )


def _about(request: HttpRequest, sku: Sku) -> str:
    currency = shop_of(request).currency
    cost_e4 = cost_of_next(sku=sku, now=timezone.now())
    words = {"goods": goods_words(sku), "price": Money(sku.price_e4, currency)}
    if cost_e4 is None:
        return _("%(goods)s, sold for %(price)s") % words
    words["cost"] = Money(cost_e4, currency)
    return _("%(goods)s, sold for %(price)s; the next one costs %(cost)s") % words


def follows_of(offer: Offer) -> dict[str, Any]:
    """What an offer's page tells of its supplier's catalogue, and of what is the merchant's own."""
    line = find_listed(
        supplier_id=offer.supplier_id, product=offer.product, face_value=offer.face_value
    )
    cost_e4 = line.cost_e4 if line else None
    return {
        "after": "dashboard/_offer_follows.html",
        "offer": offer,
        "lists": lists_products(protocol=offer.supplier.protocol),
        "line": line,
        "line_words": line_words(line) if line else None,
        "line_cost": None if cost_e4 is None else Money(cost_e4, offer.supplier.currency),
        "own": [(name, words) for name, words in FOLLOWED.items() if name in offer.own_fields],
    }


@deed("suppliers.edit", back="office_offer", of="offer_id")
def follow(request: HttpRequest, offer_id: int) -> Deed:
    require(request, "cost.view")
    found = get_object_or_404(Offer, pk=offer_id)
    field = request.POST.get("field", "")

    def give_back(**who_and_when: Any) -> None:
        suppliers.follow_supplier(offer_id=found.pk, fields=[field], **who_and_when)

    return Deed(give_back, _("It follows the supplier's catalogue again."))
