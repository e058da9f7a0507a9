"""A complaint: its evidence, what was said, what its supplier says to it, and the decision."""

import secrets
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError
from core.money import Money
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.access import actor_of, allows, require
from dashboard.frame import Deed, back_to, deed, draw, page, password_first
from dashboard.tones import tone_of
from dashboard.typed import page_again
from dashboard.words import evidence_words, who
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.selectors import (
    can_be_replaced,
    can_be_sent_anew,
    find_purchase_of_case,
    has_something_to_pay_back,
    units_of,
    units_to_pay_back,
)
from fulfillment.states import LONGEST_HAND_TEXT, Source
from orders import services as orders
from orders.models import Case
from orders.selectors import items_of, messages_of
from orders.states import CaseState
from suppliers import services as suppliers
from suppliers.hiding import hide_codes
from suppliers.models import SupplierComplaint
from suppliers.selectors import (
    complaints_of_attempt,
    takes_complaints,
    words_of_complaint,
)
from suppliers.states import LONGEST_COMPLAINT, ComplaintState
from suppliers.words import said_words

Revealed = tuple[int, Secret] | None  # a complaint, and what its supplier says
ANEW = "anew"  # replaced, by what a person types
NEEDS: dict[str, str] = {
    ANEW: "codes.replace",
    CaseState.REPLACED: "codes.replace",
    CaseState.REFUNDED: "orders.refund",
    CaseState.REJECTED: "cases.work",
}


@page("cases.view")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _drawn(request, get_object_or_404(Case.objects.select_related("order"), pk=case_id))


def _drawn(request: HttpRequest, found: Case, *, revealed: Revealed = None) -> HttpResponse:
    units = list(units_of(order_id=found.order_id))
    its = [one for one in units if found.unit_id in {None, one.pk}]
    may = {outcome: allows(request, right) for outcome, right in NEEDS.items()}
    return draw(
        request,
        "dashboard/case.html",
        title=_("Case %(ref)s") % {"ref": found.ref},
        case=found,
        tone=tone_of(found.state),
        said=[(one, one.text.reveal(), who(one.by)) for one in messages_of(case_id=found.pk)],
        evidence=[
            (parse_datetime(row["at"]), evidence_words(row), who(row["by"]))
            for row in found.evidence
        ],
        may_work=may["rejected"],
        may_replace=may["replaced"] and any(found.unit_id and can_be_replaced(one) for one in its),
        may_send=may[ANEW] and any(found.unit_id and can_be_sent_anew(one) for one in its),
        longest=LONGEST_HAND_TEXT,
        may_refund=may["refunded"]
        and has_something_to_pay_back(units=units, unit_id=found.unit_id),
        goods=_goods_of(found, its),
        back=_back(found, units),
        may_ask=any(one.source == Source.SUPPLIER for one in its),
        may_decide=any(may.values()),
        may_reveal=allows(request, "codes.reveal"),
        supplier=_at_supplier(found, revealed=revealed, now=timezone.now()),
    )


def _goods_of(case: Case, its: list[Unit]) -> list[str]:
    """What it is about: the one thing, or all of the order."""
    if case.unit_id is not None:
        return [one.item.shown_name for one in its]
    return [f"{item.shown_name} × {item.quantity}" for item in items_of(order_id=case.order_id)]


def _back(case: Case, units: list[Unit]) -> Money | None:
    """What a refund pays back just now; None where nothing of the order was opened yet."""
    paid = [one.paid_e4 for one in units_to_pay_back(units=units, unit_id=case.unit_id)]
    return Money(sum(paid), case.order.currency) if paid else None


def _at_supplier(found: Case, *, revealed: Revealed = None, now: datetime) -> dict[str, Any] | None:
    """Who it was bought of, what that one was told and says to it."""
    attempt = find_purchase_of_case(case=found)
    if attempt is None:
        return None
    takes = takes_complaints(protocol=attempt.offer.supplier.protocol)
    complaints = list(complaints_of_attempt(attempt_id=attempt.pk))
    return {
        "name": attempt.offer.supplier.name,
        "attempt": attempt,
        "complaints": [_told(one, revealed=revealed, now=now) for one in complaints],
        "takes": takes,
        "may_send": takes and found.is_live and not any(one.is_open(now) for one in complaints),
        "is_again": bool(complaints),
        "key": secrets.token_urlsafe(16),
        "longest": LONGEST_COMPLAINT,
    }


