"""What was bought, as its pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from storefront.types.goods import Price

# Units that wait for a person or for stock: nobody should sit before a page that reloads itself.
WAITS_LONG = frozenset({"by_hand", "review", "waiting", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the order; `state` is done, now or next."""

    label: str
    state: str
    at: datetime | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCard:
    """One delivered or waiting thing, its secret masked; `void` says why it no longer counts,
    `done` where a top-up went.

    A waiting one has the room that it will fill, so that the page stands still when it comes.
    """

    id: int
    state: str
    is_delivered: bool = False
    is_new: bool = False
    has_card_no: bool = False
    card_no: str = ""
    secret: str = ""
    kind: str = ""
    word: str = ""
    validity: str = ""
    done: str = ""
    waiting: str = ""
    has_room: bool = False
    is_given_up: bool = False
    void: str = ""
    void_hint: str = ""

    @property
    def link(self) -> str:
        """Where a shown link leads; nothing but the web is opened by a tap."""
        is_web = self.secret.startswith(("https://", "http://")) and "••" not in self.secret
        return self.secret if self.kind == "link" and is_web else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the order with the units it promised.

    `terms` are what the buyer was told when it was ordered, `how_to_use` is what is right today.
    `again` is the product's number, where nothing came of the order and it is on sale.
    """

    name: str
    quantity: int
    price: Price
    tile: SafeString
    told: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, str], ...]
    how_to_use: tuple[str, ...]
    redeem_url: str
    again: str
    units: tuple[UnitCard, ...]

    @property
    def is_there(self) -> bool:
        return any(unit.is_delivered for unit in self.units)

    @property
    def is_told(self) -> bool:
        """How to use it is told with the goods, and while they come: not before."""
        return any(unit.is_delivered or unit.has_room for unit in self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of an after-sale case."""

    is_mine: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """A complaint; `about` names the thing, where the order has several."""

    ref: str
    title: str
    about: str
    state: str
    is_open: bool
    due_at: datetime | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What it cost; once something goes back, what was paid, what comes back and what is left."""

    total: Price
    paid: Price | None = None
    back: Price | None = None
    on_its_way: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    number: str
    token: str
    state: str
    tone: str
    headline: str
    sentence: str
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    cases: tuple[CaseCard, ...]
    receipt: Receipt
    placed_at: datetime
    paid_at: datetime | None
    pay_until: datetime | None
    contact: str
    version: str
    is_payable: bool
    is_final: bool
    can_complain: bool
    closed: str = ""

    @property
    def total(self) -> Price:
        return self.receipt.total

    @property
    def is_moving(self) -> bool:
        """Something will happen within seconds: a page without scripts looks again by itself."""
        units = [unit for line in self.lines for unit in line.units]
        waits = any(unit.state in WAITS_LONG for unit in units)
        return self.state in {"placed", "paid", "fulfilling"} and not waits

    @property
    def has_cards(self) -> bool:
        """Whether something was delivered that is typed in elsewhere, and may be refused there."""
        units = [unit for line in self.lines for unit in line.units if unit.is_delivered]
        return any(unit.kind in {"code", "qr"} for unit in units)

    @property
    def has_codes(self) -> bool:
        return any(unit.secret for line in self.lines for unit in line.units if unit.is_delivered)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order in a list; `total` is what it cost in the end."""

    token: str
    number: str
    title: str
    state: str
    tone: str
    total: Price
    placed_at: datetime
