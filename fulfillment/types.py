from dataclasses import dataclass
from datetime import date, datetime

from core.secrets import Secret


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
