"""An order is stored, and holds its goods or leaves them to who pays it at once."""

import hashlib
import json
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.errors import AppError, InvalidInput
from core.failpoints import reach
from core.outbox import emit
from core.rows import fetch
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from inventory import services as inventory
from inventory.types import HoldRequest
from orders.events import OrderPlaced
from orders.models import Order
from orders.selectors import items_of_order
from orders.services.drafting import write_down
from orders.services.limits import counted
from orders.types import PlaceOrder

_IN_FULL = json.JSONEncoder(ensure_ascii=False)


@tenant_atomic
def place(*, request: PlaceOrder, now: datetime, sheet: Sheet | None = None) -> Order:
    """Take an order and hold its goods for 15 minutes, all of them or none.

    The same form again (a double click, a second tab) is the order it made the first time. Raises
    NotForSale, InvalidInput (with `param`), TooMany, OutOfStock, TooManyHeld, RefusedByRules.

    Who gives a `sheet` writes it: only then an order of one thing is stored and its code held; or
    the sheet says that it was not, because the same form is an order already (`placed_before`).
    """
    key = _request_key(request)
    try:
        order, holds = write_down(request=request, key=key, now=now)
        holds = counted(holds)
    except AppError:
        # Nothing is refused that was taken a moment ago: the limits counted that order too.
        known = fetch(Order, "request_key = %s", key)
        if not known:
            raise
        return known[0]
    if _is_one_thing(order):
        own = sheet or Sheet()
        _put_down(order, sheet=own)
        _hold(holds, now=now, sheet=own)
        emit(OrderPlaced(order_id=order.pk), sheet=own)
        if sheet is None and not own.write():
            return placed_before(order)
    else:
        # Several things are held one after the other, and for an order that is there.
        own = Sheet()
        _put_down(order, sheet=own)
        if not own.write():
            return placed_before(order)
        _hold(holds, now=now)
        emit(OrderPlaced(order_id=order.pk))
    reach("orders.placed")
    return order


@tenant_atomic(savepoint=False)
def draw_up(*, request: PlaceOrder, now: datetime, sheet: Sheet) -> tuple[Order, list[HoldRequest]]:
    """An order on the sheet of a caller who pays it in the same transaction, and what it takes from
    stock: nothing is held for it.

    Raises as `place`. One with the same form is refused by the database when the sheet is written.
    """
    order, holds = write_down(request=request, key=_request_key(request), now=now)
    sheet.insert(order)
    sheet.insert(*items_of_order(order))
    _keep_look(order, sheet=sheet)
    emit(OrderPlaced(order_id=order.pk), sheet=sheet)
    return order, holds


def _keep_look(order: Order, *, sheet: Sheet) -> None:
    if order.looked is not None:
        sheet.insert(order.looked.row)


def _is_one_thing(order: Order) -> bool:
    lines = items_of_order(order)
    return len(lines) == 1 and lines[0].quantity == 1


def _put_down(order: Order, *, sheet: Sheet) -> None:
    """The order with its lines, unless its form made one before; nor then what comes after it."""
    sheet.insert(order, unless_there="order_request_once")
    sheet.only_if(order)
    sheet.insert(*items_of_order(order))
    _keep_look(order, sheet=sheet)
    reach("orders.drafted")


def placed_before(order: Order) -> Order:
    """The order that the same form made, where `order` was not stored because of it."""
    return fetch(Order, "request_key = %s", order.request_key)[0]


def _hold(holds: list[HoldRequest], *, now: datetime, sheet: Sheet | None = None) -> None:
    with whole():
        for hold in holds:
            inventory.reserve(request=hold, now=now, sheet=sheet)


def _request_key(request: PlaceOrder) -> str:
    """The form's key and what it says: the same form with another content is another order, so
    that a shopper who goes back and corrects the quantity does not get the first one."""
    if not 1 <= len(request.request_key) <= 200:
        raise InvalidInput(_("Please load the page again and fill it in once more."), param="form")
    said = [
        [line.sku_ref, line.quantity, sorted(line.buyer_fields.items())] for line in request.lines
    ]
    contact = [request.contact_phone, request.contact_mail, request.channel]
    discounts = [[each.kind, each.ref, each.amount_e4] for each in request.adjustments]
    whole = _IN_FULL.encode([request.request_key, said, contact, discounts])
    return hashlib.sha256(whole.encode()).hexdigest()
