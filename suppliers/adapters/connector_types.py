"""What a merchant's recipe says, once it is understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from suppliers.types import Kind, Outcome

ABSENT = "absent"  # in an outcome map: they know no such order
OTHERS = "*"  # in an order's outcome map: any word of theirs that is not on it
_BEIJING = timezone(timedelta(hours=8))
TIMES: Mapping[str, Callable[[datetime], str]] = {
    "seconds": lambda now: str(int(now.timestamp())),
    "milliseconds": lambda now: str(int(now.timestamp() * 1000)),
    "datetime": lambda now: now.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    "compact": lambda now: now.astimezone(_BEIJING).strftime("%Y%m%d%H%M%S"),
    "compact_ms": lambda now: now.astimezone(_BEIJING).strftime("%Y%m%d%H%M%S%f")[:-3],
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """How a call is signed: by a `text` that is written out whole, or by what is sent.

    `fields` are names of what is sent, None all of it but what holds the signature. `secret` is its
    place: before, after or around them with `glue` between, among them under `secret_name`, or the
    `key` of an HMAC.
    """

    method: str
    is_upper: bool
    text: str = ""
    fields: tuple[str, ...] | None = None
    is_sorted: bool = False
    shape: str = "value"
    joiner: str = ""
    secret: str = ""
    secret_name: str = ""
    glue: str = ""
    skips_empty: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request: its texts are templates. `numbers` are the names that go out as JSON numbers.

    `encoding` is the body's: json, form or multipart. `drops_empty`: what is empty is not sent.
    """

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None
    encoding: str
    signature: Signature | None
    numbers: frozenset[str]
    drops_empty: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Codes:
    """Where the list of codes stands; of each, the names of its secret and of its number.

    `may_be_number`: one that has a number and an empty secret is that number.
    """

    path: str
    secret: str
    number: str
    may_be_number: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Where in an answer what stands: dotted paths, "" for what is not said there.

    Several paths of `state` make one word, joined by `/`: `0/done`. A word that is not in
    `outcomes` is UNKNOWN. `words` are pieces of their message that turn a refusal, or a word that
    is not known, into something to be asked after: never into anything definite.
    """

    state: tuple[str, ...]
    outcomes: Mapping[str, Outcome | str]
    words: Mapping[str, Outcome | str]
    reference: str
    message: str
    cost: str
    number: str
    product: str
    quantity: str
    target: str
    codes: Codes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A call, and how its answer is read."""

    call: Call
    reading: Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """`amount` is where it stands, in an answer whose `state` is `done` (if it has one)."""

    call: Call
    amount: str
    state: str
    done: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Without `order` and `query` only the balance can be asked. It buys `sells`, and at once not
    more than `most_quantity`, where it says so."""

    time: str
    order: Exchange | None
    query: Exchange | None
    balance: Balance | None
    sells: frozenset[Kind]
    most_quantity: int | None
