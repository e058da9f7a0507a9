"""A complaint: its evidence, what was said, and the decision."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.access import actor_of, allows, require
from dashboard.frame import attempt, back_to, draw, page
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


@page("cases.work")
@require_POST
def say(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, pk=case_id)
    attempt(
        request,
        lambda: orders.say_in_case(
            case_id=found.pk,
            text=request.POST.get("text", ""),
            by=actor_of(request),
            is_from_shopper=False,
            now=timezone.now(),
        ),
        done=_("Sent. The buyer reads it on the order page."),
    )
    return back_to("office_case", case_id)


@page("cases.work")
@require_POST
def ask_supplier(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, pk=case_id)
    attempt(
        request,
        lambda: orders.ask_supplier(case_id=found.pk, by=actor_of(request), now=timezone.now()),
        done=_("Marked as waiting for the supplier: the clock gives three days."),
    )
    return back_to("office_case", case_id)


@page("cases.view")
@require_POST
def settle(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, pk=case_id)
    outcome = request.POST.get("outcome", "")
    require(request, NEEDS.get(outcome, "cases.work"))
    attempt(
        request,
        lambda: fulfillment.settle_case(
            case_id=found.pk,
            outcome=outcome,
            by=actor_of(request),
            reason=request.POST.get("reason", "").strip(),
            now=timezone.now(),
        ),
        done=_("The case is decided. The buyer reads it on the order page."),
    )
    return back_to("office_case", case_id)
