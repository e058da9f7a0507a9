"""The desk: what waits for a decision, and one case of it with all that is known."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.errors import AppError, NotFound
from core.money import Money
from dashboard.access import allows, shop_of
from dashboard.casework import MOST_LOOKS, buyer_before, facts_of, said_of, traits_known
from dashboard.frame import Deed, deed, draw, page
from dashboard.judging import ALLOW, BLOCK, REFUSE, RELEASE, form_of, judged_in
from dashboard.linking import linkage
from dashboard.queueing import (
    MOST,
    QueueForm,
    queue,
    then_words,
    time_left,
)
from dashboard.tones import tone_of
from dashboard.typed import context_of
from dashboard.words import channel_words, given_words, provider_words, who
from fulfillment import services as fulfillment
from fulfillment.errors import NotHeld
from orders.errors import NotHeldClosed
from orders.models import OpeningMove, Order, OrderMove
from orders.selectors import contact_of, find_closed, items_of, standing
from orders.states import OpeningState, OrderState
from payments.selectors import payments_of, refunds_of
from risk.selectors import assessments_of, find_review, score_of


@page("orders.view")
def held(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = QueueForm(request.GET or None, currency=shop_of(request).currency)
    is_asked = form.is_bound and form.is_asked
    asked = form.cleaned_data if is_asked and form.is_valid() else {}
    found = queue(now=now, asked=asked)
    return draw(
        request,
        "dashboard/held.html",
        title=_("Held orders"),
        rows=[(row, *time_left(row.decide_by, now=now)) for row in found.rows],
        queue=found,
        form=form,
        is_asked=is_asked,
        most=MOST,
        may_decide=allows(request, "orders.review"),
    )


@page("orders.view")
def review(request: HttpRequest, order_id: int) -> HttpResponse:
    """One case: what is known of it, what it is linked to, and the decision."""
    found, now = get_object_or_404(Order, pk=order_id), timezone.now()
    looks = list(assessments_of(subject=found.number)[:MOST_LOOKS])
    context = context_of(request)
    return draw(
        request,
        "dashboard/review.html",
        title=_("Decide about %(number)s") % {"number": found.number},
        order=found,
        tone=tone_of(found.state),
        standing=standing(order_id=found.pk),
        total=Money(found.total_e4, found.currency),
        channel=channel_words(found.channel),
        contact=contact_of(order=found),
        goods=[
            (item.shown_name, item.quantity, given_words(item.sku, item.buyer_fields_shown))
            for item in items_of(order_id=found.pk).select_related("sku__buyer_template")
        ],
        facts=facts_of(looks[0], currency=found.currency) if looks else [],
        said=said_of(looks, order=found),
        score=score_of(subject=found.number),
        before_it=buyer_before(found),
        money=_money(found),
        links=linkage(looks=looks),
        form=form_of(request, typed=context["typed"], traits=traits_known(looks)),
        may_decide=allows(request, "orders.review"),
        may_see_rules=allows(request, "risk.view"),
        decided=_decided(found),
        word=find_review(subject=found.number),
        **_waiting(found, now=now),
    )


def _waiting(found: Order, *, now: Any) -> dict[str, Any]:
    """Whether it waits, for what, until when; and what stands before and after it in the queue."""
    rows = queue(now=now).rows
    ids = [row.order.pk for row in rows]
    at = ids.index(found.pk) if found.pk in ids else -1
    others = [one for one in ids if one != found.pk]
    told: dict[str, Any] = {
        "place": at + 1,
        "count": len(rows),
        "before": ids[at - 1] if at > 0 else None,
        "after": _after(ids, at) if at >= 0 else next(iter(others), None),
        "opening": find_closed(order_id=found.pk),
        "is_held": found.state == OrderState.HELD,
    }
    opening = told["opening"]
    if told["is_held"] and found.decide_by is not None:
        until, then = found.decide_by, found.held_then
    elif opening is not None and opening.state == OpeningState.HELD:
        until, then = opening.decide_by, opening.held_then
    else:
        return told
    tone, left = time_left(until, now=now)
    words = then_words(then, is_opening=not told["is_held"])
    return told | {"until": until, "left": left, "left_tone": tone, "then": words}


def _after(ids: list[int], at: int) -> int | None:
    return ids[at + 1] if at + 1 < len(ids) else None


def _money(found: Order) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"row": one, "what": provider_words(one.provider)}
        for one in payments_of(payable_id=found.pk)
    ]
    rows += [{"row": one, "what": _("Refund")} for one in refunds_of(payable_id=found.pk)]
    return [
        one | {"amount": Money(one["row"].amount_e4, found.currency),
               "tone": tone_of(one["row"].state)}
        for one in rows
    ]  # fmt: skip


def _decided(found: Order) -> str:
    """Who decided, when and what; "" while nobody has."""
    move = OrderMove.objects.filter(order=found, old=OrderState.HELD).last()
    opened = OpeningMove.objects.filter(opening__order=found).order_by("pk").last()
    if opened is not None and (move is None or opened.at >= move.at):
        is_let, last = opened.new == OpeningState.ALLOWED, opened
    elif move is not None:
        is_let, last = move.new == OrderState.FULFILLING, move  # type: ignore[assignment]  # -- a move
    else:
        return ""
    told = {"who": who(last.by), "at": date_format(timezone.localtime(last.at), "m-d H:i:s")}
    if is_let:
        return _("%(who)s let it go on at %(at)s.") % told
    return _("%(who)s had it paid back at %(at)s.") % told


@deed("orders.review", back="office_review", of="order_id")
def decide(request: HttpRequest, order_id: int, verb: str) -> Deed:
    """`release`, `refuse` or `block`."""
    found = get_object_or_404(Order, pk=order_id)
    if verb not in (RELEASE, REFUSE, BLOCK):
        raise NotFound
    return Deed(
        _told_who(found, _review(request, found, verb)),
        done=_DONE[verb](),
        asks_password=found.may_lose or verb != RELEASE,
    )


@deed("orders.review", back="office_review", of="order_id")
def decide_opening(request: HttpRequest, order_id: int, verb: str) -> Deed:
    """`allow`, `refuse` or `block`."""
    found = get_object_or_404(Order, pk=order_id)
    if verb not in (ALLOW, REFUSE, BLOCK):
        raise NotFound
    do = _review(request, found, verb, is_opening=True)
    done = _("The codes stay closed. What nobody has seen of them is paid back.")
    return Deed(
        _told_who(found, do),
        done=_("The buyer can open the codes now.") if verb == ALLOW else done,
        asks_password=verb != ALLOW,
    )


def _review(
    request: HttpRequest, found: Order, verb: str, *, is_opening: bool = False
) -> Callable[..., None]:
    judged = judged_in(
        request, verb=verb, now=timezone.now(), given=request.POST, is_opening=is_opening
    )
    return partial(fulfillment.review, order_id=found.pk, judged=judged)


def _told_who(found: Order, do: Callable[..., None]) -> Callable[..., None]:
    """Who comes second is told who was first, and what he decided."""

    def decide(**who_and_when: Any) -> None:
        try:
            do(**who_and_when)
        except (NotHeld, NotHeldClosed) as why:
            raise type(why)(first_word(found, why)) from why

    return decide


def first_word(found: Order, why: AppError) -> str:
    return f"{why.message} {_decided(found)}".strip()


_DONE: dict[str, Callable[[], str]] = {
    RELEASE: lambda: _("It goes on. What is in stock is delivered now."),
    REFUSE: lambda: _("The refund is on its way. The timeline says when it arrived."),
    BLOCK: lambda: _("The refund is on its way, and who ordered is blocked."),
}
