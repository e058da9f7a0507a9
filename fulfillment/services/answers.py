"""What a supplier's answer does to its unit."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.actors import SYSTEM
from core.outbox import emit
from core.scope import tenant_atomic
from core.sheets import Sheet
from fulfillment.events import OrderDelivered
from fulfillment.models import Unit
from fulfillment.services.aftersale import refund_units
from fulfillment.services.costs import cost_of
from fulfillment.services.ending import finish, live_units
from fulfillment.services.late import keep_late, take_back_late
from fulfillment.services.moving import Moving, take_unit
from fulfillment.services.queueing import LEASE, decided_until, queue
from fulfillment.states import ENDED, WITH_SUPPLIER, Source, UnitState
from fulfillment.types import Lease
from orders import services as orders
from orders.errors import TooMany
from orders.selectors import items_of_order
from orders.types import OpenCase
from payments import services as payments
from suppliers import services as suppliers
from suppliers.states import AttemptState

if TYPE_CHECKING:
    from orders.models import Order
    from suppliers.models import Attempt
    from suppliers.types import Answer

_STANDS = {
    AttemptState.ACCEPTED: UnitState.ACCEPTED,
    AttemptState.UNKNOWN: UnitState.UNKNOWN,
}


@tenant_atomic(durable=True)
def record(lease: Lease, answer: "Answer", *, now: datetime) -> Lease | None:
    """The supplier's word becomes the unit's state, if it is still this worker's turn.

    Else he was held up beyond his lease: whoever has it now has asked for himself. A lease comes
    back while it is his turn still: the supplier is at work, and may be done by now.
    """
    order, unit = take_unit(unit_id=lease.unit_id, order_id=lease.order_id)
    if unit.fence != lease.fence:
        return None
    sheet = Sheet()
    sheet.change(unit, lease_until=None)
    attempt = suppliers.record(
        attempt_id=lease.attempt.pk,
        answer=answer,
        is_first=lease.is_first,
        offer=lease.attempt.offer,
        now=now,
        sheet=sheet,
    )
    match attempt.state:
        case AttemptState.SUCCESS:
            _deliver(order, unit, attempt, now=now, sheet=sheet)
        case AttemptState.REVERSED:
            sheet.write()
            _take_back(order, unit, attempt, is_played=answer.is_played, now=now)
        case AttemptState.FAILED | AttemptState.REJECTED:
            _go_on(order, unit, attempt, now=now, sheet=sheet)
        case _:
            _stand(order, unit, _STANDS[AttemptState(attempt.state)], now=now, sheet=sheet)
    goes_on = suppliers.keep_asking(attempt=attempt, now=now, sheet=sheet)
    if goes_on:
        sheet.change(unit, lease_until=now + LEASE)
    sheet.write()
    return replace(lease, attempt=attempt, is_first=False) if goes_on else None


def _deliver(
    order: "Order", unit: Unit, attempt: "Attempt", *, now: datetime, sheet: Sheet
) -> None:
    if unit.delivered_at is not None and unit.source == Source.SUPPLIER:
        return  # a supplier that was asked once more said the same
    if unit.state in ENDED:  # a person has decided, or delivered by hand
        keep_late(unit, attempt, now=now)
        return
    cost = cost_of(attempt, amount_e4=attempt.cost_e4 or 0)
    payments.book_cost(cost=cost, by=SYSTEM, now=now, sheet=sheet)
    moving = Moving(order=order, by=SYSTEM, now=now)
    moving.move(unit, UnitState.DELIVERED, reason="from_supplier", delivered_at=now)
    moving.store(sheet=sheet)
    emit(OrderDelivered(order_id=order.pk, channel=order.channel), sheet=sheet)
    others = [] if _is_all(order) else [each for each in live_units(order) if each.pk != unit.pk]
    finish(order, by=SYSTEM, now=now, units=[*others, unit], sheet=sheet)


def _is_all(order: "Order") -> bool:
    """Whether one unit is all that was promised."""
    lines = items_of_order(order)
    return len(lines) == 1 and lines[0].quantity == 1


def _take_back(
    order: "Order", unit: Unit, attempt: "Attempt", *, is_played: bool, now: datetime
) -> None:
    """The supplier took a success back, and the money came with it. Whether the buyer has the goods
    still is a person's to find out: a case is opened. In a sandbox nobody has any."""
    cost = cost_of(attempt, amount_e4=attempt.cost_e4 or 0, is_back=True)
    payments.book_cost(cost=cost, by=SYSTEM, now=now)
    take_back_late(attempt, now=now)
    if unit.state != UnitState.DELIVERED or unit.source != Source.SUPPLIER:
        return
    if is_played:
        refund_units(order_id=order.pk, unit_ids=[unit.pk], by=SYSTEM, reason="taken_back", now=now)
        return
    with override(order.language):  # a worker has none of its own
        text = _("What was delivered may not be valid any more. We look at it.")
    request = OpenCase(order_id=order.pk, kind="other", text=text, unit_id=unit.pk)
    with suppress(TooMany):
        orders.notice(request=request, now=now)


def _go_on(order: "Order", unit: Unit, attempt: "Attempt", *, now: datetime, sheet: Sheet) -> None:
    """Definitely nothing was bought: the next supplier is asked, or the money goes back."""
    if unit.state in ENDED:
        return
    moving = Moving(order=order, by=SYSTEM, now=now)
    moving.move(unit, UnitState.FAILED, reason=attempt.state)
    moving.move(unit, UnitState.QUEUED, reason="next_supplier")
    queue([unit], now=now)
    moving.store(sheet=sheet)


def _stand(order: "Order", unit: Unit, state: UnitState, *, now: datetime, sheet: Sheet) -> None:
    """It has it, or may have it: asked after until it is there, with a moment for a person."""
    if unit.state == state or unit.state not in WITH_SUPPLIER:
        return
    until = max(now, decided_until(unit))
    moving = Moving(order=order, by=SYSTEM, now=now)
    moving.move(unit, state, reason="supplier_says", next_at=until, review_until=until)
    moving.store(sheet=sheet)
