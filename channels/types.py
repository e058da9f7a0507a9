"""What the faces get to know of a partner."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

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
    most_per_second: int
    key_id: int
    key_hint: str
    scopes: frozenset[str]
    networks: tuple[str, ...]
    version: str
    last_used_at: datetime | None

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
    """What a member of staff decides of a partner. Amounts in 1/10,000; 0 is "no limit"."""

    name: str
    contact: str = ""
    tier_id: int | None = None
    sells_all: bool = True
    credit_e4: int = 0
    daily_limit_e4: int = 0
    low_balance_e4: int = 0
    most_per_second: int = 100
