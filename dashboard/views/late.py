"""Goods that came when nobody waited for them any more: a list, and what a person may do."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows
from dashboard.frame import Deed, deed, draw, page
from dashboard.paging import following, latest
from dashboard.reading import ids_in
from dashboard.tones import tone_of
from dashboard.words import goods_words, reason_words, who
from fulfillment import services as fulfillment
from fulfillment.models import LateArrival, Unit
from fulfillment.selectors import (
    contradicted,
    find_contradicted,
    find_late,
    late_arrivals,
    late_to_do,
    stock_skus_of,
    units_of_attempts,
)
from fulfillment.states import (
    LATE_MOVES,
    LATE_TO_DO,
    LATE_WHILE_PAID,
    LateKind,
    LateState,
    UnitState,
)
from payments.states import OWN_RISK
from suppliers.models import Attempt, Bought
from suppliers.states import AttemptState
from suppliers.words import said_words

VERBS = {
    "claim": LateState.CLAIMED,
    "write-off": LateState.WRITTEN_OFF,
    "returned": LateState.RETURNED,
    "dismiss": LateState.DISMISSED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """What came, or is only said to have come: then there is no `late` yet."""

    attempt: Attempt
    unit: Unit
    late: LateArrival | None
    at: datetime | None
    cost: Money

    @property
    def state(self) -> str:
        return self.late.state if self.late else LateState.OPEN

    @property
    def kind(self) -> str:
        return self.late.kind if self.late else LateKind.SAID

    @property
    def words(self) -> str:
        return str(capfirst(LateState(self.state).label))

    @property
    def kind_words(self) -> str:
        return str(capfirst(LateKind(self.kind).label))

    @property
    def tone(self) -> str:
        return tone_of(self.state)

    @property
    def ended(self) -> str:
        """What had become of the thing meanwhile."""
        move = self.late.ended_by if self.late else None
        if move is not None and move.reason == OWN_RISK and "refund" in move.data:
            return _("Paid back at the shop's own risk")
        return str(capfirst(UnitState(move.new if move else self.unit.state).label))


@page("stock.view")
def lates(request: HttpRequest) -> HttpResponse:
    """Each of its lists a page at a time."""
    decided = late_arrivals().exclude(state__in=sorted(LATE_TO_DO))
    came = following(late_to_do(), by="pk", given=request.GET)
    said = following(contradicted().order_by("pk"), by="pk", given=request.GET, name="said_after")
    past = latest(decided, given=request.GET)
    return draw(
        request,
        "dashboard/lates.html",
        title=_("Came late"),
        paging=came,
        lines=[_arrived(late) for late in came.rows],
        said_paging=said,
        said=_said(said.rows),
        decided_paging=past,
        decided=[_arrived(late) for late in past.rows],
        may_see_cost=allows(request, "cost.view"),
    )


def _arrived(late: LateArrival) -> Line:
    return Line(late.attempt, late.unit, late, late.at, Money(late.cost_e4, late.currency))


def _said(tried: list[Attempt]) -> list[Line]:
    units = units_of_attempts(attempts=tried)
    return [_line_of(one, units[one.unit_id]) for one in tried if one.unit_id in units]


def _line_of(attempt: Attempt, unit: Unit) -> Line:
    cost_e4 = attempt.offer.cost_e4 if attempt.cost_e4 is None else attempt.cost_e4
    return Line(attempt, unit, None, None, Money(cost_e4, attempt.offer.supplier.currency))


@page("stock.view")
def late(request: HttpRequest, attempt_id: int) -> HttpResponse:
    line = _found(attempt_id)
    allowed = LATE_MOVES[LateState(line.state)]
    codes = Bought.objects.filter(attempt_id=attempt_id).count()
    may_stock = LateState.STOCKED in allowed and codes and allows(request, "stock.import")
    may_settle = allows(request, "bills.settle")
    move = line.late.ended_by if line.late else None
    return draw(
        request,
        "dashboard/late.html",
        title=line.kind_words,
        line=line,
        goods=goods_words(line.attempt.offer.sku),
        codes=codes,
        skus=[(str(sku.pk), goods_words(sku)) for sku in stock_skus_of(attempt=line.attempt)]
        if may_stock
        else [],
        may_stock=may_stock,
        can={verb for verb, new in VERBS.items() if may_settle and _fits(line, new)},
        said=said_words(line.attempt.reason),
        ended_by=(move, who(move.by), reason_words(str(move.data.get("said") or "-")))
        if move
        else None,
        moves=[
            (one, capfirst(LateState(one.new).label), who(one.by))
            for one in (line.late.moves.order_by("at", "pk") if line.late else ())
        ],
        may_see_cost=allows(request, "cost.view"),
        may_see_order=allows(request, "orders.view"),
    )


def _found(attempt_id: int) -> Line:
    arrived = find_late(attempt_id=attempt_id)
    if arrived is not None:
        return _arrived(arrived)
    said = find_contradicted(attempt_id=attempt_id)
    units = units_of_attempts(attempts=[said]) if said else {}
    if said is None or said.unit_id not in units:
        raise NotFound
    return _line_of(said, units[said.unit_id])


def _fits(line: Line, new: LateState) -> bool:
    is_its_kind = new != LateState.DISMISSED or line.kind == LateKind.SAID
    is_back = line.attempt.state == AttemptState.REVERSED and new in LATE_WHILE_PAID
    return is_its_kind and not is_back and new in LATE_MOVES[LateState(line.state)]


@deed("stock.import", back="office_late", of="attempt_id")
def stock(request: HttpRequest, attempt_id: int) -> Deed:
    chosen = ids_in([request.POST.get("sku", "")])
    return Deed(
        partial(fulfillment.stock_late, attempt_id=attempt_id, sku_id=chosen[0] if chosen else 0),
        done=_("It is in stock now, in a batch of its own."),
        asks_password=True,
    )


@deed("bills.settle", back="office_late", of="attempt_id")
def late_do(request: HttpRequest, attempt_id: int, verb: str) -> Deed:
    if verb not in VERBS:
        raise NotFound
    note = request.POST.get("note", "")
    return Deed(
        partial(fulfillment.decide_late, attempt_id=attempt_id, new=VERBS[verb], note=note),
        done=_("Written down."),
        asks_password=True,
    )
