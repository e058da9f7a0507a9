"""An order's history as a story: what happened, and for what is not at its end, what comes next.

Floors above (units) add their lines: `config/wiring.py` says who, by `tell`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actors import Actor
from core.money import Money
from orders.models import Case, CaseMove, Order, OrderMove
from orders.selectors.cases import cases_of
from orders.selectors.reading import get_order
from orders.selectors.screened import rows_of_risk
from orders.states import ENDED, GIVEN_UP, CaseKind, CaseState, HeldThen, OrderState
from orders.types import Evidence, Standing, Thing, TimelineRow, TimelineSource
from payments import selectors as payments

_Then = tuple[str, datetime | None]


class _Told(TypedDict):
    next_text: str
    next_at: datetime | None


_sources: list[TimelineSource] = []

_ORDER: dict[str, str | Promise] = {
    OrderState.PAID: gettext_lazy("The order is paid."),
    OrderState.HELD: gettext_lazy("The order waits for a person to look at it."),
    OrderState.FULFILLING: gettext_lazy("Delivery has started."),
    OrderState.COMPLETED: gettext_lazy("The order is complete."),
    OrderState.CLOSED: gettext_lazy("The order is closed."),
    OrderState.CANCELED: gettext_lazy("The order is canceled."),
}
_WHY: dict[str, str | Promise] = {
    "late_payment": gettext_lazy("The money came late; the goods were still there."),
    "not_paid_in_time": gettext_lazy(
        "Nobody paid in time: the order is closed, the goods are free."
    ),
    GIVEN_UP: gettext_lazy("The buyer canceled the order before paying; the goods are free."),
    "refunded_before_delivery": gettext_lazy("Canceled before delivery; the money goes back."),
    "risk_rule": gettext_lazy("Held: a risk rule wants a person to look at it."),
    "refused_by_rules": gettext_lazy("Refused by a risk rule; the money goes back."),
    "cost_above_price": gettext_lazy("Held: this price would not bring the cost in."),
    "released": gettext_lazy("Somebody looked at it and let it go on."),
    "nobody_decided": gettext_lazy("Nobody decided in time."),
}
_HELD_THEN: dict[HeldThen, str | Promise] = {
    HeldThen.RELEASE: gettext_lazy("A person decides; otherwise it is delivered."),
    HeldThen.PAY_BACK: gettext_lazy("A person decides; otherwise the money goes back."),
}
_PAYMENT: dict[str, str | Promise] = {
    "created": gettext_lazy("Payment of %(amount)s was started."),
    "pending": gettext_lazy("We wait for the payment of %(amount)s."),
    "captured": gettext_lazy("%(amount)s was received."),
    "failed": gettext_lazy("The payment of %(amount)s failed."),
    "closed": gettext_lazy("The payment of %(amount)s was not made."),
}
_REFUND: dict[str, str | Promise] = {
    "created": gettext_lazy("A refund of %(amount)s was promised."),
    "pending": gettext_lazy("The refund of %(amount)s is on its way."),
    "waiting_funds": gettext_lazy("The refund of %(amount)s waits for funds at the provider."),
    "needs_person": gettext_lazy("The refund of %(amount)s needs a person at the shop."),
    "done": gettext_lazy("%(amount)s was paid back."),
    "failed": gettext_lazy("The refund of %(amount)s was given up."),
}
_CASE: dict[str, str | Promise] = {
    CaseState.OPEN: gettext_lazy("Case %(ref)s is open: %(kind)s."),
    CaseState.WAITING_SUPPLIER: gettext_lazy("Case %(ref)s: the supplier was asked."),
    CaseState.REPLACED: gettext_lazy("Case %(ref)s ended: replaced."),
    CaseState.REFUNDED: gettext_lazy("Case %(ref)s ended: refunded."),
    CaseState.REJECTED: gettext_lazy("Case %(ref)s ended: rejected."),
}
_REFUND_ENDED = frozenset({"done", "failed"})
# What happened in one moment reads in the order of cause and effect.
_RANK = {
    Thing.PAYMENT: 1,
    Thing.RISK: 1,
    Thing.OPENING: 2,
    Thing.SUPPLIER: 2,
    Thing.UNIT: 3,
    Thing.REFUND: 5,
    Thing.CASE: 7,
}
_ORDER_RANK: dict[str, int] = {
    OrderState.PLACED: 0,
    OrderState.COMPLETED: 4,
    OrderState.CANCELED: 6,
    OrderState.CLOSED: 6,
}


def tell(source: TimelineSource) -> None:
    """Have `source` add its lines to every order's history; called from config.wiring only."""
    if source not in _sources:
        _sources.append(source)


def timeline(*, order_id: int) -> list[TimelineRow]:
    """The whole history of an order, oldest first, in the reader's language."""
    order = get_order(order_id=order_id)
    rows = [*_order_rows(order), *_payment_rows(order), *_refund_rows(order), *_case_rows(order)]
    rows += rows_of_risk(order)
    for source in _sources:
        rows += source(order_id=order_id)
    return sorted(rows, key=_in_order)


def standing(*, order_id: int) -> Standing:
    """Where the order stands and why, and of all that is still open, what comes next."""
    order = get_order(order_id=order_id)
    rows = timeline(order_id=order_id)
    waiting = [row for row in rows if row.next_text]
    waiting.sort(key=lambda row: (row.next_at is None, row.next_at or row.at))
    told = waiting[0] if waiting else None
    last = next(row for row in reversed(rows) if row.thing == Thing.ORDER)
    return Standing(
        state=order.state,
        text=told.text if told and order.state not in ENDED else last.text,
        next_text=told.next_text if told else "",
        next_at=told.next_at if told else None,
    )


