"""What we and every supplier agree on. Knows no supplier."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from core.secrets import Secret
from suppliers.hiding import hide_codes

if TYPE_CHECKING:
    from suppliers.models import Offer

MOST_BYTES = 2 * 1024 * 1024  # of an answer


class Outcome(StrEnum):
    SUCCESS = "success"
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # refused before it existed: nothing was bought
    FAILED = "failed"  # they say they did not and will not
    UNKNOWN = "unknown"  # we cannot tell: query, never buy again


@dataclass(frozen=True, slots=True)
class Tale:
    """What a sandbox's supplier says at first, and from when on what else."""

    first: Outcome
    then: Outcome | None = None
    after: timedelta = timedelta()


class Kind(StrEnum):
    CODES = "codes"
    TOP_UP = "top_up"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Our contract with a supplier: as whom we are known, and by which secrets."""

    app_id: str
    secret: Secret
    further: Mapping[str, Secret] = field(default_factory=dict)  # where a protocol wants several
    currency: str = ""  # what it is to count in


@dataclass(frozen=True, kw_only=True, slots=True)
class PurchaseOrder:
    """One intention to buy: `quantity` of the supplier's `product`.

    `target` is the account or phone that is topped up, a phone with `face_value` in whole units
    of the currency; `fields` is what else the supplier's template asks for, under its own names.
    `most_e4` is the most that all of it may cost, `position` which of an order's things it is.
    """

    product: str
    kind: Kind
    quantity: int
    target: str = ""
    face_value: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    most_e4: int | None = None
    callback_url: str = ""
    position: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class BoughtCode:
    """A card as it came: its number, where it has one, and its secret, to the letter."""

    secret: Secret
    number: Secret | None = None
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a supplier says of one number.

    `product`, `quantity` and `target` are what it says it was asked for: they are compared with the
    intent before anything is believed. `is_absent`: it knows no such number, which is a failure
    only after the protocol's settle window. `is_unreached`: it was not there to be spoken to;
    `is_ours`: it was not even tried. Its `reason` has no code in it: what looks like one is masked.

    `ask_in`: how soon it will know more, an end that may be taken back included. `is_played`: it
    was said in a sandbox as it is meant to be. That tells nothing of the supplier's health, and
    what it takes back is paid back without a person.
    """

    outcome: Outcome
    supplier_ref: str = ""
    codes: tuple[BoughtCode, ...] = ()
    cost_e4: int | None = None
    reason: str = ""
    product: str = ""
    quantity: int | None = None
    target: str = ""
    is_absent: bool = False
    is_unreached: bool = False
    is_ours: bool = False
    is_played: bool = False
    ask_in: timedelta | None = None
    took_ms: int = 0

    def __post_init__(self) -> None:
        if self.reason:
            texts = (text for code in self.codes for text in (code.secret, code.number) if text)
            known = [text.reveal() for text in texts]
            object.__setattr__(self, "reason", hide_codes(self.reason, known=known))

    def compared_with(self, order: PurchaseOrder) -> "Answer":
        """Itself, if it is about what was ordered; else UNKNOWN, and why.

        A finished order whose codes are not all there yet is ACCEPTED: they are asked for again.
        """
        if wrong := self._differs_from(order):
            return Answer(
                outcome=Outcome.UNKNOWN, supplier_ref=self.supplier_ref, reason=f"another {wrong}"
            )
        is_short = order.kind is Kind.CODES and len(self.codes) < order.quantity
        if self.outcome is Outcome.SUCCESS and is_short:
            reason = f"{len(self.codes)} of {order.quantity} codes"
            return replace(self, outcome=Outcome.ACCEPTED, reason=reason)
        return self

    def _differs_from(self, order: PurchaseOrder) -> str:
        differences = {
            "product": self.product not in ("", order.product),
            "quantity": self.quantity not in (None, order.quantity),
            "target": self.target not in ("", order.target),
            "number of codes": len(self.codes) > order.quantity
            or len(set(self.codes)) < len(self.codes),
        }
        return next((what for what, is_so in differences.items() if is_so), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """How one of a SKU is sold: what the shopper pays for it after discounts, by which channel
    (empty: whichever), and how many hours it may take, as the shopper was told (0: no word). One
    that `may_lose` may cost more than it brings in."""

    paid_e4: int
    channel: str = ""
    slow_hours: int = 0
    may_lose: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """Who is passed over in a choice: offers that have failed, suppliers that have no turn free."""

    tried: Collection[int] = ()
    busy: Collection[int] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The offer that is to be taken, if there is one, and why: for the attempt's history.

    `is_final`: there is none, and waiting brings none; `is_brief`: one rests after failures, and
    may be back in seconds. `is_probe`: its supplier rests, and this order finds out whether it is
    back.
    """

    offer: "Offer | None"
    why: str
    is_final: bool = False
    is_brief: bool = False
    is_probe: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """A supplier's call, its signature checked: a reason to query this number, and no more."""

    number: str
    supplier_ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`body` goes out as these very bytes: they are what was signed. `origin` is where else than at
    the supplier's own address it goes (a house of its own for tokens, say). A longer reply than
    `most_bytes` is not read."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    origin: str = ""
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int
    body: bytes


class Transport(Protocol):
    def send(self, request: Request) -> Reply:
        """Raises NothingSent if no byte of it left, NoAnswer for all that may follow."""
        ...

    def ask_json(self, request: Request) -> dict[str, Any]:
        """The object of the reply; raises NoAnswer too for an error page or another body."""
        ...


class SupplierAdapter(Protocol):
    """One protocol, spoken to in our words.

    `number` names one intention to buy and is the supplier's own idempotency key: 8 to 32 letters
    and digits. An adapter never touches the database and never decides what follows. What is wrong
    with an answer it raises (`suppliers.transport` makes an Answer of it).

    One whose secrets can be wrong in form has a static `check_secrets(secrets) -> str` beside:
    what is wrong with them, told to whoever docks it. One that counts in a currency of its own says
    so by a `currency`.
    """

    name: str
    acknowledgement: bytes
    settle_window: timedelta  # "no such order" is believed only after it
    is_plain: bool  # its suppliers have nothing but http

    def __init__(
        self, *, account: Account, http: Transport, clock: Callable[[], float]
    ) -> None: ...

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer: ...

    def query(self, *, number: str) -> Answer: ...

    def balance_e4(self) -> int: ...

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        """Raises BadSignature for what the supplier did not sign."""
        ...


def clean_words(text: str) -> str:
    """A stranger's words, as the database takes them: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
