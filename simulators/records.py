"""Rows of the ledger, and the words the engine and the protocols share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulators.faults import Faults

CARRIES_CODES = frozenset({"card", "pin"})  # kinds of products


class State(StrEnum):
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # never done, money given back
    REFUNDED = "refunded"  # done, and money given back afterwards


class Refusal(StrEnum):
    """Why nothing new was bought. BUSY is the exception: it tells nothing at all."""

    SIGN = "sign"
    CLOCK = "clock"
    PARAM = "param"
    NO_ACCOUNT = "no_account"
    NO_METHOD = "no_method"
    NO_PRODUCT = "no_product"
    OFF_SHELF = "off_shelf"
    STOCK = "stock"
    PRICE = "price"
    BALANCE = "balance"
    DUPLICATE = "duplicate"
    NO_ORDER = "no_order"
    BUSY = "busy"


class Refused(Exception):
    """Answered in the protocol's own words."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else str(refusal))
        self.refusal, self.detail = refusal, detail


class Broken(Exception):
    """Nothing was bought and no word of the protocol is said: the fault alone answers."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    protocol: str
    id: str
    secret: str
    balance_e4: int = 0
    callback_url: str = ""
    faults: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    latency_ms: int = 0
    processing_ms: int = 200
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    protocol: str
    id: str
    kind: str = "card"  # card, direct, mobile or pin (a code bought as airtime)
    name: str = ""
    price_e4: int = 0
    face_e4: int = 0
    state: str = "on"  # on or off
    stock: int = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    number: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a client wants to buy, in no supplier's words."""

    client_no: str
    product: Product
    quantity: int
    charged_to: str = ""
    ceiling_e4: int | None = None  # of one piece
    callback_url: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    id: int
    ref: str
    protocol: str
    account: str
    client_no: str | None
    product: str
    kind: str
    quantity: int
    charged_to: str
    price_e4: int
    refunded_e4: int
    state: State
    faults: Faults
    asks: int
    callback_url: str
    details: Mapping[str, Any]
    created_at: float
    due_at: float
    finished_at: float | None
    cards: tuple[Card, ...] = ()
