"""What payments and everybody around it agree on. Knows no order and no provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from core.actors import Actor
from core.scope import TenantModel
from core.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What is to be paid: `ref` is its number for people, `id` its key on a higher floor.

    `into_id`: the account whose balance the money raises; its `id` is below zero then, so that it
    is never taken for that of something sold. None: the merchant has sold something.
    """

    ref: str
    id: int
    amount_e4: int
    currency: str
    title: str
    expires_at: datetime | None = None
    is_new: bool = False  # made this moment: nobody can have begun to pay it
    into_id: int | None = None


class PaidFor(NamedTuple):
    """What a payment was for; `is_balance`: it was paid into one, nothing was sold."""

    ref: str
    is_balance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A provider's word, its signature checked; nothing in it has been compared with ours yet.

    `payer` is whose account there paid, if it tells (Alipay's buyer_id, WeChat's openid): it goes
    to the risk rules, and is kept nowhere in the clear.
    """

    provider: str
    event_ref: str
    payment_number: str
    merchant_ref: str
    amount_e4: int
    currency: str
    paid_at: datetime
    is_paid: bool
    provider_ref: str
    signed_at: datetime
    body_digest: bytes
    payer: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """`is_first` is False for a repeat: nothing happened, answer success.

    `is_into_balance`: nothing was sold, the money is on somebody's balance.
    """

    payment_id: int
    payable_id: int
    is_first: bool
    is_into_balance: bool = False


class MoneyWord(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyState:
    """`refunded_e4` is what was promised back; `pending_e4` of it has not arrived yet."""

    paid_e4: int
    refunded_e4: int
    pending_e4: int
    state: MoneyWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a journal: value into (+) or out of (-) an account.

    `has_floor=False` spares the look for a balance row of an account that cannot have one.
    """

    account_id: int
    amount_e4: int
    has_floor: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One event for the ledger; `ref` names it once for ever."""

    ref: str
    kind: str
    lines: tuple[Line, ...]
    currency: str
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a provider answers to a new payment: its own number, and where the shopper pays.

    One that keeps its books here (the sandbox) gives its rows to be stored with the payment.
    """

    provider_ref: str = ""
    pay_url: str = ""
    own_books: tuple[TenantModel, ...] = ()


class RefundOutcome(StrEnum):
    DONE = "done"
    NO_FUNDS = "no_funds"  # will work under the same number once the merchant has money there
    REFUSED = "refused"  # will never work: a person looks
    UNKNOWN = "unknown"  # we cannot tell: ask again under the same number


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    outcome: RefundOutcome
    provider_ref: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """`number` names one intention and is the provider's own idempotency key."""

    number: str
    payment_number: str
    provider_ref: str
    amount_e4: int
    currency: str


class PaymentProvider(Protocol):
    """One provider, spoken to in our words; it never touches our tables nor decides what follows.

    `refund` may be called again under the same number for ever and pays once.
    """

    name: str
    success: bytes  # what the provider wants to hear when its notice was taken

    @property
    def merchant_ref(self) -> str: ...

    def open(self, *, number: str, payable: Payable, expires_at: datetime) -> Opened: ...

    def read_notice(self, *, body: bytes, headers: Mapping[str, str]) -> Notice: ...

    def ask(self, *, number: str, now: datetime) -> Notice | None:
        """What it knows of a payment, as if it had told us; None: not paid, or no answer now."""

    def refund(self, *, order: RefundOrder) -> RefundAnswer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChoice:
    """A way to pay, as a checkout shows it."""

    name: str
    label: str


class Misbehaviour(StrEnum):
    """What the sandbox can be asked to do wrong."""

    NONE = "none"
    REPEAT = "repeat"  # the same notice five times at once
    DELAY = "delay"  # half a minute later
    LATE = "late"  # after the payment's time is over
    WRONG_AMOUNT = "wrong_amount"
    FORGED = "forged"
    SILENT = "silent"  # no notice, ever


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePage:
    """What the sandbox's bank page shows."""

    token: str
    payment_number: str
    payable_ref: str
    payable_id: int
    title: str
    amount_e4: int
    currency: str
    paid_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OddNotices:
    """All notices of one provider that are odd in the same way; `times` counts repeats too."""

    provider: str
    outcome: str
    count: int
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one thing cost at a supplier; `ref` is the number that it was ordered under."""

    supplier_ref: str
    amount_e4: int
    currency: str
    ref: str
