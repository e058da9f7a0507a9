"""What the engine needs of a supplier's protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from simulators.records import Account, Purchase, State
from simulators.wire import Reply, Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One callback to write: `state` is what it claims, true or not."""

    account: Account
    purchase: Purchase
    state: State
    forged: bool = False
    tampered: bool = False

    @property
    def secret(self) -> str:
        return "not-" + self.account.secret if self.forged else self.account.secret


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    also: tuple["News", ...] = ()  # sent after it, to the same address


class Dialect(Protocol):
    name: str
    ack: str  # what a client says to a callback it has understood; empty: any HTTP 2xx

    def answer(self, visit: Visit) -> Reply: ...

    def news(self, telling: Telling) -> News: ...


class Silent:
    """A protocol without callbacks; its orders must name no address to call."""

    ack = ""

    def news(self, telling: Telling) -> News:
        raise AssertionError(f"{telling.purchase.protocol} calls nobody back")
