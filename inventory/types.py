from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.secrets import Secret


class Keeper(Protocol):
    """Which of these sealed files another app still needs."""

    def __call__(self, *, names: Sequence[str]) -> set[str]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldRequest:
    """`quantity` of a SKU for an order item, all or none.

    `until` None holds without a limit (paid). `most_held` None or 0: any number.
    """

    sku_id: int
    quantity: int
    item_id: int
    buyer_key: str = ""
    until: datetime | None = None
    min_days_left: int = 0
    most_held: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """One thing sold: a code of one's own, or one use of a content."""

    code_id: int | None = None
    content_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsText:
    """What the buyer reads. `kind`: `code`, `text`, `link` or `qr`; `expires_on` None: never."""

    card_no: Secret | None
    secret: Secret
    kind: str
    expires_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """One thing sold with what its buyer reads: never stored, logged or sent like this."""

    goods: Goods
    text: GoodsText


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBatch:
    sku_id: int
    supplier_name: str = ""
    cost_e4: int = 0
    note: str = ""
    expires_on: date | None = None
    file_hash: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCode:
    secret: Secret
    card_no: Secret | None = None
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewContent:
    """`kind` is `text`, `link` or `qr`; `most_uses` None: any number of buyers."""

    sku_id: int
    body: Secret
    kind: str = "text"
    most_uses: int | None = None
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """What became of lines that were added: those known already are left out."""

    batch_id: int
    added: int
    known: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """How long a SKU's stock lasts at the mean daily sale of the last 14 days."""

    sku_id: int
    available: int
    sold_a_day: float
    days: float | None  # None: nothing was sold, so there is no telling


@dataclass(frozen=True, kw_only=True, slots=True)
class Expiring:
    sku_id: int
    expires_on: date
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lot:
    """What is left of a SKU that expires on one day. `cost_e4` is of all but the `unpriced` ones,
    of whose batches no cost is known, at the mean cost of the SKU's other batches."""

    sku_id: int
    expires_on: date
    codes: int
    cost_e4: int
    unpriced: int = 0

    def part(self, codes: int) -> tuple[int, int]:
        """What so many of them cost, and of how many of those that is not known."""
        unpriced = -(-self.unpriced * codes // self.codes)
        return self.cost_e4 * codes // self.codes, unpriced
