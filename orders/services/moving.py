"""The one door through which an order's state moves; its history row goes with it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotFound
from core.rows import change, fetch, insert
from core.states import check_move
from orders.models import Order, OrderMove
from orders.states import MOVES, OrderState


def take_order(*, order_id: int) -> Order:
    """The order, locked until the transaction ends: whoever moves it or its units holds it."""
    found = fetch(Order, "id = %s FOR NO KEY UPDATE", order_id)
    if not found:
        raise NotFound(_("There is no such order."))
    return found[0]


def _move(
    order: Order, *path: OrderState, by: Actor, reason: str, now: datetime, **also: Any
) -> None:
    """Move a locked order along `path`, or raise MoveRefused, writing `also` in the same update."""
    old, rows = OrderState(order.state), []
    for new in path:
        check_move(MOVES, old, new)
        rows.append(
            OrderMove(order=order, old=old, new=new, by=by.label, reason=reason[:60], at=now)
        )
        old = new
    change(order, state=old, **also)
    order.state = old
    for name, value in also.items():
        setattr(order, name, value)
    insert(rows)
