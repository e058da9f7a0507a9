"""What waits for a person: units that are stuck, refunds held up, odd notices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotFound
from core.money import Money
from dashboard.access import actor_of, allows
from dashboard.frame import attempt, back_to, draw, page, password_first
from dashboard.tones import tone_of
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
        notices=odd_notices()[:MOST],
        may_refund=allows(request, "orders.refund"),
    )


@page("orders.refund")
@require_POST
def refund_do(request: HttpRequest, refund_id: int, verb: str) -> HttpResponse:
    found = get_object_or_404(Refund, pk=refund_id)
    to_password = password_first(request, then="/office/payments/")
    if to_password:
        return to_password
    by, now = actor_of(request), timezone.now()
    deeds = {
        "retry": lambda: payments.retry_refund(refund_id=found.pk, by=by, now=now),
        "give-up": lambda: payments.give_up_refund(
            refund_id=found.pk, by=by, reason=request.POST.get("reason", "")[:60], now=now
        ),
    }
    if verb not in deeds:
        raise NotFound
    attempt(request, deeds[verb], done=_("Done."))
    return back_to("office_money")


@page("money.view")
@require_POST
def notice_seen(request: HttpRequest, notice_id: int) -> HttpResponse:
    found = get_object_or_404(Notice, pk=notice_id)
    attempt(
        request,
        lambda: payments.handle_notice(
            notice_id=found.pk, by=actor_of(request), reason="", now=timezone.now()
        ),
        done=_("Taken off the list."),
    )
    return back_to("office_money")
