"""What a rule may ask: the catalogue of facts, each with its kind, its words and where it is known.

A fact that is not known of a case (a partner's order has no device) makes every comparison with it
false, and its negation too is asked of what is known only: `not_in` needs the fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.states import Channel
from catalog.states import Kind as Goods
from risk.states import Moment, Trait
from risk.words import CARRIERS, COUNTRIES, ISPS, PROVINCES


class Kind(StrEnum):
    MONEY = "money"  # 1/10,000 of the shop's currency
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


class Group(models.TextChoices):
    """What a fact is about."""

    ORDER = "order", _("the order")
    BUYER = "buyer", _("the buyer")
    NETWORK = "network", _("network and phone")
    TARGET = "target", _("the topped-up account")
    TIME = "time", _("time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`choices` are values with their words: all there are where `is_closed`, else the usual ones.
    Where there are none, `example` is a value as people would write it. A number is never below
    `least` or above `most`; a text is always as the pattern `written` says, and begins as `begins`
    says."""

    name: str
    group: Group
    kind: Kind
    label: Promise
    unit: Promise | str = ""
    moments: frozenset[str] = frozenset(Moment.values)
    choices: Mapping[str, Promise | str] = field(default_factory=dict)
    is_closed: bool = False
    example: str = ""
    least: int | None = None
    most: int | None = None
    is_always_known: bool = False
    written: str = ""
    begins: str = ""

    def words(self, value: str) -> str:
        return str(self.choices.get(value, value))

    def value_of(self, words: str) -> str:
        """The value that is meant, whether called by its name or by our words for it."""
        wanted = words.casefold()
        for value, label in self.choices.items():
            if wanted in (value.casefold(), str(label).casefold()):
                return value
        return words


MOST_LOOKED_BACK = 1_000  # orders of a buyer
_ORDERS = frozenset({Moment.ORDER})
_GOODS = frozenset({Moment.ORDER, Moment.OPEN, Moment.COUPON})
_PROVEN = frozenset(Moment.values) - {Moment.LOOK_UP}


def _all(*facts: Fact) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


