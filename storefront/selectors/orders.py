"""The order page and the lists of orders: what happened so far, in the shopper's words."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

from catalog.selectors import buyer_fields
from core.secrets import masked
from fulfillment import services as fulfillment
from fulfillment.selectors import units_of
from fulfillment.types import UnitGoods
from orders.selectors import (
    cases_of,
    contact_of,
    items_of,
    messages_of,
    orders_of_device,
    standing,
)
from orders.states import ENDED, UNPAID
from payments.selectors import money_of
from storefront.selectors.shelf import brand_tile
from storefront.selectors.words import price_of
from storefront.types import CaseCard, Line, OrderPage, OrderRow, Said, Step, UnitCard

if TYPE_CHECKING:
    from fulfillment.models import Unit
    from orders.models import Item, Order
    from payments.types import MoneyState
    from tenants.types import Shop

LISTED = 50
GIVEN_BACK = frozenset({"refunded", "canceled"})
TONES = {
    "placed": "warn",
    "paid": "plain",
    "held": "warn",
    "fulfilling": "plain",
    "completed": "good",
    "closed": "none",
    "canceled": "bad",
}


def order_page(*, order: "Order", shop: "Shop", is_shown: bool = False) -> OrderPage:
    """Everything the order page shows; `is_shown` puts the codes on it in the clear."""
    things = _things(order)
    money = money_of(payable_id=order.pk)
    tone, headline, sentence = _story(order, things, money, shop)
    lines = tuple(
        _line(item, things, order, shop=shop, is_shown=is_shown) for item in _items(order)
    )
    cases = tuple(_cases(order))
    contact = contact_of(order=order)
    page = OrderPage(
        number=order.number,
        token=order.token,
        state=order.state,
        tone=tone,
        headline=headline,
        sentence=sentence,
        steps=tuple(_steps(order, things)),
        lines=lines,
        cases=cases,
        total=price_of(order.total_e4, order.currency),
        refunded=price_of(money.refunded_e4, order.currency) if money.refunded_e4 else None,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        pay_until=order.pay_until,
        contact=contact.phone_shown or contact.mail_shown,
        version="",
        is_payable=order.state == "placed",
        is_final=order.state in ENDED and not money.pending_e4,
        can_complain=order.state not in UNPAID,
    )
    return replace(page, version=_version(page))


def order_rows(*, buyer_key: str) -> list[OrderRow]:
    """The orders of one device, the newest first."""
    found = orders_of_device(buyer_key=buyer_key).prefetch_related("items")[:LISTED]
    return [
        OrderRow(
            token=order.token,
            number=order.number,
            title="、".join(item.shown_name for item in order.items.all()),
            state=str(order.get_state_display()),
            tone=TONES[order.state],
            total=price_of(order.total_e4, order.currency),
            placed_at=order.placed_at,
        )
        for order in found
    ]


@dataclass(frozen=True, slots=True)
class _Thing:
    """A thing promised, with its goods once they are delivered."""

    unit: "Unit"
    goods: UnitGoods | None


def _things(order: "Order") -> list[_Thing]:
    """What is promised now: a replaced thing is gone, its successor stands for it."""
    if order.paid_at is None:
        return []
    goods = {one.unit_id: one for one in fulfillment.goods_of_order(order_id=order.pk)}
    units = units_of(order_id=order.pk)
    return [_Thing(unit, goods.get(unit.pk)) for unit in units if unit.state != "replaced"]


def _items(order: "Order") -> Iterable["Item"]:
    related = ("sku__product__brand", "sku__buyer_template")
    return items_of(order_id=order.pk).select_related(*related)


def _line(
    item: "Item", things: list[_Thing], order: "Order", *, shop: "Shop", is_shown: bool
) -> Line:
    product = item.sku.product
    mine = [thing for thing in things if thing.unit.item_id == item.pk]
    return Line(
        name=item.shown_name,
        quantity=item.quantity,
        price=price_of(item.unit_price_e4, order.currency),
        tile=brand_tile(product.brand, picture=product.picture),
        told=tuple(_told(item)),
        how_to_use=tuple(product.steps),
        redeem_url=product.redeem_url,
        units=tuple(_unit(thing, shop=shop, is_shown=is_shown) for thing in mine),
    )


def _told(item: "Item") -> Iterable[tuple[str, str]]:
    """What the buyer typed, masked, under the names of the form's fields."""
    language = get_language() or ""
    labels = {field.key: field.label_in(language) for field in buyer_fields(item.sku)}
    shown: Mapping[str, str] = item.buyer_fields_shown
    return ((labels.get(key, key), text) for key, text in shown.items())


def _unit(thing: _Thing, *, shop: "Shop", is_shown: bool) -> UnitCard:
    unit, goods = thing.unit, thing.goods
    if goods is None or goods.secret is None:
        return UnitCard(id=unit.pk, state=unit.state, waiting=_waiting_word(unit, shop))
    return UnitCard(
        id=unit.pk,
        state=unit.state,
        is_delivered=True,
        has_card_no=goods.card_no is not None,
        card_no=_text(goods.card_no.reveal() if goods.card_no else "", is_shown=is_shown),
        secret=_text(goods.secret.reveal(), is_shown=is_shown),
        kind=goods.kind,
        expires_on=goods.expires_on.isoformat() if goods.expires_on else "",
    )


def _text(text: str, *, is_shown: bool) -> str:
    return text if is_shown or not text else masked(text)


def _waiting_word(unit: "Unit", shop: "Shop") -> str:
    """Why it is not here yet, and by when it is decided."""
    said = _why_waiting(unit.state)
    if unit.review_until and unit.state not in GIVEN_BACK:
        until = gettext("Decided by %(time)s.") % {"time": _moment(unit.review_until, shop)}
        return f"{said} {until}"
    return said


