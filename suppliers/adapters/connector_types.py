"""What a merchant's recipe says, once it is understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from suppliers.types import Outcome

ABSENT = "absent"  # in an outcome map: they know no such order
_BEIJING = timezone(timedelta(hours=8))
TIMES: Mapping[str, Callable[[datetime], str]] = {
    "seconds": lambda now: str(int(now.timestamp())),
    "milliseconds": lambda now: str(int(now.timestamp() * 1000)),
    "datetime": lambda now: now.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    "compact": lambda now: now.astimezone(_BEIJING).strftime("%Y%m%d%H%M%S"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """How a call is signed: `fields` by name, or all that is sent but what holds the signature.

    `secret` is its place: before, after or around the text with `glue` between them, or `key` of
    an HMAC.
    """

    fields: tuple[str, ...] | None
    is_sorted: bool
    shape: str
    joiner: str
    secret: str
    glue: str
    method: str
    is_upper: bool
    skips_empty: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request: its texts are templates. `numbers` are the names that go out as JSON numbers."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None
    is_form: bool
    signature: Signature | None
    numbers: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Codes:
    """Where the list of codes stands; of each, the names of its secret and of its number."""

    path: str
    secret: str
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Where in an answer what stands: dotted paths, "" for what is not said there.

    Several paths of `state` make one word, joined by `/`: `0/done`. A word that is not in
    `outcomes` is UNKNOWN.
    """

    state: tuple[str, ...]
    outcomes: Mapping[str, Outcome | str]
    reference: str
    message: str
    cost: str
    number: str
    product: str
    quantity: str
    target: str
    codes: Codes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    time: str
    order: Call
    order_reading: Reading
    query: Call
    query_reading: Reading
    balance: Call | None
    amount: str  # the balance's path
