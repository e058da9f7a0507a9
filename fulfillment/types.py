from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.secrets import Secret

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
class Lease:
    """One worker's turn to speak to a supplier about a unit: its word counts as long as `fence` is
    still the unit's."""

    order_id: int
    unit_id: int
    fence: int
    attempt: "Attempt"
    order: "PurchaseOrder"
    is_first: bool
