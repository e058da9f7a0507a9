"""What a rule may ask: the catalogue of facts, each with its kind, its words and where it is known.

A fact that is not known of a case (a partner's order has no device) makes every comparison with it
false, and its negation too is asked of what is known only: `not_in` needs the fact.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.states import Moment, Trait


class Kind(StrEnum):
    MONEY = "money"  # 1/10,000 of the shop's currency
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    name: str
    kind: Kind
    label: Promise
    unit: Promise | str = ""
    moments: frozenset[str] = frozenset(Moment.values)


_ORDERS = frozenset({Moment.ORDER})
_GOODS = frozenset({Moment.ORDER, Moment.OPEN})


def _all(*facts: Fact) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


FACTS = _all(
    Fact(name="amount", kind=Kind.MONEY, label=_("amount of the order"), moments=_GOODS),
    Fact(name="quantity", kind=Kind.NUMBER, label=_("number of things"), moments=_GOODS),
    Fact(name="price_share", kind=Kind.NUMBER, label=_("share of the list price"), unit="%",
         moments=_ORDERS),
    Fact(name="sku", kind=Kind.TEXT, label=_("SKU"), moments=_GOODS),
    Fact(name="kind", kind=Kind.TEXT, label=_("kind of goods"), moments=_GOODS),
    Fact(name="channel", kind=Kind.TEXT, label=_("channel"), moments=_GOODS),
    Fact(name="partner", kind=Kind.TEXT, label=_("partner"), moments=_ORDERS),
    Fact(name="is_first_order", kind=Kind.FLAG, label=_("first order of this buyer"),
         moments=_ORDERS),
    Fact(name="orders_before", kind=Kind.NUMBER, label=_("orders of this buyer before"),
         moments=_ORDERS),
    Fact(name="buyer_age_hours", kind=Kind.NUMBER, label=_("time since this buyer was first seen"),
         unit=_("hours"), moments=_ORDERS),
    Fact(name="is_own_device", kind=Kind.FLAG, label=_("opened on the device that ordered"),
         moments=frozenset({Moment.OPEN})),
    Fact(name="phone_prefix", kind=Kind.TEXT, label=_("first three digits of the phone number")),
    Fact(name="mail_domain", kind=Kind.TEXT, label=_("domain of the mail address")),
    Fact(name="language", kind=Kind.TEXT, label=_("language of the page")),
    Fact(name="hour", kind=Kind.NUMBER, label=_("hour of the day")),
    Fact(name="weekday", kind=Kind.NUMBER, label=_("day of the week (1 is Monday)")),
    Fact(name="is_watched", kind=Kind.FLAG, label=_("on the watch list")),
)  # fmt: skip

# What may be counted by, and what differs; a count of what has no such trait is 0.
COUNTED_BY = tuple(Trait)
SUMMED = ("amount", "quantity")
SHORTEST, LONGEST = 60, 30 * 24 * 3600  # seconds of a count's window
MOST_COUNTED = 10_000
