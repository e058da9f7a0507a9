"""Paid, and a person looks at it before it goes on."""

from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from core.sheets import Sheet
from inventory import services as inventory
from inventory.types import HoldRequest
from orders.events import OrderHeld, OrderReleased
from orders.models import Order
from orders.services.moving import _move
from orders.services.paying import held_items
from orders.states import OrderState
from orders.types import Held


@tenant_atomic
def keep_goods(*, holds: list[HoldRequest], now: datetime) -> None:
    """Take from stock, without a limit of time, what an order that is stored already needs.

    Raises OutOfStock.
    """
    for hold in holds:
        inventory.reserve(request=hold, now=now)
        inventory.keep(item_id=hold.item_id, now=now)


@tenant_atomic
def keep_held(*, order: Order, now: datetime) -> None:
    """What was held for the order is held without a limit. Raises OutOfStock for what is gone."""
    for item in held_items(order):
        inventory.keep(item_id=item.pk, now=now)


@tenant_atomic(savepoint=False)
def hold(*, order: Order, held: Held, by: Actor, now: datetime, sheet: Sheet | None = None) -> None:
    """The paid order, taken by the caller and holding all it needs, waits for a decision.

    A caller who gives a `sheet` writes it.
    """
    _move(
        order,
        OrderState.HELD,
        by=by,
        reason=held.reason,
        now=now,
        sheet=sheet,
        tell=OrderHeld(order_id=order.pk, channel=order.channel),
        decide_by=held.until,
        held_then=held.then,
        may_lose=held.may_lose,
    )


@tenant_atomic
def release(*, order: Order, by: Actor, reason: str, now: datetime) -> None:
    """The held order, taken by the caller, goes on. Raises MoveRefused for any other."""
    news = OrderReleased(order_id=order.pk, channel=order.channel)
    _move(order, OrderState.FULFILLING, by=by, reason=reason, now=now, tell=news)
