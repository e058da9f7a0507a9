"""The one door through which an order's state moves; its history row goes with it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotFound
from core.outbox import Event, emit
from core.rows import fetch_with
from core.sheets import Sheet
from core.states import check_move
from orders.models import Item, Order, OrderMove
from orders.states import MOVES, OrderState


def take_order(*, order_id: int) -> Order:
    """The order, locked until the transaction ends: whoever moves it or its units holds it.

    Its lines come with it.
    """
    lines = fetch_with(
        Item, "order", "above.id = %s ORDER BY own.position FOR NO KEY UPDATE OF above", order_id
    )
    if not lines:
        raise NotFound(_("There is no such order."))
    order = lines[0].order
    order.lines = lines
    return order


def _move(
    order: Order,
    *path: OrderState,
    by: Actor,
    reason: str,
    now: datetime,
    tell: Event | None = None,
    sheet: Sheet | None = None,
    **also: Any,
) -> None:
    """Move a locked order along `path`, or raise MoveRefused, writing `also` in the same update.

    `tell` is the news of it. Who gives a `sheet` writes it.
    """
    own, old = sheet or Sheet(), OrderState(order.state)
    if old == OrderState.HELD:
        also |= {"decide_by": None, "held_then": ""}
    own.change(order, state=path[-1], **also)
    for new in path:
        check_move(MOVES, old, new)
        own.note(OrderMove, order=order, old=old, new=new, by=by.label, reason=reason[:60], at=now)
        old = new
    if tell is not None:
        emit(tell, sheet=own)
    if sheet is None:
        own.write()
    order.state = old
    for name, value in also.items():
        setattr(order, name, value)
