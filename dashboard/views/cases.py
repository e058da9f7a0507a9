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
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError
from core.scope import tenant_atomic
from dashboard.access import actor_of, allows, require
from dashboard.frame import Deed, back_to, deed, draw, page
from dashboard.supply_words import said_words
from dashboard.tones import tone_of
from dashboard.typed import page_again
from dashboard.words import evidence_words, who
from fulfillment import services as fulfillment
from fulfillment.selectors import find_attempt_of_case
from orders import services as orders
from orders.models import Case
from orders.selectors import messages_of
from orders.states import CaseState
from suppliers.models import SupplierComplaint
from suppliers.selectors import complaints_of_attempt, words_of_complaint
from suppliers.states import LONGEST_COMPLAINT, ComplaintState

NEEDS: dict[str, str] = {
    CaseState.REPLACED: "codes.replace",
    CaseState.REFUNDED: "orders.refund",
    CaseState.REJECTED: "cases.work",
}


@page("cases.view")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case.objects.select_related("order"), pk=case_id)
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
        may_replace=found.unit_id is not None and may["replaced"],
        may_refund=may["refunded"],
        may_decide=any(may.values()),
        supplier=_at_supplier(found, now=timezone.now()),
    )


def _at_supplier(found: Case, *, now: datetime) -> dict[str, Any] | None:
    """What its supplier was told and says to it; None for one that takes no complaints."""
    attempt = find_attempt_of_case(case=found)
    if attempt is None:
        return None
    complaints = list(complaints_of_attempt(attempt_id=attempt.pk))
    return {
        "name": attempt.offer.supplier.name,
        "attempt": attempt,
        "complaints": [_told(one, now=now) for one in complaints],
        "may_send": found.is_live and not any(one.is_open(now) for one in complaints),
        "is_again": bool(complaints),
        "key": secrets.token_urlsafe(16),
        "longest": LONGEST_COMPLAINT,
    }


def _told(one: SupplierComplaint, *, now: datetime) -> dict[str, Any]:
    text, said = words_of_complaint(one)
    state = ComplaintState.UNKNOWN if one.is_lost(now) else ComplaintState(one.state)
    return {
        "text": text.reveal(),
        "said": said_words(said.reveal()),
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
    """What is paid back asks for the password, as on the order's page."""
    found = get_object_or_404(Case, pk=case_id)
    outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "").strip()
    require(request, NEEDS.get(outcome, "cases.work"))
    return Deed(
        partial(fulfillment.settle_case, case_id=found.pk, outcome=outcome, reason=reason),
        done=_("The case is decided. The buyer reads it on the order page."),
        asks_password=outcome == CaseState.REFUNDED,
    )