def evidence_of(*, order_id: int) -> Evidence:
    """The history in codes and moments, for a complaint to keep."""
    return [row.as_evidence() for row in timeline(order_id=order_id)]


def _in_order(row: TimelineRow) -> tuple[object, int]:
    if row.thing == Thing.ORDER:
        return row.at, _ORDER_RANK.get(row.state, 2)
    return row.at, _RANK[row.thing]


def _order_rows(order: Order) -> Iterable[TimelineRow]:
    moves = list(OrderMove.objects.filter(order=order).order_by("at", "pk"))
    first = TimelineRow(
        at=order.placed_at,
        thing=Thing.ORDER,
        text=_("The order was placed; its goods are held."),
        by="shopper",
        state=OrderState.PLACED,
        ref=order.number,
        **_then(_next(order) if not moves else None),
    )
    return [first, *(_order_row(order, move, is_last=move is moves[-1]) for move in moves)]


def was_given_up(*, order_id: int) -> bool:
    """Whether a closed order was closed because its buyer did not want it any more."""
    moves = OrderMove.objects.filter(order_id=order_id, new=OrderState.CLOSED)
    return moves.filter(reason=GIVEN_UP).exists()


def was_moved_by(*, number: str, by: Actor) -> bool:
    """Whether a step of the order's life was this one's."""
    return OrderMove.objects.filter(order__number=number, by=by.label).exists()


def why_held(*, reason: str) -> str:
    """The reason that an order was held for, in words."""
    return str(_WHY.get(reason) or _ORDER[OrderState.HELD])


def _order_row(order: Order, move: OrderMove, *, is_last: bool) -> TimelineRow:
    return TimelineRow(
        at=move.at,
        thing=Thing.ORDER,
        text=str(_WHY.get(move.reason) or _ORDER[move.new]),
        by=move.by,
        state=move.new,
        reason=move.reason,
        ref=order.number,
        **_then(_next(order) if is_last else None),
    )


def _next(order: Order) -> _Then | None:
    """What comes after the order's own last row; units and refunds say theirs."""
    match order.state:
        case OrderState.PLACED:
            text = _("Pay in time; otherwise it closes by itself and the goods are free again.")
            return text, order.pay_until
        case OrderState.PAID:
            return _("Delivery starts within seconds."), order.paid_at
        case OrderState.HELD:
            return str(_HELD_THEN[HeldThen(order.held_then)]), order.decide_by
    return None


def _payment_rows(order: Order) -> Iterable[TimelineRow]:
    for move in payments.payment_moves_of(payable_id=order.pk):
        payment = move.payment
        amount = Money(payment.amount_e4, payment.currency)
        text = str(_PAYMENT[move.new]) % {"amount": amount}
        is_second = move.new == "captured" and order.payment_id not in {None, payment.pk}
        if is_second:
            text = _("%(amount)s came a second time; it goes back.") % {"amount": amount}
        yield TimelineRow(
            at=move.at, thing=Thing.PAYMENT, text=text, by=move.by, state=move.new,
            reason=move.reason, ref=payment.number,
        )  # fmt: skip


def _refund_rows(order: Order) -> Iterable[TimelineRow]:
    moves = list(payments.refund_moves_of(payable_id=order.pk))
    last = {move.refund_id: move.pk for move in moves}
    for move in moves:
        refund = move.refund
        is_last = last[refund.pk] == move.pk
        yield TimelineRow(
            at=move.at,
            thing=Thing.REFUND,
            text=str(_REFUND[move.new]) % {"amount": Money(refund.amount_e4, order.currency)},
            by=move.by,
            state=move.new,
            reason=move.reason,
            ref=refund.number,
            **_then(_refund_next(refund.state, refund.next_at) if is_last else None),
        )


def _refund_next(state: str, next_at: datetime) -> _Then | None:
    if state in _REFUND_ENDED:
        return None
    if state == "needs_person":
        return _("The shop looks at it and pays it out."), None
    return _("The refund is sent; until it arrived we try again."), next_at


def _case_rows(order: Order) -> Iterable[TimelineRow]:
    cases = list(cases_of(order_id=order.pk))
    if not cases:
        return
    moves = list(CaseMove.objects.filter(case__in=cases).order_by("at", "pk"))
    for case in cases:
        own = [move for move in moves if move.case_id == case.pk]
        told = _case_next(case)
        begun = (case.opened_at, CaseState.OPEN, "shopper", "opened")
        steps = [begun, *((move.at, move.new, move.by, move.reason) for move in own)]
        for number, (at, state, by, reason) in enumerate(steps, start=1):
            yield TimelineRow(
                at=at, thing=Thing.CASE, text=_case_text(case, state), by=by, state=state,
                reason=reason, ref=case.ref, **_then(told if number == len(steps) else None),
            )  # fmt: skip


def _case_text(case: Case, state: str) -> str:
    return str(_CASE[state]) % {"ref": case.ref, "kind": CaseKind(case.kind).label}


def _case_next(case: Case) -> _Then | None:
    if not case.is_live:
        return None
    if case.overdue_at:
        return _("The shop's answer is late; it stands first in its list."), None
    return _("The shop answers by then."), case.due_at


def _then(told: _Then | None) -> _Told:
    text, at = told or ("", None)
    return {"next_text": text, "next_at": at}
