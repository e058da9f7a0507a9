"""Buyers: the list by segment, each one's page, and segments kept under a name."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import services as analytics
from analytics import words
from analytics.models import Buyer
from analytics.selectors import (
    buyers_before,
    find_saved,
    profile_of,
    saved_segments,
    segment_of,
    segmentation,
)
from analytics.selectors.segments import Segmentation
from catalog.models import Brand
from catalog.states import Channel
from core.errors import InvalidInput, NotFound
from core.money import Money
from dashboard.access import shop_of
from dashboard.buyers import (
    ASKED,
    LIST,
    before_of,
    contacts_of,
    like_of,
    places_words,
    rows_asked,
    rows_of,
    text_sought,
)
from dashboard.cockpit.types import amount
from dashboard.frame import Deed, deed, draw, page
from dashboard.reading import given_in
from dashboard.seeking import to_sealed
from orders.models import Order
from risk.words import PROVINCES

RIGHT, AT_ONCE = "orders.view", 50


@page(RIGHT)
def listed(request: HttpRequest) -> HttpResponse:
    """What cannot be asked is told at the form, and nobody is listed."""
    if request.method == "POST":
        return to_sealed(request, of=LIST)
    now, currency = timezone.now(), shop_of(request).currency
    counted, refusal, found = segmentation(now=now), None, []
    try:
        asked = rows_asked(request.GET, now=now)
        found = buyers_before(asked, before=before_of(request.GET), most=AT_ONCE + 1)
    except InvalidInput as refused:
        refusal = refused
    rows = rows_of(found[:AT_ONCE], dear_e4=counted.dear_e4, currency=currency, now=now)
    return draw(
        request,
        "dashboard/buyers.html",
        is_refused=refusal is not None,
        title=_("Buyers and segments"),
        refusal=refusal,
        rows=rows,
        more=_more(request.GET, found) if len(found) > AT_ONCE else "",
        is_later="before" in request.GET,
        segments=_segments(counted, request.GET, currency),
        saved=_saved(currency),
        typed=given_in(request.GET, names=ASKED) | {"q": text_sought(request.GET)},
        choices=_choices(),
        is_asked=any(request.GET.get(name) for name in ASKED),
        total=counted.buyers,
        currency=currency,
    )


def _segments(counted: Segmentation, given: QueryDict, currency: str) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "metric": words.SEGMENTS[one.name],
            "buyers": f"{one.buyers:,}",
            "net": amount(Money(one.net_e4, currency)),
            "is_here": given.get("segment") == one.name,
        }
        for one in counted.rows
    ]


def _saved(currency: str) -> list[dict[str, Any]]:
    return [
        {
            "one": one,
            "buyers": None if one.buyers is None else f"{one.buyers:,}",
            "net": None if one.net_e4 is None else amount(Money(one.net_e4, currency)),
            "link": f"{reverse('office_buyers')}?saved={one.pk}",
        }
        for one in saved_segments()
    ]


def _choices() -> dict[str, list[tuple[str, Any]]]:
    brands = Brand.objects.order_by("name")[:500]
    return {
        "brand": [(f"{one.pk}", one.shown.name) for one in brands],
        "channel": [(value, label) for value, label in Channel.choices],
        "province": list(PROVINCES.items()),
    }


def _more(given: QueryDict, found: list[Buyer]) -> str:
    left, last = given.copy(), found[AT_ONCE - 1]
    left["before"] = f"{last.last_at.isoformat()}~{last.pk}"
    return f"?{left.urlencode()}"


@page(RIGHT)
def show(request: HttpRequest, buyer_id: int) -> HttpResponse:
    now, currency = timezone.now(), shop_of(request).currency
    try:
        found = profile_of(buyer_id=buyer_id)
    except Buyer.DoesNotExist:
        raise NotFound from None
    one = found.buyer
    money = partial(_money, currency=currency)
    orders = Order.objects.filter(pk__in=found.last).order_by("-paid_at", "-pk")
    return draw(
        request,
        "dashboard/buyer.html",
        title=_("Buyer %(contact)s") % {"contact": contacts_of([one]).get(one.last_order_id, "-")},
        buyer=one,
        segment=words.SEGMENTS[segment_of(one, dear_e4=segmentation(now=now).dear_e4, now=now)],
        figures=[
            (words.FREQUENCY, f"{one.orders:,}"),
            (words.GMV, money(one.revenue_e4)),
            (words.REFUNDS, money(one.refund_e4)),
            (words.MONETARY, money(one.net_e4)),
        ],
        places=places_words(one),
        brands=found.brands[:10],
        months=[
            (f"{month:%Y-%m}", money(net))
            for month, net in zip(reversed(one.months), reversed(one.nets_e4), strict=True)
        ],
        orders=[(order, money(order.total_e4)) for order in orders],
    )


def _money(e4: int, *, currency: str) -> str:
    return amount(Money(e4, currency))


@deed(RIGHT, back="office_buyers")
def save(request: HttpRequest) -> Deed:
    name, given = request.POST.get("name", ""), request.POST
    return Deed(
        do=lambda by, now: analytics.save_segment(name=name, like=like_of(given), by=by, now=now),
        done=_("Saved. It is counted in the background."),
    )


@deed(RIGHT, back="office_buyers")
def recount(request: HttpRequest, segment_id: int) -> Deed:
    _check_saved(segment_id)
    return Deed(
        do=lambda by, now: analytics.ask_for_count(segment_id=segment_id, now=now),
        done=_("It is counted again in the background."),
    )


@deed(RIGHT, back="office_buyers")
def drop(request: HttpRequest, segment_id: int) -> Deed:
    _check_saved(segment_id)
    return Deed(do=partial(analytics.drop_segment, segment_id=segment_id), done=_("Deleted."))


def _check_saved(segment_id: int) -> None:
    if find_saved(segment_id=segment_id) is None:
        raise NotFound
