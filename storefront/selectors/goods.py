"""What was bought, line by line: what is there, masked until it is asked for, and what waits."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language, gettext

from catalog.selectors import buyer_fields, skus_for_sale, terms_at
from core.secrets import masked
from fulfillment import services as fulfillment
from fulfillment.selectors import is_read, units_of
from fulfillment.states import Source
from fulfillment.types import UnitGoods
from inventory import services as inventory
from orders.selectors import items_of
from storefront.selectors.shelf import brand_tile
from storefront.selectors.words import (
    day_and_time,
    expiry_word,
    goods_word,
    price_of,
    promise_word,
    refund_word,
)
from storefront.types import Line, UnitCard

if TYPE_CHECKING:
    from catalog.models import Terms
    from fulfillment.models import Unit
    from orders.models import Item, Order
    from tenants.types import Shop

# Room is kept for as many as a screen shows; more of them move nothing that is seen.
MOST_ROOM = 4
NOTHING_CAME = frozenset({"closed", "canceled"})
GIVEN_BACK = frozenset({"refunded", "canceled"})


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing promised, with its goods as long as they are the buyer's.

    A replaced one stays, with the moment at which its successor came, which is new; so does one
    that was paid back. `mask` is what the buyer knows their code by.
    """

    unit: "Unit"
    goods: UnitGoods | None
    mask: str = ""
    replaced_at: datetime | None = None
    is_new: bool = False

    @property
    def was_taken_back(self) -> bool:
        return self.unit.state in GIVEN_BACK and self.unit.delivered_at is not None


def things_of(order: "Order") -> list[Thing]:
    """Everything the order was promised, by its place and then by its time."""
    if order.paid_at is None:
        return []
    goods = {one.unit_id: one for one in fulfillment.goods_of_order(order_id=order.pk)}
    units = list(units_of(order_id=order.pk).select_related("code"))
    lost = [unit.code for unit in units if unit.code is not None and unit.pk not in goods]
    masks = inventory.masks_of(codes=lost) if lost else {}
    exchanged = {unit.position for unit in units if _is_replaced(unit)}
    replaced = {old.pk: new.delivered_at for old, new in pairwise(units) if _is_replaced(old)}
    return [
        Thing(
            unit,
            goods.get(unit.pk),
            mask=masks.get(unit.code_id or 0, ""),
            replaced_at=replaced.get(unit.pk),
            is_new=unit.position in exchanged,
        )
        for unit in units
    ]


def promised_now(things: list[Thing]) -> list[Thing]:
    """Without the replaced ones: a successor stands for each."""
    return [thing for thing in things if not _is_replaced(thing.unit)]


def _is_replaced(unit: "Unit") -> bool:
    return unit.state == "replaced"


def lines_of(
    order: "Order", things: list[Thing], *, shop: "Shop", is_shown: bool
) -> tuple[Line, ...]:
    related = ("sku__product__brand", "sku__buyer_template")
    items = list(items_of(order_id=order.pk).select_related(*related))
    terms = terms_at(products=[item.sku.product for item in items], moment=order.placed_at)
    again = _on_sale(items) if order.state in NOTHING_CAME else frozenset[int]()
    return tuple(
        _line(
            item,
            [_unit(thing, shop=shop, is_shown=is_shown) for thing in things if _is_of(thing, item)]
            or _promised(item, order),
            currency=order.currency,
            terms=terms[item.sku.product_id],
            can_be_bought=item.sku_id in again,
        )
        for item in items
    )


def _on_sale(items: "list[Item]") -> frozenset[int]:
    asked = skus_for_sale(now=timezone.now()).filter(pk__in=[item.sku_id for item in items])
    return frozenset(asked.values_list("pk", flat=True))


def _is_of(thing: Thing, item: "Item") -> bool:
    return thing.unit.item_id == item.pk


def _line(
    item: "Item",
    units: list[UnitCard],
    *,
    currency: str,
    terms: "Terms",
    can_be_bought: bool,
) -> Line:
    product = item.sku.product
    return Line(
        name=item.shown_name,
        quantity=item.quantity,
        price=price_of(item.unit_price_e4, currency),
        tile=brand_tile(product.brand, picture=product.picture),
        told=tuple(_told(item)),
        terms=tuple(_terms(item, terms)),
        how_to_use=tuple(product.steps),
        redeem_url=product.redeem_url,
        again=product.ref if can_be_bought else "",
        units=(
            *(unit for unit in units if not unit.waiting and not unit.void),
            *_waiting([unit for unit in units if unit.waiting]),
            *(unit for unit in units if unit.void),
        ),
    )


def _terms(item: "Item", terms: "Terms") -> Iterable[tuple[str, str]]:
    """What the product's page said of the deal when it was ordered."""
    is_stocked = item.kind == "stock_code"
    said = (
        (gettext("What arrives"), terms.shown.what_arrives),
        (gettext("Works on"), terms.shown.where_works),
        (gettext("Delivery"), promise_word(item.promise, slow_hours=item.slow_hours)),
        (gettext("Use by"), expiry_word(least_days=item.min_days_left, is_stocked=is_stocked)),
        (gettext("Refunds"), refund_word(terms.shown.refund_rule)),
    )
    return ((key, text) for key, text in said if text)


