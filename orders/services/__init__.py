"""An order's life. `_move` is the only place that writes `Order.state`."""

from core.rotation import SealedColumn
from orders.models import BUYER_FIELDS, MAIL, MESSAGE, PHONE, CaseMessage, Item, Order
from orders.services.cases import (
    ask_supplier,
    end_paid_back,
    flag_overdue,
    notice,
    open_case,
    resolve_case,
    say_in_case,
)
from orders.services.holding import hold, keep_goods, keep_held, release
from orders.services.looking import judge_look_up
from orders.services.moving import take_order
from orders.services.opening import ask_to_open, move_opening, take_held_opening
from orders.services.paying import (
    cancel,
    close_unpaid,
    complete,
    give_up,
    held_items,
    judge_payment,
    mark_paid,
    record_payment,
    start_fulfilling,
)
from orders.services.placing import draw_up, place, placed_before
from orders.services.screening import held_by, keep_refused

SEALED = (
    SealedColumn(model=Order, field="contact_phone", place=PHONE),
    SealedColumn(model=Order, field="contact_mail", place=MAIL),
    SealedColumn(model=Item, field="buyer_fields", place=BUYER_FIELDS),
    SealedColumn(model=CaseMessage, field="body", place=MESSAGE),
)

__all__ = [
    "SEALED",
    "ask_supplier",
    "ask_to_open",
    "cancel",
    "close_unpaid",
    "complete",
    "draw_up",
    "end_paid_back",
    "flag_overdue",
    "give_up",
    "held_by",
    "held_items",
    "hold",
    "judge_look_up",
    "judge_payment",
    "keep_goods",
    "keep_held",
    "keep_refused",
    "mark_paid",
    "move_opening",
    "notice",
    "open_case",
    "place",
    "placed_before",
    "record_payment",
    "release",
    "resolve_case",
    "say_in_case",
    "start_fulfilling",
    "take_held_opening",
    "take_order",
]
