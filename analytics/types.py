"""What the cockpit is told, and the steps in which a delivery's time is counted."""

from dataclasses import dataclass
from datetime import date, datetime

# Steps of 2^(1/4) from a tenth of a second on: a percentile is off by a tenth of itself at most.
STEPS_AN_OCTAVE = 4
SHORTEST_SECONDS = 0.1


def seconds_of_step(step: int) -> float:
    """The longest time that is counted in this step."""
    return float(SHORTEST_SECONDS * 2 ** (step / STEPS_AN_OCTAVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The measures of anything, summed. `buyers` are different ones; None where that was not
    asked."""

    orders: int = 0
    lines: int = 0
    units: int = 0
    list_e4: int = 0
    revenue_e4: int = 0
    cost_e4: int = 0
    fee_e4: int = 0
    refund_e4: int = 0
    delivered: int = 0
    failed: int = 0
    buyers: int | None = None

    @property
    def discount_e4(self) -> int:
        return self.list_e4 - self.revenue_e4

    @property
    def net_e4(self) -> int:
        return self.revenue_e4 - self.refund_e4

    @property
    def margin_e4(self) -> int:
        return self.net_e4 - self.cost_e4 - self.fee_e4

    @property
    def margin_percent(self) -> float | None:
        return self.margin_e4 * 100 / self.net_e4 if self.net_e4 else None

    @property
    def average_e4(self) -> int | None:
        return self.revenue_e4 // self.orders if self.orders else None

    @property
    def success_percent(self) -> float | None:
        ended = self.delivered + self.failed
        return self.delivered * 100 / ended if ended else None

    @property
    def waiting(self) -> int:
        return self.units - self.delivered - self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """Today until now, yesterday until the same time of day, and the mean of the last seven whole
    days until that time. `counted_at` is how fresh the figures are."""

    today: Numbers
    yesterday: Numbers
    week_mean: Numbers
    counted_at: datetime | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A day by the hour; hours that are still to come are None."""

    name: str  # today, yesterday, last_week
    revenue_e4: tuple[int | None, ...]
    orders: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSku:
    """`stock` is None for what is not kept in stock; `cover_days` None where none was sold lately
    or nothing is kept."""

    sku_id: int
    name: str
    numbers: Numbers
    stock: int | None
    cover_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    channel: str
    label: str
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    province: str  # "" is unknown
    label: str
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRow:
    """`unconfirmed` are orders that it has not confirmed just now; `rest` is whether we give it a
    rest. `hours` are what it delivered in each of the last 24 hours, oldest first."""

    supplier_id: int
    name: str
    is_on: bool
    numbers: Numbers
    success_percent: float | None
    p50_seconds: float | None
    p95_seconds: float | None
    unconfirmed: int
    balance_e4: int | None
    currency: str
    balance_days: float | None
    rest: str | None
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """From paid to delivered: units, and how long it took. `now_waiting` is by state, live."""

    paid: int
    delivered: int
    failed: int
    waiting: int
    p50_seconds: float | None
    p95_seconds: float | None
    now_waiting: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSku:
    sku_id: int
    name: str
    stock: int
    sold_a_day: float
    cover_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLot:
    """Codes of a SKU that end on a day, what they cost, and how many will be left by the pace of
    the last weeks. `loss_e4` leaves out those of them whose cost is not known: `unpriced`."""

    sku_id: int
    name: str
    ends_on: date
    codes: int
    cost_e4: int
    will_be_left: int
    loss_e4: int
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadSku:
    """In stock, and none sold for a month; `cost_e4` leaves out those whose cost is not known."""

    sku_id: int
    name: str
    stock: int
    cost_e4: int
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRisk:
    short: tuple[ShortSku, ...]
    expiring: tuple[ExpiringLot, ...]
    dead: tuple[DeadSku, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale as the wall shows it: nothing of its buyer but where he is."""

    order_id: int
    at: datetime
    name: str
    units: int
    revenue_e4: int
    channel: str
    channel_label: str
    province: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSupplier:
    """A supplier's tries to deliver one SKU. `cost_e4` is what one success cost in the mean; None
    where nothing was bought, or in another currency. `score` is the mean of how near it comes to
    the SKU's best in cost, in success and in speed: 100 is the best in all three, None where one
    of them is not known or nobody else delivers the SKU."""

    sku_id: int
    sku: str
    supplier_id: int
    supplier: str
    tries: int
    success_percent: float | None
    cost_e4: int | None
    p50_seconds: float | None
    p95_seconds: float | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A measure that is not what it should be: of the facts by the orders (`where` is `orders`) or
    by the tries to buy (`attempts`), or of a cut by the facts."""

    where: str
    measure: str
    expected: int
    found: int

    @property
    def is_money(self) -> bool:
        return self.measure.endswith("_e4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The forecast held against weeks that are over, each told from what was known before it.

    Units: `sold` in these weeks, by how many each day's forecast was off, each week's, and each
    day's of a mean that knows no weekdays.
    """

    sold: float = 0
    off_by_day: float = 0
    off_by_week: float = 0
    flat_off_by_day: float = 0

    @property
    def day_percent(self) -> float | None:
        return self._percent(self.off_by_day)

    @property
    def week_percent(self) -> float | None:
        return self._percent(self.off_by_week)

    @property
    def flat_day_percent(self) -> float | None:
        return self._percent(self.flat_off_by_day)

    def _percent(self, off: float) -> float | None:
        return off * 100 / self.sold if self.sold else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSku:
    """`sold_a_day` is the forecast of a mean day, `weekdays` what each is of it, Monday first.
    `lasts_days` is None where it lasts for ever: none is sold. `cost_e4` is that of all that is
    suggested, as the last ones cost; None where that is not known."""

    sku_id: int
    name: str
    stock: int
    sold_a_day: float
    weekdays: tuple[float, ...]
    lasts_days: float | None
    trial: Trial
    order_by: date | None
    suggested: int
    cost_e4: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPlan:
    rows: tuple[PlannedSku, ...]
    trial: Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLot(ExpiringLot):
    sold_a_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingStock:
    rows: tuple[EndingLot, ...]
    trial: Trial
