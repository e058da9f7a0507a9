"""Which supplier is asked for a SKU: its offers in the order of asking, and the terms of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Sku
from catalog.states import BOUGHT, Channel
from core.money import Money
from dashboard.access import allows, require, shop_of
from dashboard.frame import draw, page, saved
from dashboard.offering import OfferForm, bought_skus
from dashboard.reading import ids_in
from dashboard.supply_words import LEFT_OUT, LEFT_OUT_MORE
from dashboard.views.margins import follows_of
from dashboard.words import channel_words, goods_words
from suppliers import services as suppliers
from suppliers.models import Offer, SupplierProduct
from suppliers.selectors import authorisations_ending, judged_offers, margin_rules
from suppliers.selectors.routing import Judged
from suppliers.types import Sale
from tenants.types import Shop

ON_A_PAGE = 20


@page("stock.view")
def offers(request: HttpRequest) -> HttpResponse:
    """Every SKU that is bought when it is ordered, with who would be asked for it now."""
    shop, text = shop_of(request), request.GET.get("q", "").strip()
    listed = Paginator(bought_skus(given=request.GET), ON_A_PAGE).get_page(request.GET.get("p"))
    channel = request.GET.get("channel", "")
    channel = channel if channel in Channel.values else Channel.WEB
    judged = judged_offers(
        sales={
            sku.pk: Sale(paid_e4=sku.price_e4, channel=channel, slow_hours=sku.slow_hours)
            for sku in listed
        },
        zone=ZoneInfo(shop.time_zone),
        now=timezone.now(),
    )
    ending = {
        (one.supplier_id, one.brand.pk): one.until
        for one in authorisations_ending(day=timezone.localdate())
    }
    rules = margin_rules(sku_ids=judged)
    return draw(
        request,
        "dashboard/offers.html",
        title=_("Offers"),
        rows=[
            _row(sku, judged[sku.pk], ending, shop) | {"rule": rules.get(sku.pk)} for sku in listed
        ],
        channel=channel,
        channels=Channel.choices,
        page=listed,
        text=text,
        may_edit=_may_edit(request),
        may_see_cost=allows(request, "cost.view"),
    )


def _may_edit(request: HttpRequest) -> bool:
    return allows(request, "suppliers.edit") and allows(request, "cost.view")


def _row(
    sku: Sku, judged: list[Judged], ending: Mapping[tuple[int, int], date | None], shop: Shop
) -> dict[str, Any]:
    return {
        "sku": sku,
        "goods": goods_words(sku),
        "price": Money(sku.price_e4, shop.currency),
        "asked": _asked(judged),
        "offers": [_offer(one) | {"ends": _ends(one.offer, sku, ending)} for one in judged],
    }


def _ends(offer: Offer, sku: Sku, ending: Mapping[tuple[int, int], date | None]) -> date | None:
    """The last day of the authorisation that it needs, if that is near."""
    if not offer.needs_authorisation:
        return None
    return ending.get((offer.supplier_id, sku.product.brand_id))


def _offer(one: Judged) -> dict[str, Any]:
    offer, why = one.offer, one.why
    currency = offer.supplier.currency
    return {
        "is_probe": one.is_probe,
        "offer": offer,
        "cost": Money(offer.cost_e4, currency),
        "most": Money(offer.most_e4, currency),
        "floor": Money(offer.floor_e4, currency) if offer.floor_e4 else None,
        "forbidden": _(", ").join(channel_words(each) for each in offer.forbidden_channels),
        "why": str(LEFT_OUT.get(why, why)),
        "more": str(LEFT_OUT_MORE.get(why, "")),
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would be asked just now, as one sentence."""

    words: str
    tone: str = ""


def _asked(judged: list[Judged]) -> Asked:
    fit = [one.offer for one in judged if not one.why]
    if not judged:
        return Asked(_("No supplier offers it: it cannot be sold. Add an offer."), "bad")
    if not fit:
        return Asked(_("Nobody can be asked just now: every offer is left out."), "bad")
    first = [offer for offer in fit if offer.priority == fit[0].priority]
    if len(first) > 1:
        return Asked(_("Asked now, shared by weight: %(who)s.") % {"who": _shares(first)}, "good")
    why = _("the only one that fits")
    if len(fit) > 1:
        why = _("the first of %(count)s that fit") % {"count": len(fit)}
    return Asked(
        _("Asked now: %(who)s, %(why)s.") % {"who": first[0].supplier.name, "why": why}, "good"
    )


def _shares(offers: list[Offer]) -> str:
    weight = sum(offer.weight for offer in offers)
    shares = (f"{one.supplier.name} {round(one.weight * 100 / weight)}%" for one in offers)
    return _(", ").join(shares)


@page("suppliers.edit")
def new(request: HttpRequest, sku_id: int) -> HttpResponse:
    require(request, "cost.view")
    sku = get_object_or_404(Sku.objects.select_related("product"), pk=sku_id, kind__in=BOUGHT)
    form = OfferForm(request.POST or None, sku=sku, line=_line(request))

    def offer(**who_and_when: Any) -> None:
        supplier_id = form.cleaned_data["supplier"].pk
        suppliers.offer(supplier_id=supplier_id, sku_id=sku.pk, given=form.given(), **who_and_when)

    if saved(request, form, offer, done=_("The offer is added.")):
        return _back_to_offers(sku.pk)
    return _form(request, form, sku, title=_("New offer"))


def _line(request: HttpRequest) -> SupplierProduct | None:
    """The line of a supplier's catalogue that is to be offered."""
    lines = SupplierProduct.objects.select_related("supplier")
    return lines.filter(pk__in=ids_in([request.GET.get("line", "")])).first()


@page("suppliers.edit")
def edit(request: HttpRequest, offer_id: int) -> HttpResponse:
    require(request, "cost.view")
    found = get_object_or_404(Offer.objects.select_related("supplier", "sku__product"), pk=offer_id)
    form = OfferForm(request.POST or None, sku=found.sku, offer=found)

    def change(**who_and_when: Any) -> None:
        suppliers.change_offer(offer_id=found.pk, given=form.given(), **who_and_when)

    if saved(request, form, change, done=_("Saved. Orders from now on follow it.")):
        return _back_to_offers(found.sku_id)
    title = _("Offer of %(name)s") % {"name": found.supplier.name}
    return _form(request, form, found.sku, title=title, **follows_of(found))


def _back_to_offers(sku_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(_offers_of(sku_id))


def _offers_of(sku_id: int) -> str:
    return f"{reverse('office_offers')}?sku={sku_id}"


def _form(
    request: HttpRequest, form: OfferForm, sku: Sku, *, title: str, **more: Any
) -> HttpResponse:
    price = Money(sku.price_e4, shop_of(request).currency)
    return draw(
        request,
        "dashboard/supply_form.html",
        title=title,
        is_refused=request.method == "POST",
        form=form,
        about=_("%(goods)s, sold for %(price)s") % {"goods": goods_words(sku), "price": price},
        back=_offers_of(sku.pk),
        **more,
    )
