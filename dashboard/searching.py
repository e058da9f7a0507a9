"""One search for the whole office: what a number, a name or a whole code leads to, as far as the
rights of who asks reach.

What there are millions of (orders, codes, partners' numbers) is found by equality; what a shop has
hundreds of, by words of its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalog.selectors import find_products
from channels.selectors import find_partners, sales_numbered
from core.money import Money
from dashboard import nav
from dashboard.access import actor_of, allows
from dashboard.finding import orders_found
from dashboard.words import goods_words
from inventory import services as inventory
from inventory.models import Batch
from inventory.selectors import find_code_by_text
from orders.models import Case, Order
from orders.selectors import first_items
from suppliers.models import Supplier
from tenants import audit

LONGEST, MOST = 200, 6


@dataclass(frozen=True, slots=True)
class Hit:
    words: str
    link: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    title: str | Promise
    icon: str
    rows: list[Hit]


def found(request: HttpRequest, *, text: str, now: datetime) -> list[Hits]:
    """What the text leads to, kind by kind. That a code was looked up is written down."""
    text = text.strip()[:LONGEST]
    if not text:
        return []
    seen = [
        Hits(title, icon, look(request, text, now)[:MOST])
        for right, title, icon, look in _KINDS
        if allows(request, right)
    ]
    return [one for one in seen if one.rows]


def _orders(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    by_number = [sale.order_id for sale in sales_numbered(partner_order_no=text)]
    ids = [*by_number, *orders_found(text=text)]
    rows = list(Order.objects.filter(pk__in=ids).order_by("-placed_at", "-pk")[:MOST])
    goods = first_items(order_ids=[order.pk for order in rows])
    return [
        Hit(order.number, reverse("office_order", args=[order.pk]), _said_of(order, goods))
        for order in rows
    ]


def _said_of(order: Order, goods: dict[int, Any]) -> str:
    item = goods.get(order.pk)
    said = [
        str(order.get_state_display()),
        str(Money(order.total_e4, order.currency)),
        item.shown_name if item else "",
        f"{localtime(order.placed_at):%Y-%m-%d %H:%M}",
    ]
    return " · ".join(one for one in said if one)


def _cases(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    rows = Case.objects.filter(ref=text.upper()).select_related("order")
    return [
        Hit(case.ref, reverse("office_case", args=[case.pk]), case.order.number) for case in rows
    ]


def _codes(request: HttpRequest, text: str, now: datetime) -> list[Hit]:
    codes = find_code_by_text(text=text)
    masks = inventory.masks_of(codes=codes)
    for code in codes:
        audit.record(by=actor_of(request), action="code.found", target=f"code:{code.pk}", now=now)
    return [
        Hit(masks[code.pk], reverse("office_code", args=[code.pk]), goods_words(code.sku))
        for code in codes
    ]


def _batches(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    rows = Batch.objects.filter(ref=text.upper()).select_related("sku__product")
    return [
        Hit(batch.ref, reverse("office_batch", args=[batch.pk]), goods_words(batch.sku))
        for batch in rows
    ]


def _products(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    return [
        Hit(
            product.shown.name,
            reverse("admin:catalog_product_change", args=[product.pk], current_app="office"),
            product.brand.shown.name,
        )
        for product in find_products(text=text, most=MOST)
    ]


def _partners(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    rows = find_partners(text=text)[:MOST]
    return [Hit(one.name, reverse("office_partner", args=[one.ref]), one.ref) for one in rows]


def _suppliers(_request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    rows = Supplier.objects.filter(name__icontains=text).order_by("name")[:MOST]
    return [Hit(one.name, reverse("office_supplier", args=[one.pk])) for one in rows]


def _pages(request: HttpRequest, text: str, _now: datetime) -> list[Hit]:
    return [Hit(title, link, group) for title, link, group in nav.pages_named(request, text)]


_Look = Callable[[HttpRequest, str, datetime], list[Hit]]
_KINDS: tuple[tuple[str, str | Promise, str, _Look], ...] = (
    ("orders.view", _("Orders"), "receipt_long", _orders),
    ("cases.view", _("After-sale cases"), "support_agent", _cases),
    ("stock.view", _("Codes"), "key", _codes),
    ("stock.view", _("Batches"), "inventory_2", _batches),
    ("home.view", _("Pages"), "web_asset", _pages),
    ("catalog.view", _("Products"), "redeem", _products),
    ("partners.view", _("Partners"), "handshake", _partners),
    ("stock.view", _("Suppliers"), "local_shipping", _suppliers),
)
