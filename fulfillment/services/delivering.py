"""From paid to delivered. Own stock needs no network, so it is delivered in one transaction; what
cannot be delivered now waits with a next time and an end: goods, or the money back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.failpoints import reach
from core.outbox import done_here, emit
from core.scope import tenant_atomic
from core.secrets import Secret
from core.sheets import Sheet
from fulfillment.errors import NotByHand
from fulfillment.events import OrderDelivered, UnitNeedsPerson
from fulfillment.models import Unit
from fulfillment.selectors import TO_ITS_SUPPLIER
from fulfillment.services import upstream
from fulfillment.services.by_hand import sealed_by_hand
from fulfillment.services.ending import finish, pay_back
from fulfillment.services.moving import Moving, take_unit
from fulfillment.services.opening import draft_units
from fulfillment.services.queueing import LOOK_AGAIN, REVIEW_WITHIN, queue
from fulfillment.services.screening import PASSED, STOPS, look_again, stop
from fulfillment.states import Source, UnitState
from inventory import services as inventory
from inventory.errors import NothingHeld, OutOfStock
from orders import services as orders
from orders.selectors import items_of_order
from orders.states import OrderState, Recorded
from risk import services as risk
from tenants import audit

if TYPE_CHECKING:
    from inventory.types import Goods
    from orders.models import Item, Order

STOCK_WITHIN = timedelta(minutes=30)
HAND_WITHIN = timedelta(hours=24)
# What a person is called for when its time is over, and why.
LATE = {
    UnitState.BY_HAND: "late_by_hand",
    UnitState.SENDING: "late_supplier",
    UnitState.ACCEPTED: "late_supplier",
    UnitState.UNKNOWN: "late_supplier",
}

# By line of the order: what was sold of it already, or that it could not be (None).
Sold = Mapping[int, "list[Goods] | None"]


@tenant_atomic(savepoint=False)
def take_payment(
    *,
    order_id: int,
    payment_id: int,
    by: Actor,
    payer: Secret | None = None,
    now: datetime,
    sheet: Sheet | None = None,
) -> Recorded:
    """The money is here: pay the order and deliver at once what needs no network.

    Paid and delivered in one transaction, so that a code from stock waits for no worker; held or
    paid back instead, where the risk rules want that: they are told the `payer`, if the provider
    names one. As `orders.record_payment` otherwise, OutOfStock for late money included: the
    caller's transaction is rolled back then. Who gives a `sheet` writes it.
    """
    again = look_again(order_id=order_id, payer=payer, now=now)
    order = orders.take_order(order_id=order_id)
    recorded = orders.judge_payment(order=order, payment_id=payment_id)
    if recorded != Recorded.PAID:
        return recorded
    own = sheet or Sheet()
    verdict = risk.keep_paid(again=again or risk.Again(verdict=PASSED), now=now)
    sold: Sold = {}
    if verdict.action in STOPS:
        orders.keep_held(order=order, now=now)
    else:
        sold = {item.pk: _sell_or_keep(item, now=now) for item in orders.held_items(order)}
    with done_here(open_units):
        orders.mark_paid(order=order, payment_id=payment_id, by=by, now=now, sheet=own)
    if verdict.action in STOPS:
        stop(order=order, verdict=verdict, now=now, sheet=own)
    else:
        _open(order, sold=sold, now=now, sheet=own)
    if sheet is None:
        own.write()
    reach("fulfillment.opened")
    return recorded


@tenant_atomic(savepoint=False)
def deliver_new(
    *, order: "Order", payment_id: int, sold: Sold, by: Actor, now: datetime, sheet: Sheet
) -> None:
    """Pay and deliver an order that its caller makes in this transaction, on his sheet.

    `sold` is what was sold for it already, by line. Of several things, what is on the sheet so far
    is written on the way, for they point at it.
    """
    with done_here(open_units):
        orders.mark_paid(order=order, payment_id=payment_id, by=by, now=now, sheet=sheet)
    if sum(item.quantity for item in items_of_order(order)) > 1:
        sheet.write()
    _open(order, sold=sold, now=now, sheet=sheet)


@tenant_atomic
def open_units(*, order_id: int, now: datetime) -> None:
    """The order is paid: promise a unit for each thing and deliver at once what is in stock.

    Hears OrderPaid. Safe to run twice: an order that is being delivered already is looked after,
    one that is at its end is left alone.
    """
    order = orders.take_order(order_id=order_id)
    if order.state == OrderState.PAID:
        _screen_and_open(order, now=now)
        reach("fulfillment.opened")
    elif order.state == OrderState.FULFILLING:
        _look_after(order, now=now)


def _screen_and_open(order: "Order", *, now: datetime) -> None:
    verdict = risk.judge_again(subject=order.number, now=now)
    if verdict.action in STOPS:
        sheet = Sheet()
        stop(order=order, verdict=verdict, now=now, sheet=sheet)
        sheet.write()
    else:
        open_all(order=order, now=now)


@tenant_atomic(savepoint=False)
def open_all(*, order: "Order", now: datetime) -> None:
    """Open the units of an order that its caller has taken, and that nothing stops (any more)."""
    sheet = Sheet()
    _open(order, sold={}, now=now, sheet=sheet)
    sheet.write()


@tenant_atomic
def deliver_order(*, order_id: int, now: datetime) -> None:
    """Do what is due for the order's units: deliver, call a person, or give the money back."""
    open_units(order_id=order_id, now=now)


