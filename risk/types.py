"""What risk is told, and what it answers. It knows facts, never an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.secrets import Secret

Value = str | int | bool
Facts = Mapping[str, Value]
# What speaks at a look and is no rule: a list; or that risk broke, and said nothing.
BLOCKED, ALLOWED, WATCHED = "list:block", "list:allow", "list:watch"
IN_VAIN = "list:unproven"  # allowed by what anybody can type, and blocked all the same
FAILED = "risk:failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to judge. `traits` are what its people are known by again, in the clear: they are
    kept as keyed digests only. `facts` are by the names of `risk.facts`; `subject` is what the face
    calls it by (an order number). What has the same `once` as a look of the last quarter of an hour
    (a form that is sent twice) is not counted again. `person` says how somebody proved to be one: a
    code by SMS or mail is of the phone number or mail address of the traits."""

    moment: str
    subject: str
    facts: Facts
    traits: Mapping[str, Secret] = field(default_factory=dict)
    once: str = ""
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which browser a proof is wanted, about what, and how; `way` is one of `states.Proof`. A
    code is sent to the phone number or mail address `to`."""

    device: str
    about: str
    way: str
    to: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A rule that spoke: its version, and in the merchant's own name for it."""

    rule: str
    version: int
    name: str
    action: str
    score: int = 0
    is_shadow: bool = False
    is_unanswered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`action` is the hardest of what was spoken; `hold_minutes` and `then` say how a hold ends,
    `proof` how it is to be proven that a person asks, where that is wanted."""

    action: str
    spoken: tuple[Spoken, ...] = ()
    hold_minutes: int = 0
    then: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How often, how much, or how many different ones: of `moments`, by a trait, within a time.

    `sums` a fact instead of counting; `differ` counts the different values of another trait.
    """

    by: str
    within: int  # seconds
    moments: tuple[str, ...]
    sums: str = ""
    differ: str = ""

    def is_of(self, trait: str) -> bool:
        return trait in (self.by, self.differ)

    @property
    def key(self) -> str:
        return f"{'+'.join(self.moments)}|{self.by}|{self.within}|{self.sums}|{self.differ}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """What a member of staff says of a rule; `body` is its condition, action and scope as JSON."""

    name: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListing:
    """`value` is an address, a network, a phone number … by the trait; for a device or a payer, the
    number of an order that was placed on it or paid by him. `until` None: for good."""

    listing: str
    trait: str
    value: str
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The entry at this place (0 is the first) was not listed, and why."""

    at: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    count: int
    refused: tuple[Refused, ...] = ()
