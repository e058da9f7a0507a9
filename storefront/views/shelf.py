"""Looking around: home, categories, search, product."""

import secrets
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.kept import Kept
from core.scope import tenant_atomic
from orders.selectors import products_sold
from payments import services as payments
from storefront import device
from storefront.forms import BuyForm, read_text
from storefront.selectors import shelf
from storefront.types import ProductPage

LATELY, MOST_SOLD = timedelta(days=7), 30
# What sells changes slowly, and is a sum over many orders.
_sold: Kept[list[int]] = Kept(most=2_000, at_least=60.0)


# Compressed is what holds no token: with one beside what a visitor typed, the length would tell.
@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    shop, now = device.shop_of(request), timezone.now()
    shelves = shelf.shelves(currency=shop.currency, now=now)
    ask = partial(products_sold, since=now - LATELY, most=MOST_SOLD)
    return render(
        request,
        "storefront/home.html",
        {
            "is_home": True,
            "categories": shelves,
            "front": shelf.front_of(shelves, sold=_sold.get(shop.id, ask)),
            "shelves": [
                replace(one, cards=one.cards[: shelf.ON_A_SHELF])
                for one in shelves[: shelf.AT_HOME]
            ],
            "hero_tiles": shelf.hero_tiles(shelves),
        },
    )


@require_safe
@gzip_page
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    shelves = shelf.shelves(currency=device.shop_of(request).currency, now=timezone.now())
    found = next((one for one in shelves if one.id == category_id), None)
    if found is None:
        raise NotFound(_("There is no such shelf. Look through the others."))
    context = {"categories": shelves, "category_id": found.id, "cards": found.cards}
    return render(
        request,
        "storefront/list.html",
        context | {"heading": found.name, "crumb": found.name},
    )


@require_safe
@gzip_page
def search(request: HttpRequest) -> HttpResponse:
    text = read_text(request.GET, "q", longest=60)
    currency, now = device.shop_of(request).currency, timezone.now()
    cards = shelf.search(text=text, currency=currency, now=now)
    heading = _("“%(text)s”") % {"text": text} if text else _("Search")
    context = {"is_search": True, "q": text, "cards": cards, "crumb": _("Search")}
    if not cards:
        context["categories"] = shelf.shelves(currency=currency, now=now)
    return render(request, "storefront/list.html", context | {"heading": heading})


def get_product(request: HttpRequest, ref: str) -> ProductPage:
    page = shelf.product_page(
        ref=ref, currency=device.shop_of(request).currency, now=timezone.now()
    )
    if page is None:
        raise NotFound(_("This is not on sale any more. Look at what else is there."))
    return page


# What differs from visit to visit in a page that is else the same for everybody for a moment.
_TOKEN_HERE, _KEY_HERE = secrets.token_hex(16), secrets.token_hex(16)
_pages: Kept[str] = Kept(most=2_000)


def look_at(request: HttpRequest, ref: str) -> HttpResponse:
    """The product page, drawn once in a moment however many look at it."""
    if "sku" in request.GET:
        html = _draw(request, ref)
    else:
        key = (device.shop_of(request).id, ref, get_language())
        html = _pages.get(key, lambda: _draw(request, ref))
    mine = html.replace(_TOKEN_HERE, get_token(request))
    return HttpResponse(mine.replace(_KEY_HERE, secrets.token_urlsafe(16)))


@tenant_atomic
def _draw(request: HttpRequest, ref: str) -> str:
    context = _product_context(request, get_product(request, ref), form=None)
    own = {"csrf_token": _TOKEN_HERE, "request_key": _KEY_HERE, "here": request.path}
    return render_to_string("storefront/product.html", context | own, request)


def show_product(
    request: HttpRequest, page: ProductPage, *, form: BuyForm, status: int
) -> HttpResponse:
    context = _product_context(request, page, form=form)
    return render(request, "storefront/product.html", context, status=status)


def _product_context(
    request: HttpRequest, page: ProductPage, *, form: BuyForm | None
) -> dict[str, Any]:
    wanted = form.given.sku_ref if form else request.GET.get("sku", "")
    chosen = _chosen(page, wanted)
    return {
        "product": replace(page, fields=form.fields_of(page)) if form else page,
        "chosen": chosen,
        "errors": form.errors if form else {},
        "values": form.values if form else {},
        "ways": payments.ways_to_pay(),
        "request_key": form.given.request_key if form else secrets.token_urlsafe(16),
        "crumb": page.name,
        "back": f"/c/{page.category_id}/",
    }


def _chosen(page: ProductPage, wanted: str) -> Any:
    """The option asked for, else the first that can be bought."""
    by_ref = {option.ref: option for option in page.options}
    sellable = [option for option in page.options if not option.stock.is_gone]
    return by_ref.get(wanted) or (sellable or page.options)[0]
