from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.secrets import Secret
from risk.states import Judgement
from suppliers.abilities import Target, Verdict
from suppliers.types import Sale

if TYPE_CHECKING:
    from suppliers.models import Attempt
    from suppliers.types import PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGoods:
    """One delivered thing as its buyer may read it; never stored, logged or sent like this.

    `kind` says how to show it: code, text, link, qr, or top_up, which has no secret.
    """

    unit_id: int
    item_id: int
    position: int
    state: str
    name: str
    kind: str
    card_no: Secret | None
    secret: Secret | None
    expires_on: date | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a reviewer decides of an order that waits, or with `is_opening` of its closed codes.

    `judgement` is what it was, in his eyes. `block` are the traits by which its people are blocked
    from now on (None: nobody is), `block_until` None: for good.
    """

    is_approved: bool
    judgement: Judgement
    reason: str = ""
    is_opening: bool = False
    block: frozenset[str] | None = None
    block_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWanted:
    """An account that a supplier is to be asked about; `key` is the form's field that named it."""

    sku_id: int
    sale: Sale
    target: Target
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFound:
    """What is known of an account: `text` is for its buyer, at the form's field `key`."""

    verdict: Verdict
    key: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One worker's turn to speak to a supplier about a unit: its word counts as long as `fence` is
    still the unit's."""

    order_id: int
    unit_id: int
    fence: int
    attempt: "Attempt"
    order: "PurchaseOrder"
    is_first: bool
