"""What a platform may sell as the doors' protocols tell it: kinds, stock, what a buyer is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from api.catalogue import not_sold, product_bodies, skus_of
from api.doors.reading import USUAL_ON_PAGE
from catalog.errors import NotForSale
from catalog.selectors import buyer_fields
from catalog.states import Kind
from channels.types import Seat
from core.money import read_e4

if TYPE_CHECKING:
    from catalog.models import Sku

TOPPED_UP, CARDS = 1, 2  # the protocols' numbers for the two kinds of goods
MANY = 999  # in stock, where a supplier has it and nobody says how much
AT_ONCE = frozenset({Kind.STOCK_CODE, Kind.REUSABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """A SKU as a platform lists it."""

    sku: "Sku"
    ref: str
    title: str
    kind: int
    price_e4: int
    stock: int
    is_at_once: bool
    fields: tuple[Mapping[str, Any], ...]

    @property
    def keys(self) -> list[str]:
        return [str(one["key"]) for one in self.fields]


def kind_of(kind: str) -> int:
    return TOPPED_UP if kind == Kind.TOP_UP else CARDS


def find_sku(*, seat: Seat, ref: str, now: datetime) -> "Sku":
    """Raises NotForSale, also for what is sold to others only."""
    found = skus_of(seat=seat, now=now).filter(ref=ref).first()
    if found is None:
        raise NotForSale(not_sold(ref))
    return found


def find_ware(*, seat: Seat, ref: str, now: datetime) -> Ware:
    """Raises NotForSale."""
    return wares(seat=seat, skus=[find_sku(seat=seat, ref=ref, now=now)], now=now)[0]


def check_cards_ask_nothing(sku: "Sku") -> None:
    """Raises NotForSale of cards that ask their buyer, where an order of cards says nothing."""
    if kind_of(sku.kind) == CARDS and any(field.is_required for field in buyer_fields(sku)):
        raise NotForSale(
            _("These goods ask their buyer for something that an order of cards does not say here.")
        )


def wares(*, seat: Seat, skus: Sequence["Sku"], now: datetime) -> list[Ware]:
    bodies = product_bodies(seat=seat, skus=skus, now=now)
    return [_ware(sku, body) for sku, body in zip(skus, bodies, strict=True)]


def _ware(sku: "Sku", body: Mapping[str, Any]) -> Ware:
    stock = MANY if body["available"] else 0
    return Ware(
        sku=sku,
        ref=sku.ref,
        title=f"{sku.product.name} {sku.name}",
        kind=kind_of(sku.kind),
        price_e4=read_e4(body["price"]),
        stock=stock if body["stock"] is None else body["stock"],
        is_at_once=sku.kind in AT_ONCE,
        fields=tuple(body["buyer_fields"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which goods are asked for; `page` from 1. What is empty or 0 is not asked for. `cards_ask`:
    whether an order of cards can say what its buyer is asked; else those that ask are left out."""

    keyword: str = ""
    kind: int = 0
    category_id: int = 0
    cards_ask: bool = True
    page: int = 1
    size: int = USUAL_ON_PAGE


def page_of_wares(*, seat: Seat, wish: Wish, now: datetime) -> tuple[list[Ware], int]:
    """A page of what has the keyword in its name or as its number, and how many have."""
    found, keyword, kind = skus_of(seat=seat, now=now), wish.keyword, wish.kind
    if not wish.cards_ask:
        asking = Q(buyer_template__fields__contains=[{"is_required": True}])
        found = found.filter(Q(kind=Kind.TOP_UP) | Q(buyer_template=None) | ~asking)
    if wish.category_id:
        found = found.filter(product__category_id=wish.category_id)
    if keyword:
        named = Q(name__icontains=keyword) | Q(product__name__icontains=keyword)
        found = found.filter(named | Q(ref=keyword))
    if kind == TOPPED_UP:
        found = found.filter(kind=Kind.TOP_UP)
    elif kind:
        found = found.exclude(kind=Kind.TOP_UP) if kind == CARDS else found.none()
    first = (wish.page - 1) * wish.size
    return wares(seat=seat, skus=list(found[first : first + wish.size]), now=now), found.count()


def told_by_name(sku: "Sku", given: Mapping[str, str], *, names: Sequence[str]) -> dict[str, str]:
    """The SKU's own fields from what a platform gives under the names that it was told, or under
    their keys. What it was told goes first: the other may be its own."""
    told = names_of([field.key for field in buyer_fields(sku)], others=names)
    found = {key: given.get(name) or given.get(key) for key, name in told.items()}
    return {key: text for key, text in found.items() if text}


def told_by_key(sku: "Sku", given: Mapping[str, str], *, others: Iterable[str]) -> dict[str, str]:
    """The SKU's own fields from what a platform gives by their keys, as it was told them.

    `others` are the platform's own names, in the order in which they fill what is left.
    """
    said = {field.key: given[field.key] for field in buyer_fields(sku) if field.key in given}
    left = [field.key for field in buyer_fields(sku) if field.key not in said]
    spare = [given[name] for name in others if given.get(name) and name not in said]
    return said | dict(zip(left, spare, strict=False))


def names_of(keys: Sequence[str], *, others: Sequence[str]) -> dict[str, str]:
    """By the SKU's field, the name under which a platform is told to give it."""
    free = iter([name for name in others if name not in keys])
    return {key: key if key in others else next(free, key) for key in keys}
