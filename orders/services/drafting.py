"""From a filled-in form to an order in memory: priced by the catalog, and within the limits."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.selectors import buyer_fields, get_sku_for_sale
from catalog.states import BOUGHT
from core.crypto import seal
from core.errors import InvalidInput
from core.keys import new_key
from core.money import share_out
from core.refs import new_number, new_token
from core.rows import draft
from core.scope import require_tenant
from inventory.errors import OutOfStock
from inventory.types import HoldRequest
from orders.errors import ConsentMissing
from orders.models import BUYER_FIELDS, Item, Order
from orders.selectors import items_of_order
from orders.services.contacts import write_contact
from orders.services.limits import check_limits
from orders.services.screening import screen
from orders.states import OrderState
from orders.types import Adjustment, Line, PlaceOrder
from suppliers.selectors import skus_with_offers
from suppliers.types import Sale
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from catalog.models import Sku

PAY_WITHIN = timedelta(minutes=15)
MOST_LINES = 20
MOST_OF_ONE = 100
# What inventory holds for an order; the rest is made or bought after the money is here.
HELD_KINDS = frozenset({"stock_code", "reusable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priced:
    """A line with what the catalog says of it today."""

    sku: "Sku"
    quantity: int
    given: dict[str, str]

    @property
    def total_e4(self) -> int:
        return int(self.sku.price_e4) * self.quantity


def write_down(*, request: PlaceOrder, key: str, now: datetime) -> tuple[Order, list[HoldRequest]]:
    """The order that the form asks for, at today's prices and within the limits, and what of it
    stock has to hold."""
    _check(request)
    lines = [_price(line, now=now) for line in request.lines]
    order = _draft(request, lines, key=key, now=now)
    _check_offers(order, lines, may_lose=request.may_lose, now=now)
    check_limits(order, [(line.sku, line.quantity) for line in lines])
    order.lines = [_item(order, line, position=at) for at, line in enumerate(lines, start=1)]
    goods = [(line.sku, line.quantity, line.given) for line in lines]
    order.looked = screen(order, request, goods, now=now)
    return order, _holds(order, lines)


def _check(request: PlaceOrder) -> None:
    """What is wrong with the form as a whole, before anything is looked up."""
    if not 1 <= len(request.lines) <= MOST_LINES:
        raise InvalidInput(
            _("An order has 1 to %(most)s lines.") % {"most": MOST_LINES}, param="lines"
        )
    if not request.has_consented:
        raise ConsentMissing(
            _("Please tick that you have read the refund rule: delivered codes cannot go back."),
            param="consent",
        )
    if request.channel == "web" and not (request.contact_phone or request.contact_mail):
        raise InvalidInput(
            _("Leave a phone number or a mail address, so that you can find your order again."),
            param="contact_phone",
        )


def _price(line: Line, *, now: datetime) -> _Priced:
    if type(line.quantity) is not int or not 1 <= line.quantity <= MOST_OF_ONE:
        raise InvalidInput(
            _("The quantity is a number from 1 to %(most)s.") % {"most": MOST_OF_ONE},
            param="quantity",
        )
    sku = get_sku_for_sale(sku_ref=line.sku_ref, now=now)
    clean = catalog.clean_told_fields if line.is_by_program else catalog.clean_buyer_fields
    given = clean(sku=sku, given=line.buyer_fields)
    return _Priced(sku=sku, quantity=line.quantity, given=given)


def _check_offers(order: Order, lines: list[_Priced], *, may_lose: bool, now: datetime) -> None:
    """What no supplier may deliver on this channel for what is paid is sold out, before it is paid;
    or, where it `may_lose`, the order is marked if one would for more.

    Held against offers is the least share of what the order costs that falls to one of a SKU, as
    it is shared out among the things once it is paid.
    """
    if not any(line.sku.kind in BOUGHT for line in lines):
        return
    singles = [line.sku for line in lines for _each in range(line.quantity)]
    shares = share_out(order.total_e4, weights=[sku.price_e4 for sku in singles])
    sales: dict[int, Sale] = {}
    for sku, share in zip(singles, shares, strict=True):
        if sku.kind in BOUGHT and (sku.pk not in sales or share < sales[sku.pk].paid_e4):
            sales[sku.pk] = Sale(paid_e4=share, channel=order.channel, slow_hours=sku.slow_hours)
    offered = skus_with_offers(sales=sales, now=now)
    if may_lose and sales.keys() - offered:
        at_a_loss = {pk: replace(sale, may_lose=True) for pk, sale in sales.items()}
        offered, order.may_lose = skus_with_offers(sales=at_a_loss, now=now), True
    for line in lines:
        if line.sku.pk in sales and line.sku.pk not in offered:
            raise OutOfStock(wanted=line.quantity, found=0)


def _draft(request: PlaceOrder, lines: list[_Priced], *, key: str, now: datetime) -> Order:
    zone, currency = _where(require_tenant(), int(now.timestamp()) // 60)
    list_e4 = sum(line.total_e4 for line in lines)
    adjustments = [*request.adjustments, *_priced_above(request, lines)]
    discount_e4 = sum(each.amount_e4 for each in adjustments)
    if not 0 <= discount_e4 <= list_e4 or any(each.amount_e4 < 0 for each in adjustments):
        raise InvalidInput(
            _("A discount is not more than what the goods cost."), param="adjustments"
        )
    order = draft(
        Order,
        id=new_key(Order),
        number=new_number(now=now, zone=zone),
        token=new_token(),
        state=OrderState.PLACED,
        channel=request.channel[:20],
        buyer_key=request.buyer_key[:64],
        language=_language(request.language),
        list_e4=list_e4,
        discount_e4=discount_e4,
        total_e4=list_e4 - discount_e4,
        currency=currency,
        adjustments=[
            {"kind": each.kind, "ref": each.ref, "amount_e4": each.amount_e4}
            for each in adjustments
        ],
        request_key=key,
        placed_at=now,
        pay_until=now + PAY_WITHIN,
    )
    write_contact(order, request, now=now)
    return order


def _priced_above(request: PlaceOrder, lines: list[_Priced]) -> list[Adjustment]:
    if request.pricing is None:
        return []
    said = [request.pricing(sku=line.sku, quantity=line.quantity) for line in lines]
    return [each for each in said if each is not None]


@lru_cache(maxsize=4096)
def _where(tenant_id: int, minute: int) -> tuple[str, str]:
    """The shop's zone and currency, kept for a minute: no setting changes them."""
    shop = get_shop()
    return shop.time_zone, shop.currency


