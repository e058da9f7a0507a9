"""A batch and a code, each on its page."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError, InvalidInput, NotFound
from core.money import Money
from dashboard.access import actor_of, allows, shop_of
from dashboard.frame import Deed, deed, draw, page, password_first
from dashboard.tones import tone_of
from dashboard.typed import page_again
from dashboard.words import (
    BATCH_AT_WORK,
    BATCH_REASONS,
    day_or_never,
    days_words,
    goods_words,
    who,
)
from inventory import services as inventory
from inventory.models import Batch, Code
from inventory.selectors import (
    counts_of_batches,
    days_of_batch,
    find_holder,
    holds_of_code,
    moves_of_code,
)
from inventory.services import masks_of
from inventory.states import AT_WORK, BATCH_MOVES, BatchState, CodeState
from orders.models import Item

# Above so many codes a person types the batch number, so that a slip of the hand is not a loss.
TYPE_TO_CONFIRM = 100


@page("stock.view")
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    found = get_object_or_404(Batch.objects.select_related("sku__product"), pk=batch_id)
    counts = counts_of_batches(batch_ids=[found.pk]).get(found.pk, {})
    return draw(
        request,
        "dashboard/batch.html",
        title=_("Batch %(ref)s") % {"ref": found.ref},
        batch=found,
        tone=tone_of(found.state if found.state != BatchState.OPEN else "active"),
        goods=goods_words(found.sku),
        may_see_cost=allows(request, "cost.view"),
        cost=Money(found.cost_e4, shop_of(request).currency) if found.cost_e4 else None,
        expires=days_words(*(days_of_batch(batch_id=found.pk) or (None, None))),
        counts=[(CodeState(state).label, n, tone_of(state)) for state, n in sorted(counts.items())],
        total=sum(counts.values()),
        affected=_affected(counts),
        sold=counts.get(CodeState.SOLD, 0),
        held=counts.get(CodeState.RESERVED, 0),
        must_type=_affected(counts) > TYPE_TO_CONFIRM,
        moves=[
            (move, who(move.by), _batch_words(move)) for move in found.moves.order_by("at", "pk")
        ],
        can=_possible(found) if allows(request, "stock.freeze") else set(),
        progress=_progress(found) if found.state in AT_WORK else None,
        at_work=BATCH_AT_WORK.get(found.state),
    )


def _affected(counts: dict[str, int]) -> int:
    unsold = (CodeState.AVAILABLE, CodeState.RESERVED, CodeState.FROZEN)
    return sum(counts.get(state, 0) for state in unsold)


def _possible(found: Batch) -> set[str]:
    to = BATCH_MOVES[BatchState(found.state)]
    verbs = {
        "freeze": BatchState.FREEZING,
        "unfreeze": BatchState.UNFREEZING,
        "recall": BatchState.RECALLING,
        "undo": BatchState.UNDOING,
    }
    return {verb for verb, state in verbs.items() if state in to}


def _batch_words(move: Any) -> tuple[str, str]:
    """What happened, and why: what a person typed, or our own words for the services' reasons."""
    return str(BatchState(move.new).label), str(BATCH_REASONS.get(move.reason, move.reason))


def _progress(found: Batch) -> dict[str, int | str]:
    begun = found.moves.filter(new=found.state).latest("pk")
    total = int(begun.data["codes"])
    percent = min(99, found.done * 100 // total)
    return {"state": found.state, "percent": percent, "done": found.done, "total": total}


@page("stock.view")
def batch_progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far the worker is, once a second; the page reloads itself when the state has changed."""
    found = get_object_or_404(Batch, pk=batch_id)
    is_going = found.state in AT_WORK
    return JsonResponse(_progress(found) if is_going else {"state": found.state})


@deed("stock.freeze", back="office_batch", of="batch_id")
def batch_do(request: HttpRequest, batch_id: int, verb: str) -> Deed:
    found = get_object_or_404(Batch, pk=batch_id)
    reason, typed = (request.POST.get(name, "").strip()[:60] for name in ("reason", "typed"))
    deeds: dict[str, Callable[..., Any]] = {
        "freeze": partial(inventory.freeze_batch, reason=reason),
        "unfreeze": partial(inventory.unfreeze_batch, reason=reason),
        "recall": partial(inventory.recall_batch, reason=reason),
        "undo": inventory.undo_batch,
    }
    if verb not in deeds:
        raise NotFound

    def confirmed(**who_and_when: Any) -> None:
        counts = counts_of_batches(batch_ids=[found.pk]).get(found.pk, {})
        if verb != "unfreeze" and _affected(counts) > TYPE_TO_CONFIRM and typed != found.ref:
            raise InvalidInput(_("Type the batch number to confirm."), param="typed")
        deeds[verb](batch_id=found.pk, **who_and_when)
        found.refresh_from_db(fields=["state"])
        if found.state not in AT_WORK:  # or else the page shows its progress
            messages.success(request, _("Done. The batch's history keeps it."))

    return Deed(confirmed, done="")


@page("stock.view")
def code(request: HttpRequest, code_id: int) -> HttpResponse:
    return draw(request, "dashboard/code.html", **_about(request, code_id))


def _about(request: HttpRequest, code_id: int) -> dict[str, Any]:
    found = get_object_or_404(Code.objects.select_related("sku__product", "batch"), pk=code_id)
    holder = find_holder(code_id=found.pk)
    item = Item.objects.select_related("order").filter(pk=holder).first() if holder else None
    return {
        "title": masks_of(codes=[found])[found.pk],
        "code": found,
        "tone": tone_of(found.state),
        "goods": goods_words(found.sku),
        "expires": day_or_never(found.expires_on),
        "item": item,
        "history": _history(found),
        "may_reveal": allows(request, "codes.reveal"),
    }


def _history(found: Code) -> list[tuple[datetime, str, str]]:
    rows = [(found.loaded_at, str(_("Loaded")), who(found.batch.made_by))]
    for hold in holds_of_code(code_id=found.pk):
        rows.append((hold.made_at, str(_("Held for an order")), ""))
        if hold.ended_at:
            rows.append((hold.ended_at, str(hold.get_state_display()), ""))
    rows += [
        (move.at, str(CodeState(move.new).label), who(move.by))
        for move in moves_of_code(code_id=found.pk)
    ]
    return sorted(rows, key=lambda row: row[0])


@page("codes.reveal")
@require_POST
def reveal(request: HttpRequest, code_id: int) -> HttpResponseBase:
    """A code in the clear: password first, with a reason, audited."""
    about, home = _about(request, code_id), reverse("office_code", args=[code_id])
    to_password = password_first(request, then=home)
    if to_password:
        return to_password
    try:
        text = inventory.reveal(
            code_id=code_id,
            by=actor_of(request),
            reason=request.POST.get("reason", ""),
            now=timezone.now(),
        )
    except AppError as refusal:
        return page_again(request, home, refusal)
    response = draw(request, "dashboard/code.html", **about, text=text_of(text))
    response["Cache-Control"] = "no-store"
    return response


def text_of(text: Any) -> dict[str, str]:
    return {
        "card_no": text.card_no.reveal() if text.card_no else "",
        "secret": text.secret.reveal(),
    }