def _promised(item: "Item", order: "Order") -> list[UnitCard]:
    """What is not being delivered yet: it waits for the money, or for its turn."""
    if order.state in {"closed", "canceled", "completed"}:
        return []
    word = _why_waiting("review" if order.state == "held" else "")
    if order.state == "placed":
        word = gettext("It appears here once it is paid.")
    return [UnitCard(id=0, state="queued", waiting=word)] * item.quantity


def _waiting(units: list[UnitCard]) -> Iterable[UnitCard]:
    """Room for the goods, and each reason once, with a count where there is more than one."""
    left = MOST_ROOM
    reasons = Counter(map(_reason, units))
    for (state, word, is_given_up), count in reasons.items():
        room = 0 if is_given_up else min(count, left)
        left -= room
        yield UnitCard(
            id=0,
            state=state,
            waiting=f"{word} × {count}" if len(reasons) > 1 else word,
            has_room=room > 0,
            is_given_up=is_given_up,
        )
        yield from [UnitCard(id=0, state=state, has_room=True)] * (room - 1)


def _reason(unit: UnitCard) -> tuple[str, str, bool]:
    return unit.state, unit.waiting, unit.is_given_up


def _told(item: "Item") -> Iterable[tuple[str, str]]:
    """What the buyer typed, masked, under the names of the form's fields."""
    language = get_language() or ""
    labels = {field.key: field.label_in(language) for field in buyer_fields(item.sku)}
    shown: Mapping[str, str] = item.buyer_fields_shown
    return ((labels.get(key, key), text) for key, text in shown.items())


def _unit(thing: Thing, *, shop: "Shop", is_shown: bool) -> UnitCard:
    unit, goods = thing.unit, thing.goods
    if _is_replaced(unit) or thing.was_taken_back:
        return _void(thing, shop)
    if goods is None:
        return UnitCard(
            id=unit.pk,
            state=unit.state,
            waiting=_waiting_word(unit, shop),
            is_given_up=unit.state in GIVEN_BACK,
        )
    return UnitCard(
        id=unit.pk,
        state=unit.state,
        is_delivered=True,
        is_new=thing.is_new,
        has_card_no=goods.card_no is not None,
        card_no=_text(goods.card_no.reveal() if goods.card_no else "", is_shown=is_shown),
        secret=_text(goods.secret.reveal() if goods.secret else "", is_shown=is_shown),
        done=_top_up_word(unit, shop) if goods.secret is None else "",
        kind=goods.kind,
        word=gettext("Card password") if goods.card_no else goods_word(goods.kind),
        validity=_validity_word(unit, goods.expires_on),
    )


def _validity_word(unit: "Unit", expires_on: date | None) -> str:
    """Nothing where nobody has said: what a supplier or a person sent may end all the same."""
    if expires_on:
        return f"{gettext('Valid until')} {expires_on.isoformat()}"
    return gettext("No expiry date") if unit.source in {Source.OWN, Source.CONTENT} else ""


def _top_up_word(unit: "Unit", shop: "Shop") -> str:
    """Where it went, as the buyer typed it, masked: there is nothing to copy."""
    where = _topped_up(unit)
    at = day_and_time(unit.delivered_at, shop) if unit.delivered_at else ""
    if not where:
        return gettext("Topped up at %(time)s.") % {"time": at}
    return gettext("%(account)s was topped up at %(time)s.") % {"account": where, "time": at}


def _topped_up(unit: "Unit") -> str:
    return " ".join(unit.item.buyer_fields_shown.values())


def _void(thing: Thing, shop: "Shop") -> UnitCard:
    """What the buyer had and has no more: to be told from what counts."""
    unit = thing.unit
    if _is_replaced(unit):
        at = day_and_time(thing.replaced_at, shop) if thing.replaced_at else ""
        word, hint = gettext("Void"), gettext("Replaced %(time)s") % {"time": at}
    else:
        word = gettext("Paid back")
        hint = gettext("Please do not use it any more.") if is_read(unit) else _topped_up(unit)
    return UnitCard(id=unit.pk, state=unit.state, secret=thing.mask, void=word, void_hint=hint)


def _text(text: str, *, is_shown: bool) -> str:
    return text if is_shown or not text else masked(text)


def _waiting_word(unit: "Unit", shop: "Shop") -> str:
    """Why it is not here yet, and by when it is decided."""
    said = _why_waiting(unit.state)
    if unit.review_until and unit.state not in GIVEN_BACK:
        until = gettext("Decided by %(time)s.") % {"time": day_and_time(unit.review_until, shop)}
        return gettext("%(one)s %(other)s") % {"one": said, "other": until}
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
            return gettext("The supplier has not confirmed yet. We ask again by ourselves.")
        case "refunded" | "canceled":
            return gettext("Given up: the money for it goes back.")
        case "failed":
            return gettext("It could not be delivered. You get your money back.")
        case _:
            return gettext("On its way.")
