"""What partners pay: tiers make their prices, and each partner's are shown as they come out."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Sku
from catalog.selectors import find_sku_ref, skus_for_sale
from channels import services as channels
from channels.models import PriceTier
from channels.selectors import get_partner, get_tier, prices_of, skus_listed, tiers
from channels.states import PriceWay
from core.errors import NotFound
from core.money import Money
from dashboard.access import allows, shop_of
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.reading import ids_in
from dashboard.tiering import PricesForm, TierForm, percent_words
from dashboard.words import goods_words

ON_A_PAGE = 50
WHOLE = 10_000


@page("partners.view")
def prices(request: HttpRequest, ref: str) -> HttpResponse:
    """Each SKU as the partner's program sees it."""
    found, text = get_partner(ref=ref), request.GET.get("q", "").strip()
    skus = skus_for_sale(now=timezone.now())
    if not found.sells_all:
        skus = skus.filter(pk__in=skus_listed(partner_id=found.pk))
    listed = Paginator(_named(skus, text), ON_A_PAGE).get_page(request.GET.get("p"))
    made = channels.prices_of_partner(partner=found, skus=listed)
    return draw(
        request,
        "dashboard/partner_prices.html",
        title=_("What %(name)s pays") % {"name": found.name},
        partner=found,
        tier=tier_words(found.tier) if found.tier else "",
        rows=[_price(request, sku, made[sku.pk]) for sku in listed],
        page=listed,
        text=text,
        may_see_cost=allows(request, "cost.view"),
    )


def _named(skus: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    if not text:
        return skus
    names = ("product__name__icontains", "product__name_en__icontains", "name__icontains", "ref")
    return skus.filter(Q(*[(name, text) for name in names], _connector=Q.OR))


def _price(request: HttpRequest, sku: Sku, price_e4: int) -> dict[str, Any]:
    currency, cost_e4 = shop_of(request).currency, sku.cost_hint_e4
    off = sku.price_e4 - price_e4
    return {
        "sku": sku,
        "goods": goods_words(sku),
        "list": Money(sku.price_e4, currency),
        "price": Money(price_e4, currency),
        "off": percent_words(off * WHOLE // sku.price_e4) if off and sku.price_e4 else "",
        "cost": None if cost_e4 is None else Money(cost_e4, currency),
        "left": None if cost_e4 is None else Money(price_e4 - cost_e4, currency),
        "is_refused": cost_e4 is not None and cost_e4 > price_e4,
    }


def tier_words(tier: PriceTier) -> str:
    """How the tier makes a price, as one sentence."""
    percent = {"percent": percent_words(tier.rate), "floor": percent_words(tier.floor_rate)}
    words = {
        PriceWay.LIST: _("the list price"),
        PriceWay.DISCOUNT: _("%(percent)s %% of the list price") % percent,
        PriceWay.COST_PLUS: _("%(percent)s %% of the cost") % percent,
    }[PriceWay(tier.way)]
    if not tier.floor_rate:
        return words
    return _("%(prices)s, never below %(floor)s %% of the cost") % (percent | {"prices": words})


@page("partners.view")
def all_tiers(request: HttpRequest) -> HttpResponse:
    rows = tiers().annotate(
        partner_count=Count("partners", distinct=True), price_count=Count("prices", distinct=True)
    )
    return draw(
        request,
        "dashboard/tiers.html",
        title=_("Price tiers"),
        rows=[(tier, tier_words(tier)) for tier in rows],
        may_edit=allows(request, "partners.edit"),
    )


@page("partners.edit")
def new_tier(request: HttpRequest) -> HttpResponse:
    form = TierForm(request.POST or None)
    made: list[PriceTier] = []

    def save(**who_and_when: Any) -> None:
        made.append(channels.save_tier(terms=form.terms(), **who_and_when))

    if saved(request, form, save, done=_("Saved. Give it to partners now.")):
        return back_to("office_tier", made[0].ref)
    return draw(
        request,
        "dashboard/supply_form.html",
        title=_("New price tier"),
        is_refused=request.method == "POST",
        form=form,
        back=reverse("office_tiers"),
    )


@page("partners.edit")
def tier(request: HttpRequest, ref: str) -> HttpResponse:
    """Its terms, and the SKUs with a price of their own; what was sent is judged."""
    found, currency = get_tier(ref=ref), shop_of(request).currency
    is_prices = "lines" in request.POST
    form = TierForm(None if is_prices else request.POST or None, tier=found)
    paste = PricesForm(request.POST if is_prices else None, currency=currency)

    def save(**who_and_when: Any) -> None:
        channels.save_tier(ref=found.ref, terms=form.terms(), **who_and_when)

    def set_prices(**who_and_when: Any) -> None:
        told = paste.cleaned_data["prices"]
        channels.set_tier_prices(tier_id=found.pk, prices=told, **who_and_when)

    given, keep = (paste, set_prices) if is_prices else (form, save)
    if saved(request, given, keep, done=_("Saved. Orders from now on follow it.")):
        return back_to("office_tier", found.ref)
    return draw(
        request,
        "dashboard/tier.html",
        title=found.name,
        is_refused=request.method == "POST",
        form=form,
        paste=paste,
        tier=found,
        words=tier_words(found),
        rows=[
            (one, goods_words(one.sku), Money(one.price_e4, currency),
             Money(one.sku.price_e4, currency))
            for one in prices_of(tier_id=found.pk)
        ],
        partners=found.partners.order_by("name"),
    )  # fmt: skip


@deed("partners.edit", back="office_tier", of="ref")
def drop_price(request: HttpRequest, ref: str) -> Deed:
    found = get_tier(ref=ref)
    sku_id = next(iter(ids_in([request.POST.get("sku", "")])), 0)
    if find_sku_ref(sku_id=sku_id) is None:
        raise NotFound
    drop = partial(channels.drop_tier_price, tier_id=found.pk, sku_id=sku_id)
    return Deed(drop, done=_("The tier's own rule makes its price again."))


@deed("partners.edit", back="office_tiers")
def drop_tier(request: HttpRequest, ref: str) -> Deed:
    return Deed(partial(channels.drop_tier, tier_id=get_tier(ref=ref).pk), done=_("Removed."))
