"""One try to buy one thing: what was asked and answered, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.money import Money
from dashboard.access import allows
from dashboard.frame import draw, page
from dashboard.supply_words import call_words, choice_words, move_words, time_words
from dashboard.tones import tone_of
from dashboard.words import goods_words, who
from fulfillment.models import Unit
from suppliers.models import Attempt, AttemptMove, Call
from suppliers.states import CallKind
from suppliers.words import said_words


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    text: str
    said: str
    by: str
    tone: str = ""


@page("stock.view")
def attempt(request: HttpRequest, attempt_id: int) -> HttpResponse:
    rows = Attempt.objects.select_related("offer__supplier", "offer__sku__product")
    found = get_object_or_404(rows, pk=attempt_id)
    currency = found.offer.supplier.currency
    return draw(
        request,
        "dashboard/attempt.html",
        title=_("Attempt %(number)s") % {"number": found.number},
        attempt=found,
        supplier=found.offer.supplier,
        tone=tone_of(found.state),
        goods=goods_words(found.offer.sku),
        choice=choice_words(found.choice),
        said=said_words(found.reason),
        times_asked=found.calls.filter(kind=CallKind.QUERY).count(),
        unit=Unit.objects.filter(pk=found.unit_id).select_related("order").first(),
        lines=_timeline(found),
        may_see_order=allows(request, "orders.view"),
        may_see_cost=allows(request, "cost.view"),
        cost=None if found.cost_e4 is None else Money(found.cost_e4, currency),
    )


def _timeline(found: Attempt) -> list[Line]:
    """What moved it and each exchange, in order."""
    lines = [_moved(move) for move in found.moves.order_by("at", "pk")]
    lines += [_asked(call) for call in found.calls.order_by("at", "pk")]
    return sorted(lines, key=lambda line: line.at)


def _moved(move: AttemptMove) -> Line:
    words, said = move_words(move)
    return Line(move.at, words, said, who(move.by), tone_of(move.new))


def _asked(call: Call) -> Line:
    given = {"kind": call.get_kind_display(), "outcome": call_words(call)}
    text = _("Call (%(kind)s): %(outcome)s") % given
    return Line(call.at, text, said_words(call.said), time_words(call.took_ms))
