"""What is offered, as its pages show it, and the form that buys it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`¥` and `148.00` apart, so that the sign may be drawn smaller."""

    symbol: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A word about stock; `tone` is its colour: good, warn or none."""

    word: str
    tone: str

    @property
    def is_gone(self) -> bool:
        return self.tone == "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product in a grid."""

    id: int
    ref: str
    name: str
    note: str
    price: Price
    has_more_prices: bool
    was: Price | None
    stock: Stock
    tile: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category and what stands on it."""

    id: int
    name: str
    icon: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The home page's first shelf: what others bought lately, or what the shop put in front."""

    is_bought: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One SKU to choose."""

    ref: str
    name: str
    price: Price
    was: Price | None
    promise: str
    kind: str
    stock: Stock
    most: int
    limit: str
    unit_minor: int
    price_e4: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """What the seller must know of the buyer for the options `skus`; for some it is `verified`."""

    key: str
    kind: str
    label: str
    is_required: bool
    is_confirmed_big: bool
    options: tuple[str, ...]
    skus: str
    verified: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    ref: str
    name: str
    brand: str
    summary: str
    body: SafeString
    tile: SafeString
    what_arrives: str
    where_works: str
    refund_rule: str
    expiry: str
    how_to_use: tuple[str, ...]
    category_id: int
    category: str
    options: tuple[Option, ...]
    fields: tuple[FieldShown, ...]

    @property
    def is_gone(self) -> bool:
        return all(option.stock.is_gone for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyInput:
    """The buy form as it was typed, bounded, not yet judged.

    `seen_e4` is the price that the page showed: never a price to pay, only compared with it.
    """

    sku_ref: str
    quantity: int
    fields: Mapping[str, str]
    contact_phone: str
    contact_mail: str
    password: str
    has_consented: bool
    request_key: str
    way: str = ""
    seen_e4: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The browser that asks: its key (a digest of its signed cookie) and where it stands."""

    buyer_key: str
    ip: str
    language: str
    can_be_asked: bool = True  # a code can be sent to its person

    def form_key(self, key: str) -> str:
        """What names a form of this browser: the same key from another one names another form."""
        return hashlib.sha256(f"{self.buyer_key}|{key}".encode()).hexdigest()
