"""What the faces get to know of a partner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from catalog.states import Channel
from core.actors import Actor
from core.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """How a partner's prices are made; rates are in 1/10,000 (`9850` is 98.5 %)."""

    ref: str
    way: str
    rate: int
    floor_rate: int  # a price is not below the cost times this; 0: no floor
    has_prices: bool  # some SKUs have a price of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An endpoint, as far as what happens has to know it. `kinds` empty: it is told everything."""

    endpoint_id: int
    is_active: bool
    kinds: frozenset[str]

    def wants(self, kind: str) -> bool:
        return self.is_active and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who calls, as his key says it. `tier` None: list prices."""

    partner_id: int
    partner_ref: str
    partner_name: str
    account_id: int
    tier_id: int | None
    tier: Tier | None
    sells_all: bool
    daily_limit_e4: int
    loss_guard: str
    most_per_second: int
    key_id: int
    key_hint: str
    scopes: frozenset[str]
    networks: tuple[str, ...]
    version: str
    last_used_at: datetime | None
    hooks: tuple[Hook, ...] | None = None  # None: nobody has looked
    is_first: bool = False  # nobody was answered under the call's idempotency key, which is his now
    channel: str = Channel.API.value

    @property
    def actor(self) -> Actor:
        """Who a history says that it was."""
        return Actor(f"partner:{self.partner_ref} key:{self.key_hint}")

    def may_come_from(self, address: str) -> bool:
        """Whether the key may be used from there; one that names no network, from anywhere."""
        if not self.networks:
            return True
        try:
            here = ip_address(address)
        except ValueError:
            return False
        return any(here in ip_network(each) for each in self.networks)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key at its making: `text` is shown this once and kept nowhere."""

    key_id: int
    text: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a key may do, from where, and until when (None: until it is revoked)."""

    name: str = ""
    scopes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTerms:
    """How a tier makes prices; rates in 1/10,000."""

    name: str
    way: str
    rate: int = 10_000
    floor_rate: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerTerms:
    """What a member of staff decides of a partner. Amounts in 1/10,000; 0 is "no limit".

    `sku_ids` are what it may buy where it may not buy everything; None leaves its list as it is.
    """

    name: str
    contact: str = ""
    tier_id: int | None = None
    sells_all: bool = True
    sku_ids: tuple[int, ...] | None = None
    credit_e4: int = 0
    daily_limit_e4: int = 0
    low_balance_e4: int = 0
    loss_guard: str = "refuse"
    most_per_second: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProofFile:
    """A bank's slip as it was uploaded; `kind` is what its first bytes say."""

    name: str
    body: bytes = field(repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """A transfer that is said to have come in from a partner."""

    amount_e4: int
    paid_on: date
    bank_ref: str
    note: str = ""
    proof: ClaimProofFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of a statement: `order` is our number, `partner_order_no` the partner's own."""

    at: datetime
    kind: str
    amount_e4: int
    balance_e4: int
    ref: str
    order: str = ""
    partner_order_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSum:
    """What all movements of one kind come to."""

    kind: str
    count: int
    amount_e4: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures:
    """A month of a balance: opening, sums by kind, and closing, which is the two together."""

    since: datetime
    until: datetime
    opening_e4: int
    sums: tuple[KindSum, ...]

    @property
    def closing_e4(self) -> int:
        return self.opening_e4 + sum(one.amount_e4 for one in self.sums)

    @property
    def count(self) -> int:
        return sum(one.count for one in self.sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSecrets:
    """What a door's protocol signs with: one secret from the platform, one from us."""

    app: Secret
    merchant: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorTerms:
    """How a door is opened.

    `app_id` and `app_secret` are given by the platform (Kasushou has none). `hosts` are where it is
    called back: `open.example.com`, `*.example.com`, and `http://…` before one that has no TLS.
    `networks` are where it is called from (none: anywhere). `options`: `cards` is `aes` or `plain`,
    `price_url` is where prices are told (Agiso, Kasushou).
    """

    kind: str
    app_id: str = ""
    app_secret: Secret = field(default_factory=lambda: Secret(""))
    hosts: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDoor:
    """A door at its making, or with new secrets: `merchant_secret` is shown this once."""

    door_id: int
    uid: UUID
    merchant_id: str
    merchant_secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSeat:
    """An open door with its secrets at hand: what is good now, the newest first."""

    door_id: int
    uid: UUID
    kind: str
    app_id: str
    merchant_id: str
    secrets: tuple[DoorSecrets, ...]
    hosts: tuple[str, ...]
    options: Mapping[str, str]
    seat: Seat
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingLease:
    """One sender's turn: his word counts as long as `fence` is still the row's."""

    id: int
    fence: int
    tries: int
    door: DoorSeat


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTerms:
    """Where a partner is told, and of what (`kinds` empty: everything). None: as it is."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A fact to tell. `fact` names it among the partner's: the same name is the same fact."""

    kind: str
    fact: str
    data: dict[str, Any]
    is_test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint at its making, or with a new secret: `secret` is shown this once."""

    endpoint_id: int
    ref: str
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many events go out again, and from when to go on (None: that was all)."""

    count: int
    next_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """One call of a partner's program, as it came and was answered; kept masked only."""

    partner_id: int
    at: datetime
    method: str
    path: str
    status: int
    ms: int
    key_hint: str
    ip: str
    request_id: str
    body: Secret | None
    answer: Secret
