"""The one door through which an order's state moves; its history row goes with it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotFound
from core.states import check_move
from orders.models import Order, OrderMove
from orders.states import MOVES, OrderState


def take_order(*, order_id: int) -> Order:
    """The order, locked until the transaction ends: whoever moves it or its units holds it."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).filter(pk=order_id).first()
    if order is None:
        raise NotFound(_("There is no such order."))
    return order


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
    order.state = old
    for name, value in also.items():
        setattr(order, name, value)
    order.save(update_fields=["state", *also])
    OrderMove.objects.bulk_create(rows)
