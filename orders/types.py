"""What others hand to orders, and what they get to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from core.actors import SYSTEM
from core.secrets import Secret

if TYPE_CHECKING:
    from catalog.models import Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the shopper asks for. Its price is not here: the catalog says it.

    `is_by_program`: what `buyer_fields` say beside the form is refused; a page's form may have the
    fields of several forms in it, and the rest is dropped.
    """

    sku_ref: str
    quantity: int
    buyer_fields: Mapping[str, str] = field(default_factory=dict)
    is_by_program: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Money taken off by a higher floor: a coupon, a gift, points, a tier."""

    kind: str
    ref: str
    amount_e4: int


class Pricing(Protocol):
    """What a higher floor takes off a line, told what the catalog says of its SKU; or refuses."""

    def __call__(self, *, sku: "Sku", quantity: int) -> Adjustment | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a paid order waits for a person, until when, and what is done if nobody decides
    (`HeldThen`).

    `may_lose`: its price does not bring the cost in, and who lets it go on accepts that.
    """

    reason: str
    until: datetime
    then: str
    may_lose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """`request_key` names one filled-in form: the same form again is the same order.

    `buyer_key` is a digest of the device or account; `ip` is kept as a digest only. `adjustments`
    are known before, `pricing` says them line by line. `partner` is the platform that orders. With
    `may_lose` it is also taken where no supplier delivers for what is paid: then the order says so,
    and its caller has it held. `person` says how a person at the other end proved to be one, empty
    while he has not; None: nobody is there to be asked.
    """

    lines: tuple[Line, ...]
    request_key: str
    buyer_key: str = ""
    contact_phone: str = ""
    contact_mail: str = ""
    password: str = field(default="", repr=False)
    language: str = "zh-hans"
    channel: str = "web"
    ip: str = ""
    has_consented: bool = False
    adjustments: tuple[Adjustment, ...] = ()
    pricing: Pricing | None = None
    partner: str = ""
    may_lose: bool = False
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Who asks for an order's codes, or for the order: the device (its key; none where it is not
    known), from where, in which language, and how a `person` there proved to be one: empty while he
    has not, None where nobody can be asked."""

    buyer_key: str
    ip: str
    language: str
    person: str | None = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Who asks for an order, by its `number` as it was typed or at the order's own address, and the
    `proof` he gives: a phone number, a mail address or the order's password."""

    opener: Opener
    number: str
    proof: Secret
    is_by_link: bool


class Thing(StrEnum):
    """Whose line of the timeline it is."""

    ORDER = "order"
    PAYMENT = "payment"
    REFUND = "refund"
    UNIT = "unit"
    SUPPLIER = "supplier"
    RISK = "risk"
    OPENING = "opening"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One line of an order's history, in the reader's language.

    `next_text` and `next_at` are set on what is not at its end yet: what happens next, and when.
    `state` and `reason` are the stable codes behind the sentence.
    """

    at: datetime
    thing: Thing
    text: str
    by: str
    state: str
    reason: str = ""
    ref: str = ""
    next_text: str = ""
    next_at: datetime | None = None

    def as_evidence(self) -> dict[str, str]:
        """Codes and moments only: what a complaint keeps of this line."""
        return {
            "at": self.at.isoformat(),
            "thing": self.thing,
            "state": self.state,
            "reason": self.reason,
            "by": self.by,
            "ref": self.ref,
        }


class TimelineSource(Protocol):
    """A higher floor's lines of an order's history."""

    def __call__(self, *, order_id: int) -> list[TimelineRow]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an order stands, why, and what comes next."""

    state: str
    text: str
    next_text: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A complaint as the shopper writes it. `unit_ref` names the thing, if it is about one."""

    order_id: int
    kind: str
    text: str = field(repr=False)
    unit_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a case, opened."""

    is_from_shopper: bool
    by: str
    text: Secret
    at: datetime

    @property
    def is_answer(self) -> bool:
        """Of the shop; what the house itself has noticed is none."""
        return not self.is_from_shopper and self.by != SYSTEM.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the buyer: clear only for who asks by name, masked for lists."""

    phone: Secret | None = None
    mail: Secret | None = None
    phone_shown: str = ""
    mail_shown: str = ""


Evidence = list[dict[str, Any]]
