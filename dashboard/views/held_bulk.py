"""Many cases decided at once: looked over, confirmed, and each with an outcome of its own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import AppError
from core.money import Money
from core.scope import tenant_atomic
from dashboard.access import actor_of, shop_of
from dashboard.frame import back_to, draw_at_once, page, password_first
from dashboard.judging import BLOCK, REFUSE, RELEASE, form_of, judged_in
from dashboard.queueing import MOST
from dashboard.reading import ids_in
from dashboard.typed import context_of
from dashboard.views.held import first_word
from fulfillment import services as fulfillment
from orders.models import Order
from risk.models import LINKING

TYPE_TO_CONFIRM = 100
VERBS = {
    RELEASE: gettext_lazy("Let them go on"),
    REFUSE: gettext_lazy("Pay them back"),
    BLOCK: gettext_lazy("Pay them back and block who ordered"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    order: Order
    is_opening: bool


@page("orders.review", own_scope=True)
def bulk(request: HttpRequest) -> HttpResponse:
    """Each is decided in a transaction of its own: one that somebody else had decided is told, and
    keeps no other back."""
    given = request.POST or context_of(request)["typed"]
    with tenant_atomic():
        chosen = _chosen(given)
    if not chosen:
        messages.info(request, _("Choose at least one order."))
        return back_to("office_held")
    verb = given.get("verb", "")
    is_sure = request.method == "POST" and "sure" in given and verb in VERBS
    refusal = _refusal(given, len(chosen)) if is_sure else ""
    if is_sure and not refusal:
        if _wants_password(chosen, verb):
            first = password_first(request, then=reverse("office_held_bulk"))
            if first:
                return first
        return _done(request, [_outcome(request, one, verb, given) for one in chosen])
    return _ask(request, chosen, given, refusal=refusal)


def _chosen(given: QueryDict) -> list[Chosen]:
    found = [
        Chosen(order=order, is_opening=is_opening)
        for is_opening, name in ((False, "order"), (True, "opening"))
        for order in Order.objects.filter(pk__in=ids_in(given.getlist(name))[:MOST]).order_by("pk")
    ]
    return found[:MOST]


def _refusal(given: QueryDict, count: int) -> str:
    if count > TYPE_TO_CONFIRM and given.get("count", "").strip() != str(count):
        return _("Type the number of orders to confirm.")
    return ""


def _wants_password(chosen: list[Chosen], verb: str) -> bool:
    return verb != RELEASE or any(one.order.may_lose for one in chosen)


def _outcome(request: HttpRequest, one: Chosen, verb: str, given: QueryDict) -> dict[str, Any]:
    now = timezone.now()
    try:
        judged = judged_in(request, verb=verb, now=now, given=given, is_opening=one.is_opening)
        fulfillment.review(order_id=one.order.pk, judged=judged, by=actor_of(request), now=now)
    except AppError as why:
        with tenant_atomic():
            return {"order": one.order, "tone": "bad", "words": first_word(one.order, why)}
    words = _("goes on") if verb == RELEASE else _("is paid back")
    return {"order": one.order, "tone": "good", "words": capfirst(words)}


def _done(request: HttpRequest, outcomes: list[dict[str, Any]]) -> HttpResponse:
    done = sum(one["tone"] == "good" for one in outcomes)
    return draw_at_once(
        request,
        "dashboard/held_bulk_done.html",
        title=_("Decided"),
        outcomes=outcomes,
        done=done,
        left=len(outcomes) - done,
    )


def _ask(
    request: HttpRequest, chosen: list[Chosen], given: QueryDict, *, refusal: str
) -> HttpResponse:
    total = sum(one.order.total_e4 for one in chosen)
    verb = given.get("verb", RELEASE)
    form = form_of(request, typed=given if "sure" in given else QueryDict(), traits=list(LINKING))
    verbs = [(name, words, name == verb) for name, words in VERBS.items()]
    if not form["may_block"]:
        verbs = [one for one in verbs if one[0] != BLOCK]
    return draw_at_once(
        request,
        "dashboard/held_bulk.html",
        title=_("Decide about many"),
        is_refused=bool(refusal),
        chosen=chosen,
        count=len(chosen),
        total=Money(total, shop_of(request).currency),
        verbs=verbs,
        form=form,
        must_type=len(chosen) > TYPE_TO_CONFIRM,
        why=refusal,
    )