def _why_waiting(state: str) -> str:
    match state:
        case "waiting":
            return gettext("Waiting for new stock. We look again every minute.")
        case "by_hand":
            return gettext("Being prepared by a person.")
        case "review":
            return gettext("A person looks at it. You get the goods, or your money back.")
        case "unknown":
            return gettext("Not confirmed yet. We ask again by ourselves.")
        case "refunded" | "canceled":
            return gettext("Given up: the money for it goes back.")
        case "failed":
            return gettext("It could not be delivered. You get your money back.")
        case _:
            return gettext("On its way.")


def _steps(order: "Order", things: list[_Thing]) -> list[Step]:
    """Placed, paid, delivered, with the moments at which they really were."""
    if order.state == "closed":
        return []
    placed = Step(label=gettext("Ordered"), state="done", at=order.placed_at)
    if order.paid_at is None:
        later = Step(label=gettext("Delivered"), state="next")
        return [placed, Step(label=gettext("Paid"), state="now"), later]
    paid = Step(label=gettext("Paid"), state="done", at=order.paid_at)
    if order.state == "canceled":
        return [placed, paid, Step(label=gettext("Canceled"), state="done", at=order.ended_at)]
    moments = [thing.unit.delivered_at for thing in things if thing.unit.delivered_at]
    if order.state == "completed":
        at = max(moments) if moments else order.ended_at
        return [placed, paid, Step(label=gettext("Delivered"), state="done", at=at)]
    return [placed, paid, Step(label=gettext("Delivered"), state="now")]


def _story(
    order: "Order", things: list[_Thing], money: "MoneyState", shop: "Shop"
) -> tuple[str, str, str]:
    """Tone, headline and one honest sentence."""
    match order.state:
        case "placed":
            until = _clock(order.pay_until, shop)
            said = gettext("The goods are held for you until %(time)s.") % {"time": until}
            return "", gettext("Waiting for your payment"), said
        case "closed":
            return _closed(money, order)
        case "canceled":
            return "bad", gettext("Canceled"), _money_back(money, order)
        case "completed":
            return _completed(order, things, money)
        case _:
            return _on_its_way(order, shop)


def _closed(money: "MoneyState", order: "Order") -> tuple[str, str, str]:
    if money.paid_e4:
        return "bad", gettext("Closed: the payment came too late"), _money_back(money, order)
    said = gettext(
        "It was not paid in time, so the goods are free again. You can simply order anew."
    )
    return "none", gettext("Closed unpaid"), said


def _completed(order: "Order", things: list[_Thing], money: "MoneyState") -> tuple[str, str, str]:
    there = [thing.unit for thing in things if thing.goods is not None]
    if not there:
        return "bad", gettext("Paid back"), _money_back(money, order)
    if len(there) < len(things) or money.refunded_e4:
        return "good", gettext("Delivered in part"), _money_back(money, order)
    assert order.paid_at is not None  # a completed order is a paid one, by constraint
    last = max(unit.delivered_at for unit in there if unit.delivered_at)
    return "good", gettext("Delivered"), _how_fast((last - order.paid_at).total_seconds())


def _how_fast(seconds: float) -> str:
    if seconds < 60:
        number = max(0.1, round(seconds, 1))
        said = gettext("There %(n)s seconds after your payment. Please use it soon.")
        return said % {"n": f"{number:g}"}
    if seconds < 3600:
        minutes = round(seconds / 60)
        said = gettext("There %(n)s min after your payment. Please use it soon.")
        return said % {"n": minutes}
    return gettext("Everything is there. Please use it soon.")


def _on_its_way(order: "Order", shop: "Shop") -> tuple[str, str, str]:
    stands = standing(order_id=order.pk)
    said = stands.next_text or stands.text
    if stands.next_at and stands.next_text:
        said = f"{said} ({_moment(stands.next_at, shop)})"
    if order.state == "held":
        return "warn", gettext("Paid, being looked at"), said
    return "", gettext("Paid, on its way"), said


def _money_back(money: "MoneyState", order: "Order") -> str:
    if not money.refunded_e4:
        return gettext("Nothing was taken for what was not delivered.")
    amount = price_of(money.refunded_e4, order.currency)
    shown = {"amount": f"{amount.symbol}{amount.amount}"}
    if money.pending_e4:
        return gettext("%(amount)s is on its way back to you.") % shown
    return gettext("%(amount)s was paid back to you.") % shown


def _cases(order: "Order") -> Iterable[CaseCard]:
    for case in cases_of(order_id=order.pk):
        yield CaseCard(
            ref=case.ref,
            title=str(case.get_kind_display()),
            state=str(case.get_state_display()),
            is_open=case.is_live,
            due_at=case.due_at if case.is_live else None,
            said=tuple(
                Said(is_mine=one.is_from_shopper, text=one.text.reveal(), at=one.at)
                for one in messages_of(case_id=case.pk)
            ),
        )


def _clock(moment: datetime, shop: "Shop") -> str:
    return moment.astimezone(ZoneInfo(shop.time_zone)).strftime("%H:%M")


def _moment(moment: datetime, shop: "Shop") -> str:
    return moment.astimezone(ZoneInfo(shop.time_zone)).strftime("%m-%d %H:%M")


def _version(page: OrderPage) -> str:
    """Changes when something on the live part of the page does."""
    units = [[unit.id, unit.state, unit.secret] for line in page.lines for unit in line.units]
    seen = [page.state, page.headline, page.sentence, units, page.refunded and page.refunded.amount]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]