@tenant_atomic
def deliver_by_hand(*, unit_id: int, text: Secret, by: Actor, now: datetime) -> Unit:
    """A person delivers: the text is the goods, sealed. Raises NotByHand for any other unit."""
    order, unit = take_unit(unit_id=unit_id)
    if unit.state not in {UnitState.BY_HAND, UnitState.REVIEW}:
        raise NotByHand(_("This does not wait for a delivery by hand. Reload the page."))
    sealed = sealed_by_hand(text, uid=unit.uid)
    moving = Moving(order=order, by=by, now=now)
    moving.move(
        unit,
        UnitState.DELIVERED,
        reason="by_hand",
        source=Source.BY_HAND,
        hand_text=sealed,
        delivered_at=now,
    )
    moving.store()
    audit.record(by=by, action="unit.by_hand", target=order.number, now=now)
    emit(OrderDelivered(order_id=order.pk, channel=order.channel))
    finish(order, by=by, now=now)
    return unit


def _sell_or_keep(item: "Item", *, now: datetime) -> "list[Goods] | None":
    """The line's goods; None if they have to be waited for. What ran out is taken again."""
    goods = _sold(item.pk, now=now)
    if goods is None:
        inventory.keep(item_id=item.pk, now=now)
        goods = _sold(item.pk, now=now)
    return goods


def _sold(item_id: int, *, now: datetime) -> "list[Goods] | None":
    try:
        return inventory.sell(item_id=item_id, now=now)
    except (OutOfStock, NothingHeld):
        return None


def _open(order: "Order", *, sold: Sold, now: datetime, sheet: Sheet) -> None:
    units = draft_units(order, items_of_order(order), now=now)
    moving = Moving(order=order, by=SYSTEM, now=now)
    _deliver(moving, units, sold=sold)
    reach("fulfillment.sold")
    moving.store(fresh=units, sheet=sheet)
    if any(unit.state == UnitState.DELIVERED for unit in units):
        emit(OrderDelivered(order_id=order.pk, channel=order.channel), sheet=sheet)
    if all(unit.state == UnitState.DELIVERED for unit in units):
        orders.complete(order=order, by=SYSTEM, now=now, sheet=sheet)
    else:
        orders.start_fulfilling(order=order, by=SYSTEM, now=now, sheet=sheet)


def _look_after(order: "Order", *, now: datetime) -> None:
    due = Unit.objects.filter(order_id=order.pk, next_at__lte=now).select_related("item")
    units = list(due.exclude(TO_ITS_SUPPLIER).order_by("position"))
    if not units:
        return
    moving = Moving(order=order, by=SYSTEM, now=now)
    _deliver(moving, [unit for unit in units if unit.state == UnitState.WAITING], sold={})
    open_at_supplier = upstream.keep_in_review(units, now=now)
    _call_person(moving, [unit for unit in units if unit.state in LATE])
    moving.store()
    if any(unit.state == UnitState.DELIVERED for unit in units):
        emit(OrderDelivered(order_id=order.pk, channel=order.channel))
    given_up = [
        unit for unit in units
        if unit.state in {UnitState.WAITING, UnitState.REVIEW}
        and unit.review_until is not None and unit.review_until <= now
        and unit.pk not in open_at_supplier
    ]  # fmt: skip
    if given_up:
        pay_back(order, given_up, by=SYSTEM, reason="not_delivered_in_time", now=now)
    finish(order, by=SYSTEM, now=now)


def _deliver(moving: Moving, units: Iterable[Unit], *, sold: Sold) -> None:
    """Deliver line by line, in the order of the SKUs: codes are locked in one order everywhere."""
    by_item = sorted(units, key=lambda unit: (unit.item.sku_id, unit.item_id, unit.position))
    for item_id, group in groupby(by_item, key=lambda unit: unit.item_id):
        line = list(group)
        if line[0].source == Source.BY_HAND:
            _prepare_by_hand(moving, line)
            continue
        if line[0].source == Source.SUPPLIER:
            queue(line, now=moving.now)
            continue
        goods = sold[item_id] if item_id in sold else _sold(item_id, now=moving.now)
        if goods is None:
            _wait_for_stock(moving, line)
        else:
            _hand_over(moving, line, goods)


def _hand_over(moving: Moving, line: list[Unit], goods: "list[Goods]") -> None:
    for unit, one in zip(line, goods, strict=True):
        moving.move(
            unit,
            UnitState.DELIVERED,
            reason="from_stock",
            code_id=one.code_id,
            content_id=one.content_id,
            source=Source.OWN if one.code_id else Source.CONTENT,
            delivered_at=moving.now,
        )


def _wait_for_stock(moving: Moving, line: list[Unit]) -> None:
    """Paid, and what was held cannot be sold any more (expired, frozen): look again each minute."""
    for unit in line:
        if unit.state == UnitState.WAITING:
            unit.next_at = min(moving.now + LOOK_AGAIN, unit.review_until or moving.now)
            unit.save(update_fields=["next_at"])
        else:
            moving.move(
                unit,
                UnitState.WAITING,
                reason="out_of_stock",
                next_at=moving.now + LOOK_AGAIN,
                review_until=moving.now + STOCK_WITHIN,
            )


def _prepare_by_hand(moving: Moving, line: list[Unit]) -> None:
    until = moving.now + HAND_WITHIN
    for unit in line:
        moving.move(unit, UnitState.BY_HAND, reason="by_hand", next_at=until, review_until=until)


def _call_person(moving: Moving, units: Iterable[Unit]) -> None:
    until = moving.now + REVIEW_WITHIN
    for unit in units:
        reason = LATE[UnitState(unit.state)]
        moving.move(unit, UnitState.REVIEW, reason=reason, next_at=until, review_until=until)
        emit(UnitNeedsPerson(unit_id=unit.pk))