def _item(order: Order, line: _Priced, *, position: int) -> Item:
    sku = line.sku
    item = draft(
        Item,
        id=new_key(Item),
        order=order,
        sku=sku,
        position=position,
        name=sku.product.name,
        name_en=sku.product.name_en,
        sku_name=sku.name,
        sku_name_en=sku.name_en,
        kind=sku.kind,
        promise=sku.promise,
        quantity=line.quantity,
        unit_price_e4=sku.price_e4,
        min_days_left=sku.min_days_left,
        slow_hours=sku.slow_hours if sku.kind in BOUGHT else 0,
    )
    if line.given:
        text = json.dumps(line.given, ensure_ascii=False)
        item.buyer_fields = seal(text, place=BUYER_FIELDS, uid=item.uid)
        item.buyer_fields_shown = {
            field.key: field.mask(line.given[field.key])
            for field in buyer_fields(sku)
            if line.given.get(field.key)
        }
    return item


def _holds(order: Order, lines: list[_Priced]) -> list[HoldRequest]:
    """What stock can give, in the order of the SKUs, so that no two buyers wait in a ring."""
    pairs = zip(items_of_order(order), lines, strict=True)
    return [
        HoldRequest(
            sku_id=item.sku_id,
            quantity=item.quantity,
            item_id=item.pk,
            buyer_key=order.buyer_key,
            until=order.pay_until,
            min_days_left=item.min_days_left,
            most_held=line.sku.hold_cap_per_buyer,
        )
        for item, line in sorted(pairs, key=lambda pair: pair[0].sku_id)
        if item.kind in HELD_KINDS
    ]


def _language(given: str) -> str:
    known: Iterable[str] = (code for code, _name in settings.LANGUAGES)
    return given if given in known else settings.LANGUAGE_CODE
