"""What a supplier says that it sells, how its prices moved, and which of it we sell."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.models import Sku
from catalog.states import BOUGHT
from core.money import Money
from core.scope import tenant_atomic
from dashboard.access import allows, require, shop_of
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.supply_words import KINDS, line_words
from dashboard.words import goods_words
from suppliers import services as suppliers
from suppliers.models import Catalogue, PriceChange, Supplier, SupplierProduct
from suppliers.selectors import (
    find_catalogue,
    lists_products,
    offers_of_line,
    price_changes,
    products_of_supplier,
)
from suppliers.selectors.catalogues import ALL, MISSING, OURS
from suppliers.services.syncing import LEAST_MINUTES, MOST_MINUTES, MOST_PERCENT
from suppliers.words import said_words

ON_A_PAGE = 50
SHOWN = (
    (ALL, gettext_lazy("all of it")),
    (OURS, gettext_lazy("what we sell")),
    (MISSING, gettext_lazy("what is not to be had")),
)


class ReadingForm(forms.Form):
    every_minutes = forms.IntegerField(
        label=gettext_lazy("Read every so many minutes"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
    )
    alert_percent = forms.IntegerField(
        label=gettext_lazy("Told when a price moves by more than (%)"),
        min_value=0,
        max_value=MOST_PERCENT,
    )


@page("stock.view")
def catalogue(request: HttpRequest, supplier_id: int) -> HttpResponse:
    found = get_object_or_404(Supplier, pk=supplier_id)
    now = find_catalogue(supplier_id=found.pk) or Catalogue()
    text, shown = _typed(request), request.GET.get("show", "")
    lines = products_of_supplier(supplier_id=found.pk, text=text, shown=shown)
    listed = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("p"))
    return draw(
        request,
        "dashboard/catalogue.html",
        title=_("Catalogue of %(name)s") % {"name": found.name},
        supplier=found,
        catalogue=now,
        lists=lists_products(protocol=found.protocol),
        said=said_words(now.said),
        rows=[_row(one, found.currency) for one in listed],
        page=listed,
        text=text,
        shown=shown,
        ways=SHOWN,
        may_edit=allows(request, "suppliers.edit"),
        may_see_cost=allows(request, "cost.view"),
    )


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()


def _row(one: SupplierProduct, currency: str) -> dict[str, Any]:
    tone, words = line_words(one)
    cost = None if one.cost_e4 is None else Money(one.cost_e4, currency)
    return {
        "line": one,
        "cost": cost,
        "kind": KINDS.get(one.kind, ""),
        "tone": tone,
        "words": words,
    }


@deed("suppliers.edit", back="office_catalogue", of="supplier_id")
def read(request: HttpRequest, supplier_id: int) -> Deed:
    """A worker reads it: that may take minutes."""
    found = get_object_or_404(Supplier, pk=supplier_id)

    def soon(**who_and_when: Any) -> None:
        suppliers.sync_soon(supplier_id=found.pk, **who_and_when)

    return Deed(soon, _("It is being read. Load the page again in a moment."))


@page("suppliers.edit")
def terms(request: HttpRequest, supplier_id: int) -> HttpResponse:
    found = get_object_or_404(Supplier, pk=supplier_id)
    now = find_catalogue(supplier_id=found.pk) or Catalogue()
    initial = {"every_minutes": now.every_minutes, "alert_percent": now.alert_percent}
    form = ReadingForm(request.POST or None, initial=initial)

    def change(**who_and_when: Any) -> None:
        suppliers.change_catalogue(supplier_id=found.pk, **form.cleaned_data, **who_and_when)

    if saved(request, form, change, done=_("Saved.")):
        return back_to("office_catalogue", found.pk)
    return draw(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        title=_("Catalogue of %(name)s") % {"name": found.name},
        form=form,
        back=reverse("office_catalogue", args=[found.pk]),
    )


@page("suppliers.edit")
def product(request: HttpRequest, supplier_id: int, line_id: int) -> HttpResponse:
    """One line of it, and the SKUs that it could be offered for."""
    require(request, "cost.view")
    found = _line(supplier_id, line_id)
    text = _typed(request)
    skus = Sku.objects.filter(kind__in=BOUGHT).select_related("product").order_by("product", "pk")
    if text:
        names = ("product__name", "product__name_en", "name", "name_en")
        skus = skus.filter(Q(*[(f"{one}__icontains", text) for one in names], _connector=Q.OR))
    listed = Paginator(skus, ON_A_PAGE).get_page(request.GET.get("p"))
    offered = set(offers_of_line(line=found).values_list("sku_id", flat=True))
    currency = shop_of(request).currency
    return draw(
        request,
        "dashboard/catalogue_line.html",
        title=found.name or found.product,
        row=_row(found, found.supplier.currency),
        supplier=found.supplier,
        changes=[_change(one) for one in found.price_changes.select_related("supplier")[:10]],
        skus=[
            (sku, goods_words(sku), Money(sku.price_e4, currency), sku.pk in offered)
            for sku in listed
        ],
        page=listed,
        text=text,
    )


def _line(supplier_id: int, line_id: int) -> SupplierProduct:
    lines = SupplierProduct.objects.select_related("supplier")
    return get_object_or_404(lines, pk=line_id, supplier_id=supplier_id)


@page("suppliers.edit", own_scope=True)
@require_POST
def product_read(request: HttpRequest, supplier_id: int, line_id: int) -> HttpResponse:
    """The supplier is asked in no transaction: it may take its time."""
    with tenant_atomic():
        found = _line(supplier_id, line_id)
    done = suppliers.sync_product(
        supplier_id=supplier_id, product=found.product, now=timezone.now()
    )
    if done.said:
        why = said_words(done.said)
        messages.warning(request, _("The supplier did not tell: %(why)s") % {"why": why})
    else:
        messages.success(request, _("This is what the supplier says now."))
    return back_to("office_catalogue_line", supplier_id, line_id)


@page("cost.view")
def prices(request: HttpRequest) -> HttpResponse:
    """Prices that moved by more than is passed over, of what we sell or of all."""
    is_all = request.GET.get("show") == "all"
    listed = Paginator(price_changes(of_offers=not is_all), ON_A_PAGE).get_page(
        request.GET.get("p")
    )
    return draw(
        request,
        "dashboard/prices.html",
        title=_("Price changes"),
        rows=[_change(one) for one in listed],
        page=listed,
        is_all=is_all,
        may_edit=allows(request, "suppliers.edit"),
    )


def _change(one: PriceChange) -> dict[str, Any]:
    currency = one.supplier.currency
    return {
        "change": one,
        "old": Money(one.old_e4, currency),
        "new": Money(one.new_e4, currency),
        "percent": (one.new_e4 - one.old_e4) * 100 / one.old_e4 if one.old_e4 else None,
        "tone": "bad" if one.new_e4 > one.old_e4 else "good",
    }
