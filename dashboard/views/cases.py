"""A complaint: its evidence, what was said, and the decision."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dashboard.access import allows, require
from dashboard.frame import Deed, deed, draw, page
from dashboard.tones import tone_of
from dashboard.words import evidence_words, who
from fulfillment import services as fulfillment
from orders import services as orders
from orders.models import Case
from orders.selectors import messages_of
from orders.states import CaseState

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
    )


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
