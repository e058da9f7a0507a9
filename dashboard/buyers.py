"""Buyers as the office lists them: what an address asks for, and each as a row. Nobody is named: a
buyer is the end of the phone number of his last order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from analytics import words
from analytics.models import Buyer
from analytics.selectors import (
    buyers_like,
    buyers_of_orders,
    buyers_of_saved,
    find_saved,
    segment_of,
)
from analytics.selectors.segments import Like
from core.errors import InvalidInput, NotFound
from core.money import E4, Money
from dashboard.cockpit.types import amount
from dashboard.reading import ids_in
from dashboard.seeking import opened
from dashboard.words import channel_words
from orders.models import Order
from orders.selectors import find_orders
from risk.words import PROVINCES

MOST_NUMBER = 1_000_000_000
FOUND_ORDERS = 200
NUMBERS = ("bought_within", "silent_for", "orders_least", "orders_most", "net_least", "net_most")
ASKED = ("q", "segment", "saved", *NUMBERS, "brand", "channel", "province")
LIST = "analytics.buyer"  # what the list's search is sealed for


@dataclass(frozen=True, slots=True)
class Row:
    buyer: Buyer
    contact: str
    segment: words.Metric
    net: str
    link: str
    days: int


def like_of(given: QueryDict) -> Like:
    """Raises InvalidInput in the words of who typed it."""
    numbers = {name: _number(given, name) for name in NUMBERS}
    net_least, net_most = numbers.pop("net_least"), numbers.pop("net_most")
    segment, channel = given.get("segment", ""), given.get("channel", "")
    brand = given.get("brand", "")
    if segment and segment not in words.SEGMENTS:
        raise InvalidInput(_("There is no such segment."), param="segment")
    if brand and not ids_in([brand]):
        raise InvalidInput(_("There is no such brand."), param="brand")
    return Like(
        segment=segment,
        net_least_e4=None if net_least is None else net_least * E4,
        net_most_e4=None if net_most is None else net_most * E4,
        brand_id=int(brand) if brand else None,
        channel=channel[:20],
        province=given.get("province", "")[:12],
        **numbers,
    )


def _number(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    least = 1 if name in ("bought_within", "silent_for") else 0
    most = 36_500 if least else MOST_NUMBER
    if not text.isdecimal() or len(text) > 10 or not least <= int(text) <= most:
        said = _("Write a whole number from %(least)s to %(most)s.")
        raise InvalidInput(said % {"least": least, "most": f"{most:,}"}, param=name)
    return int(text)


def text_sought(given: QueryDict) -> str:
    """A phone number or mail address, mostly: the address has it sealed."""
    return opened(given.get("q", ""), of=LIST).strip()


def rows_asked(given: QueryDict, *, now: datetime) -> Any:
    """The buyers that an address asks for, in no order."""
    if text := text_sought(given):
        orders = find_orders(text=text).values_list("pk", flat=True)[:FOUND_ORDERS]
        return buyers_of_orders(order_ids=list(orders))
    if saved := given.get("saved", ""):
        found = find_saved(segment_id=next(iter(ids_in([saved])), 0))
        if found is None:
            raise NotFound
        return buyers_of_saved(saved=found, now=now)
    return buyers_like(like=like_of(given), now=now)


def before_of(given: QueryDict) -> tuple[datetime, int] | None:
    """The row that the page before ended with; what cannot be one is the beginning."""
    at, _mark, key = given.get("before", "").partition("~")
    try:
        moment, keys = parse_datetime(at), ids_in([key])
    except ValueError:
        return None
    return (moment, keys[0]) if moment and moment.tzinfo and keys else None


def rows_of(buyers: Sequence[Buyer], *, dear_e4: int, currency: str, now: datetime) -> list[Row]:
    contacts = contacts_of(buyers)
    return [
        Row(
            buyer=one,
            contact=contacts.get(one.last_order_id, "-"),
            segment=words.SEGMENTS[segment_of(one, dear_e4=dear_e4, now=now)],
            net=amount(Money(one.net_e4, currency)),
            link=reverse("office_buyer", args=[one.pk]),
            days=(now - one.last_at).days,
        )
        for one in buyers
    ]


def contacts_of(buyers: Sequence[Buyer]) -> dict[int, str]:
    """By last order, the end of its phone number; a mail address is not shown at all."""
    found = Order.objects.filter(pk__in=[one.last_order_id for one in buyers])
    return {
        pk: f"****{tail}" if tail else _("by mail") if has_mail else _("not named")
        for pk, tail, has_mail in found.values_list("pk", "phone_tail", "mail_hash")
    }


def places_words(buyer: Buyer) -> str:
    channels = ", ".join(channel_words(one) for one in buyer.channels)
    province = str(PROVINCES.get(buyer.province, buyer.province))
    return " · ".join(filter(None, [channels, province]))