def _told(one: SupplierComplaint, *, revealed: Revealed, now: datetime) -> dict[str, Any]:
    """What it says is masked, a new code may stand in it, unless this one was revealed just now."""
    text, kept = words_of_complaint(one)
    said = said_words(kept.reveal())
    masked = hide_codes(said)
    is_revealed = revealed is not None and revealed[0] == one.pk
    state = ComplaintState.UNKNOWN if one.is_lost(now) else ComplaintState(one.state)
    return {
        "id": one.pk,
        "text": text.reveal(),
        "said": revealed[1].reveal() if revealed and is_revealed else masked,
        "is_masked": said != masked and not is_revealed,
        "is_revealed": is_revealed,
        "word": state.label,
        "tone": tone_of(state),
        "is_unknown": state == ComplaintState.UNKNOWN,
        "by": who(one.by),
        "at": one.at,
    }


@deed("cases.work", back="office_case", of="case_id")
def say(request: HttpRequest, case_id: int) -> Deed:
    found, text = get_object_or_404(Case, pk=case_id), request.POST.get("text", "")
    return Deed(
        partial(orders.say_in_case, case_id=found.pk, text=text, is_from_shopper=False),
        done=_("Sent. The buyer reads it on the order page."),
    )


@deed("cases.work", back="office_case", of="case_id")
def ask_supplier(request: HttpRequest, case_id: int) -> Deed:
    found = get_object_or_404(Case, pk=case_id)
    return Deed(
        partial(orders.ask_supplier, case_id=found.pk),
        done=_("Marked as waiting for the supplier: the clock gives three days."),
    )


@page("cases.work", own_scope=True)
@require_POST
def complain(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """The supplier is told in no transaction: it may take its time."""
    with tenant_atomic():
        found = get_object_or_404(Case, pk=case_id)
    home = back_to("office_case", found.pk)
    try:
        complaint = fulfillment.complain_to_supplier(
            case_id=found.pk,
            text=request.POST.get("text", ""),
            key=request.POST.get("key", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        with tenant_atomic():
            answer = page_again(request, home.url, refusal)
            return answer.render() if isinstance(answer, TemplateResponse) else answer
    _tell(request, ComplaintState(complaint.state))
    return home


@page("codes.reveal")
@require_POST
def reveal_said(request: HttpRequest, case_id: int, complaint_id: int) -> HttpResponseBase:
    """What the supplier says to the letter, as a code is shown: password first, with a reason."""
    found = get_object_or_404(Case.objects.select_related("order"), pk=case_id)
    attempt, home = find_purchase_of_case(case=found), reverse("office_case", args=[case_id])
    heard = complaints_of_attempt(attempt_id=attempt.pk if attempt else 0).exclude(said=None)
    complaint = get_object_or_404(heard, pk=complaint_id)
    to_password = password_first(request, then=home)
    if to_password:
        return to_password
    try:
        text = suppliers.reveal_said(
            complaint_id=complaint.pk,
            by=actor_of(request),
            reason=request.POST.get("reason", ""),
            now=timezone.now(),
        )
    except AppError as refusal:
        return page_again(request, home, refusal)
    response = _drawn(request, found, revealed=(complaint.pk, text))
    response["Cache-Control"] = "no-store"
    return response


def _tell(request: HttpRequest, state: ComplaintState) -> None:
    match state:
        case ComplaintState.REFUSED:
            messages.error(request, _("The supplier refused the complaint: see what it says."))
        case ComplaintState.UNKNOWN | ComplaintState.SENDING:
            messages.warning(
                request,
                _("The supplier did not confirm it: it may have it all the same. Ask there first."),
            )
        case _:
            messages.success(request, _("The supplier has it. What it says to it stands here."))


@deed("cases.view", back="office_case", of="case_id")
def settle(request: HttpRequest, case_id: int) -> Deed:
    """What is paid back or taken from stock once more asks for the password, as on the order's
    page."""
    found = get_object_or_404(Case, pk=case_id)
    outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "").strip()
    require(request, NEEDS.get(outcome, "cases.work"))
    text = Secret(request.POST.get("goods", "")) if outcome == ANEW else None
    decided = CaseState.REPLACED if outcome == ANEW else outcome
    return Deed(
        partial(
            fulfillment.settle_case, case_id=found.pk, outcome=decided, reason=reason, text=text
        ),
        done=_("The case is decided. The buyer reads it on the order page."),
        asks_password=outcome in {CaseState.REFUNDED, CaseState.REPLACED},
    )
