"""Orders with boring defaults; call them inside the shop's scope."""

from datetime import timedelta
from itertools import count
from typing import Any

from catalog.models import Sku
from core.actors import SHOPPER, SYSTEM, Actor
from core.refs import new_token
from orders import services as orders
from orders.models import Case, Item, Order
from orders.states import UNPAID, CaseState, HeldThen, Recorded
from orders.types import Held, Line, OpenCase, PlaceOrder
from tests.catalog.factories import make_sku
from tests.inventory.factories import make_codes
from tests.payments.factories import hear, make_payment, posting
from tests.times import NOON

LI = Actor("user:2 li@example.com", user_id=None)
PRICE = 100_000  # ¥10.00, what a SKU of the factories costs
_numbers = count(1)


def a_request(sku: Sku, quantity: int = 1, **fields: Any) -> PlaceOrder:
    """A filled-in form: each call is a form of its own unless `request_key` says otherwise."""
    line = Line(sku_ref=sku.ref, quantity=quantity, buyer_fields=fields.pop("buyer_fields", {}))
    given: dict[str, Any] = {
        "lines": (line,),
        "request_key": f"form-{next(_numbers)}",
        "contact_phone": "138 0013 8000",
        "has_consented": True,
    }
    return PlaceOrder(**(given | fields))


def stocked_sku(codes: int = 1, **fields: Any) -> Sku:
    sku = make_sku(**fields)
    if codes:
        make_codes(sku, codes)
    return sku


def placed(sku: Sku | None = None, quantity: int = 1, *, now=NOON, **fields: Any) -> Order:
    sku = sku or stocked_sku(quantity)
    return orders.place(request=a_request(sku, quantity, **fields), now=now)


def captured(order: Order, *, now=NOON) -> Any:
    """The order's money, here, and not told to the order yet."""
    payment = make_payment(
        id=order.pk, ref=order.number, amount_e4=order.total_e4, currency=order.currency, now=now
    )
    hear(posting(payment, now=now), now=now)
    payment.refresh_from_db()
    return payment


def pay(order: Order, *, now=NOON) -> Recorded:
    payment = captured(order, now=now)
    return orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=now)


def hold(order: Order, *, now=NOON, **given: Any) -> Order:
    """Paid, with all that it needs, and a person has a day to decide."""
    pay(order, now=now)
    said = {
        "reason": "cost_above_price", "until": now + timedelta(days=1), "then": HeldThen.PAY_BACK
    }  # fmt: skip
    taken = orders.take_order(order_id=order.pk)
    orders.hold(order=taken, held=Held(**(said | given)), by=SYSTEM, now=now)
    return taken


def paid(sku: Sku | None = None, quantity: int = 1, *, now=NOON, **fields: Any) -> Order:
    order = placed(sku, quantity, now=now, **fields)
    pay(order, now=now)
    order.refresh_from_db()
    return order


def make_order(*, state: str = "placed", **fields: Any) -> Order:
    """A bare row in any state, without goods or money."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "number": f"20261122-T{number}",
        "token": new_token(),
        "state": state,
        "list_e4": PRICE,
        "total_e4": PRICE,
        "currency": "CNY",
        "request_key": f"row-{number}",
        "placed_at": NOON,
        "pay_until": NOON,
    }
    if state not in UNPAID:
        given |= {"paid_at": NOON, "payment_id": number}
    if state == "held":
        given |= {"decide_by": NOON, "held_then": HeldThen.PAY_BACK}
    return Order.objects.create(**(given | fields))


def make_item(order: Order, sku: Sku | None = None, **fields: Any) -> Item:
    sku = sku or make_sku()
    given: dict[str, Any] = {
        "order": order,
        "sku_id": sku.pk,
        "position": 1,
        "name": sku.product.name,
        "sku_name": sku.name,
        "kind": sku.kind,
        "promise": sku.promise,
        "quantity": 1,
        "unit_price_e4": sku.price_e4,
    }
    return Item.objects.create(**(given | fields))


def an_order(number: str) -> Order:
    """Not stored."""
    return Order(
        number=number, token=number, list_e4=0, total_e4=0, currency="CNY", request_key=number,
        placed_at=NOON, pay_until=NOON, adjustments=[{"kind": "coupon"}], phone_hash=b"\x00\x01",
    )  # fmt: skip


def an_item(order: Order, *, position: int = 1) -> Item:
    """Not stored."""
    return Item(
        order=order, sku=make_sku(), position=position, name="优酷", sku_name="年卡",
        kind="stock_code", promise="instant", quantity=1, unit_price_e4=0,
    )  # fmt: skip


def make_case(*, state: str = CaseState.OPEN, **fields: Any) -> Case:
    number = next(_numbers)
    given: dict[str, Any] = {
        "ref": f"CASE{number}",
        "order": fields.pop("order", None) or make_order(state="completed"),
        "kind": "code_fails",
        "state": state,
        "opened_at": NOON,
        "due_at": NOON,
    }
    return Case.objects.create(**(given | fields))


def open_case(order: Order, *, text: str = "It says: used already.", now=NOON, **fields: Any):
    given = OpenCase(order_id=order.pk, kind="code_fails", text=text, **fields)
    return orders.open_case(request=given, by=SHOPPER, now=now)
