"""What waits for a person: units that are stuck, refunds held up, odd notices."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows
from dashboard.frame import Deed, deed, draw, page
from dashboard.paid_for import page_of
from dashboard.reading import instant_of
from dashboard.tones import tone_of
from dashboard.words import provider_words
from fulfillment.models import Unit
from fulfillment.selectors import units_to_do, units_unconfirmed
from payments import services as payments
from payments.models import Notice, Refund
from payments.selectors import held_up_refunds, kinds_of_odd_notices, odd_notices
from payments.states import ODD, Outcome
from payments.types import OddNotices
from suppliers.words import said_words

MOST = 200
LATEST = 20


@page("orders.view")
def stuck(request: HttpRequest) -> HttpResponse:
    unconfirmed = list(units_unconfirmed()[:MOST])
    units = units_to_do().exclude(pk__in=[unit.pk for unit in unconfirmed])[:MOST]
    return draw(
        request,
        "dashboard/stuck.html",
        title=_("Orders that wait for a person"),
        units=[(unit, tone_of(unit.state)) for unit in units],
        unconfirmed=[(unit, tone_of(unit.state), _said(unit)) for unit in unconfirmed],
        may_deliver=allows(request, "orders.deliver"),
    )


def _said(unit: Unit) -> str:
    return said_words(unit.attempt.reason) if unit.attempt else ""


@page("money.view")
def money(request: HttpRequest) -> HttpResponse:
    refunds = held_up_refunds(now=timezone.now())[:MOST]
    return draw(
        request,
        "dashboard/money.html",
        title=_("Payments to look at"),
        refunds=[
            (
                refund,
                page_of(refund.payment),
                Money(refund.amount_e4, refund.payment.currency),
                tone_of(refund.state),
            )
            for refund in refunds
        ],
        notices=[_notices(kind) for kind in kinds_of_odd_notices()],
        may_refund=allows(request, "orders.refund"),
    )


def _notices(kind: OddNotices) -> dict[str, Any]:
    """One line of the to-do, and the latest behind it."""
    latest = odd_notices().filter(provider=kind.provider, outcome=kind.outcome)[:LATEST]
    return {
        "kind": kind,
        "words": Outcome(kind.outcome).label,
        "provider": provider_words(kind.provider),
        "seen_until": kind.last_at.isoformat(),
        "latest": [(one, page_of(one.payment) if one.payment else "") for one in latest],
    }


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


@deed("money.view", back="office_money")
def notices_seen(request: HttpRequest, provider: str, outcome: str) -> Deed:
    """All of one kind at once, as far as the page had shown them."""
    if outcome not in ODD:
        raise NotFound

    def handle(**who_and_when: Any) -> None:
        seen_until = instant_of(request.POST.get("seen_until", ""), param="seen_until")
        count = payments.handle_notices(
            provider=provider, outcome=outcome, seen_until=seen_until, **who_and_when
        )
        messages.success(request, _("Taken off the list: %(count)s.") % {"count": count})

    return Deed(handle, done="")
