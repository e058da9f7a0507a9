"""What waits for a person: units that are stuck, refunds held up, odd notices."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows
from dashboard.frame import Deed, deed, draw, page
from dashboard.tones import tone_of
from dashboard.words import provider_words
from fulfillment.selectors import units_to_do
from payments import services as payments
from payments.models import Notice, Refund
from payments.selectors import held_up_refunds, odd_notices

MOST = 200


@page("orders.view")
def stuck(request: HttpRequest) -> HttpResponse:
    units = units_to_do()[:MOST]
    return draw(
        request,
        "dashboard/stuck.html",
        title=_("Orders that wait for a person"),
        units=[(unit, tone_of(unit.state)) for unit in units],
        may_deliver=allows(request, "orders.deliver"),
    )


@page("money.view")
def money(request: HttpRequest) -> HttpResponse:
    refunds = held_up_refunds(now=timezone.now())[:MOST]
    return draw(
        request,
        "dashboard/money.html",
        title=_("Payments to look at"),
        refunds=[
            (refund, Money(refund.amount_e4, refund.payment.currency), tone_of(refund.state))
            for refund in refunds
        ],
        notices=[(one, provider_words(one.provider)) for one in odd_notices()[:MOST]],
        may_refund=allows(request, "orders.refund"),
    )


@deed("orders.refund", back="office_money")
def refund_do(request: HttpRequest, refund_id: int, verb: str) -> Deed:
    found, reason = get_object_or_404(Refund, pk=refund_id), request.POST.get("reason", "")[:60]
    deeds = {
        "retry": partial(payments.retry_refund, refund_id=found.pk),
        "give-up": partial(payments.give_up_refund, refund_id=found.pk, reason=reason),
    }
    if verb not in deeds:
        raise NotFound
    return Deed(deeds[verb], done=_("Done."), asks_password=True)


@deed("money.view", back="office_money")
def notice_seen(request: HttpRequest, notice_id: int) -> Deed:
    found = get_object_or_404(Notice, pk=notice_id)
    return Deed(
        partial(payments.handle_notice, notice_id=found.pk, reason=""),
        done=_("Taken off the list."),
    )
