"""What money does to an order, and what its absence does."""

from collections.abc import Iterable
from datetime import datetime

from core.actors import SYSTEM, Actor
from core.failpoints import reach
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from inventory import services as inventory
from orders.events import OrderCanceled, OrderClosed, OrderCompleted, OrderPaid
from orders.models import Item, Order
from orders.selectors import items_of_order
from orders.services.drafting import HELD_KINDS
from orders.services.moving import _move, take_order
from orders.states import GIVEN_UP, OrderState, Recorded
from payments import services as payments


@tenant_atomic
def record_payment(*, order_id: int, payment_id: int, by: Actor, now: datetime) -> Recorded:
    """The money is here: pay the order, once; who hears OrderPaid delivers it.

    SAME: this payment was recorded before. SECOND: another one paid the order, the caller refunds
    this one. Late money for a closed order takes its codes again, or raises OutOfStock: the caller
    keeps the payment and refunds it.
    """
    order = take_order(order_id=order_id)
    recorded = judge_payment(order=order, payment_id=payment_id)
    if recorded == Recorded.PAID:
        with whole():
            for item in held_items(order):
                inventory.keep(item_id=item.pk, now=now)
        mark_paid(order=order, payment_id=payment_id, by=by, now=now)
    return recorded


def judge_payment(*, order: Order, payment_id: int) -> Recorded:
    """What this payment is to an order that the caller has taken: PAID if it is the first."""
    if order.payment_id is None:
        return Recorded.PAID
    return Recorded.SAME if order.payment_id == payment_id else Recorded.SECOND


@tenant_atomic(savepoint=False)
def mark_paid(
    *, order: Order, payment_id: int, by: Actor, now: datetime, sheet: Sheet | None = None
) -> None:
    """The order, taken by the caller and holding all it needs, is paid.

    A caller who gives a `sheet` writes it.
    """
    is_late = order.state == OrderState.CLOSED
    _move(
        order,
        OrderState.PAID,
        by=by,
        reason="late_payment" if is_late else "payment_received",
        now=now,
        paid_at=now,
        payment_id=payment_id,
        ended_at=None,
        tell=OrderPaid(order_id=order.pk),
        sheet=sheet,
    )
    reach("orders.paid")


@tenant_atomic
def close_unpaid(*, order_id: int, now: datetime) -> bool:
    """Nobody paid in time: the goods go back on the shelf. Safe to call at any time."""
    order = take_order(order_id=order_id)
    if order.state != OrderState.PLACED or order.pay_until > now:
        return False
    _close(order, by=SYSTEM, reason="not_paid_in_time", now=now)
    return True


@tenant_atomic
def give_up(*, order_id: int, by: Actor, now: datetime) -> bool:
    """The buyer does not want it any more: closed before its time, if nobody has paid.

    Money that is on its way all the same is late money.
    """
    order = take_order(order_id=order_id)
    if order.state != OrderState.PLACED:
        return False
    _close(order, by=by, reason=GIVEN_UP, now=now)
    return True


def _close(order: Order, *, by: Actor, reason: str, now: datetime) -> None:
    give_back(held_items(order), now=now)
    payments.close_payments_of(payable_id=order.pk, now=now)
    _move(
        order,
        OrderState.CLOSED,
        by=by,
        reason=reason,
        now=now,
        ended_at=now,
        tell=OrderClosed(order_id=order.pk),
    )


@tenant_atomic(savepoint=False)
def start_fulfilling(*, order: Order, by: Actor, now: datetime, sheet: Sheet | None = None) -> None:
    """The order, taken by the caller, is being delivered.

    A caller who gives a `sheet` writes it.
    """
    if order.state != OrderState.FULFILLING:
        _move(order, OrderState.FULFILLING, by=by, reason="delivery_started", now=now, sheet=sheet)


@tenant_atomic(savepoint=False)
def complete(*, order: Order, by: Actor, now: datetime, sheet: Sheet | None = None) -> None:
    """All that was promised has found its end: from paid as well, when it took no time.

    A caller who gives a `sheet` writes it.
    """
    path = [OrderState.FULFILLING, OrderState.COMPLETED]
    if order.state == OrderState.FULFILLING:
        path = path[1:]
    done = OrderCompleted(order_id=order.pk, channel=order.channel)
    _move(
        order, *path, by=by, reason="all_delivered", now=now, sheet=sheet, ended_at=now, tell=done
    )


@tenant_atomic
def cancel(*, order_id: int, reason: str, by: Actor, now: datetime) -> Order:
    """Give up a paid order of which nothing was delivered; the caller pays the money back."""
    order = take_order(order_id=order_id)
    if order.state == OrderState.CANCELED:
        return order
    give_back(held_items(order), now=now)
    given_up = OrderCanceled(order_id=order.pk, channel=order.channel)
    _move(order, OrderState.CANCELED, by=by, reason=reason, now=now, ended_at=now, tell=given_up)
    return order


def held_items(order: Order) -> list[Item]:
    """The lines that stock holds something for, in the order in which codes are locked."""
    items = items_of_order(order)
    return sorted((item for item in items if item.kind in HELD_KINDS), key=lambda item: item.sku_id)


def give_back(items: Iterable[Item], *, now: datetime) -> None:
    for item in items:
        inventory.release(item_id=item.pk, now=now)