FACTS = _all(
    Fact(name="amount", group=Group.ORDER, kind=Kind.MONEY, label=_("amount of the order"),
         moments=_GOODS, example="100.00", least=0),
    Fact(name="quantity", group=Group.ORDER, kind=Kind.NUMBER, label=_("number of things"),
         moments=_GOODS, example="10", least=1),
    Fact(name="price_share", group=Group.ORDER, kind=Kind.NUMBER,
         label=_("share of the list price"), unit="%", moments=_ORDERS, example="50", least=0,
         most=100),
    Fact(name="sku", group=Group.ORDER, kind=Kind.TEXT, label=_("SKU"), moments=_GOODS),
    Fact(name="brand", group=Group.ORDER, kind=Kind.TEXT, label=_("brand"), moments=_GOODS),
    Fact(name="kind", group=Group.ORDER, kind=Kind.TEXT, label=_("kind of goods"), moments=_GOODS,
         choices=dict(Goods.choices), is_closed=True),
    Fact(name="channel", group=Group.ORDER, kind=Kind.TEXT, label=_("channel"), moments=_GOODS,
         choices=dict(Channel.choices), is_closed=True),
    Fact(name="partner", group=Group.ORDER, kind=Kind.TEXT, label=_("partner"), moments=_ORDERS),
    Fact(name="language", group=Group.ORDER, kind=Kind.TEXT, label=_("language of the page"),
         choices=dict(settings.LANGUAGES), is_closed=True),
    Fact(name="coupon", group=Group.ORDER, kind=Kind.TEXT, label=_("coupon"),
         moments=frozenset({Moment.COUPON})),
    Fact(name="discount", group=Group.ORDER, kind=Kind.MONEY,
         label=_("what the coupon takes off"), moments=frozenset({Moment.COUPON}),
         example="10.00", least=0),
    Fact(name="is_first_order", group=Group.BUYER, kind=Kind.FLAG,
         label=_("first order of this buyer"), moments=_ORDERS),
    Fact(name="orders_before", group=Group.BUYER, kind=Kind.NUMBER,
         label=_("orders of this buyer before"), moments=_ORDERS, example="3", least=0,
         most=MOST_LOOKED_BACK),
    Fact(name="refunds_before", group=Group.BUYER, kind=Kind.NUMBER,
         label=_("orders of this buyer that were paid back before"), moments=_ORDERS, example="2",
         least=0, most=MOST_LOOKED_BACK),
    Fact(name="complaints_before", group=Group.BUYER, kind=Kind.NUMBER,
         label=_("complaints of this buyer before"), moments=_ORDERS, example="2", least=0),
    Fact(name="buyer_age_hours", group=Group.BUYER, kind=Kind.NUMBER,
         label=_("time since this buyer was first seen"), unit=_("hours"), moments=_ORDERS,
         example="24", least=0),
    Fact(name="is_own_device", group=Group.BUYER, kind=Kind.FLAG,
         label=_("opened on the device that ordered"), moments=frozenset({Moment.OPEN})),
    Fact(name="is_by_link", group=Group.BUYER, kind=Kind.FLAG,
         label=_("looked up at the order's own address"), moments=frozenset({Moment.LOOK_UP})),
    Fact(name="is_invited", group=Group.BUYER, kind=Kind.FLAG,
         label=_("invited by another buyer"), moments=frozenset({Moment.SIGN_UP})),
    Fact(name="is_phone_proven", group=Group.BUYER, kind=Kind.FLAG,
         label=_("phone number proven by a code"), moments=_PROVEN),
    Fact(name="is_mail_proven", group=Group.BUYER, kind=Kind.FLAG,
         label=_("mail address proven by a code"), moments=_PROVEN),
    Fact(name="is_watched", group=Group.BUYER, kind=Kind.FLAG, label=_("on the watch list")),
    Fact(name="mail_domain", group=Group.BUYER, kind=Kind.TEXT,
         label=_("domain of the mail address"), example="qq.com",
         written=r"[^@\sA-Z]+\.[^@\sA-Z]+", begins=r"[^@\sA-Z]+"),
    Fact(name="ip_country", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("country of the IP address"), choices=COUNTRIES),
    Fact(name="ip_province", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("province of the IP address"), choices=PROVINCES, is_closed=True),
    Fact(name="ip_city", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("city of the IP address"), example="深圳", written=r".*[^市]", begins=r".*[^市]"),
    Fact(name="ip_isp", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("network of the IP address"), choices=ISPS),
    Fact(name="is_datacenter", group=Group.NETWORK, kind=Kind.FLAG,
         label=_("IP address of a data center or cloud")),
    Fact(name="phone_prefix", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("first three digits of the phone number"), example="170",
         written=r"[0-9+][0-9]{2}", begins=r"[0-9+][0-9]{0,2}"),
    Fact(name="phone_province", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("province of the phone number"), choices=PROVINCES, is_closed=True),
    Fact(name="phone_carrier", group=Group.NETWORK, kind=Kind.TEXT,
         label=_("carrier of the phone number"), choices=CARRIERS, is_closed=True),
    Fact(name="is_virtual_phone", group=Group.NETWORK, kind=Kind.FLAG,
         label=_("phone number of a virtual operator")),
    Fact(name="province_differs", group=Group.NETWORK, kind=Kind.FLAG,
         label=_("IP address and phone number are of different provinces")),
    Fact(name="is_own_account", group=Group.TARGET, kind=Kind.FLAG,
         label=_("the topped-up account is the buyer's own phone or mail"), moments=_ORDERS),
    Fact(name="account_province", group=Group.TARGET, kind=Kind.TEXT,
         label=_("province of the topped-up phone number"), moments=_ORDERS, choices=PROVINCES,
         is_closed=True),
    Fact(name="hour", group=Group.TIME, kind=Kind.NUMBER, label=_("hour of the day"),
         example="3", least=0, most=23, is_always_known=True),
    Fact(name="weekday", group=Group.TIME, kind=Kind.NUMBER,
         label=_("day of the week (1 is Monday)"), example="6", least=1, most=7,
         is_always_known=True),
)  # fmt: skip

# What may be counted by, and what differs; a count of what has no such trait is 0.
COUNTED_BY = tuple(Trait)
SUMMED = ("amount", "quantity")
SHORTEST, LONGEST = 60, 30 * 24 * 3600  # seconds of a count's window
MOST_COUNTED = 10_000
MOST_DIFFERENT = 200  # that the memory tells apart of one value
