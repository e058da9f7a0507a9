"""What only some protocols can: tell all that they sell, say of an account whether it can be topped
up, take a complaint.

An adapter that has one of these methods has the ability; nobody else asks for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from suppliers.types import Answer, Kind, PurchaseOrder


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # nothing was said that can be believed: nobody is stopped by it


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What a supplier says of an account before anything is bought.

    `told` is for its buyer: a carrier and its province, or a nickname, masked; of a NO, why.
    """

    verdict: Verdict
    told: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An account or phone that is to be topped up. `kind` is that of the form's field (`phone`,
    `qq`, …), `fields` what else the form asked for, under the supplier's names."""

    account: str = field(repr=False)
    kind: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@runtime_checkable
class Verifies(Protocol):
    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        """Whether it has a question for an account of that kind, which an offer of that face value
        would top up; without it nobody is asked."""
        ...

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        """Whether the account can be topped up with `product` (a phone with `face_value`, in whole
        units of the currency). NO is only what the protocol says in so many words; raises
        Unspeakable for what it has no question for, and what else a call raises."""
        ...


class Handling(StrEnum):
    """How far a supplier is with a complaint."""

    PROCESSING = "processing"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterSale:
    """What a supplier says of a complaint, each word of it signed. `said` may hold a new code."""

    supplier_ref: str
    handling: Handling
    said: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """About one order of the supplier's; it answers to `callback_url`."""

    supplier_ref: str
    text: str = field(repr=False)
    callback_url: str


@runtime_checkable
class TakesComplaints(Protocol):
    def complain(self, *, complaint: Complaint) -> Answer:
        """ACCEPTED: they have it; REJECTED: they refused it; UNKNOWN: it cannot be told."""
        ...

    def read_after_sale(self, *, body: bytes, headers: Mapping[str, str]) -> AfterSale:
        """Raises BadSignature for what the supplier did not sign."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedProduct:
    """A line of a supplier's catalogue.

    `face_value` is above zero only where the product alone does not say what is ordered (one gift
    card in several values). What the supplier does not tell, or tells in another currency or in a
    way that cannot be counted with, is None. One whose line made no sense but for its name
    `is_unreadable`: it is there, and nothing else is known of it.
    """

    product: str
    face_value: int = 0
    name: str = ""
    kind: Kind | None = None
    cost_e4: int | None = None
    currency: str = ""  # empty: the contract's
    is_on_sale: bool = True
    stock: int | None = None
    is_unreadable: bool = False


@runtime_checkable
class TellsProducts(Protocol):
    def products(self, *, only: str = "") -> Iterator[ListedProduct]:
        """Its whole catalogue, or the one product; page after page, as they are asked for.

        Whatever keeps it from telling all of it is raised, after the products that came before.
        """
        ...


@runtime_checkable
class Rehearses(Protocol):
    """It plays a supplier, in a sandbox and nowhere else."""

    def query_again(self, *, order: PurchaseOrder, number: str, after: timedelta) -> Answer:
        """What a query answers, of one that remembers nothing: it is told what was ordered, and how
        long ago."""
        ...
