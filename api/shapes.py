"""What the API answers: plain dictionaries, made here and described in `api.schemas`."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from channels.states import HoldReason, PaymentInState
from core.money import write_e4
from core.secrets import Secret
from fulfillment.states import Source, UnitState
from orders.states import HeldThen, OrderState

if TYPE_CHECKING:
    from channels.models import PaymentIn
    from fulfillment.models import Unit
    from fulfillment.types import AccountFound, UnitGoods
    from inventory.types import GoodsText
    from orders.models import Case, Item, Order
    from payments.models import Entry
    from payments.types import PaidFor

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_live: ContextVar[bool] = ContextVar("live", default=True)

# What a partner's program has to tell apart; the house's own states are more.
ORDER_STATES = {
    OrderState.PLACED: "processing",
    OrderState.PAID: "processing",
    OrderState.HELD: "held",
    OrderState.FULFILLING: "processing",
    OrderState.COMPLETED: "completed",
    OrderState.CLOSED: "canceled",
    OrderState.CANCELED: "canceled",
}
UNIT_STATES = {
    "delivered": "delivered",
    "refunded": "refunded",
    "replaced": "replaced",
    "canceled": "canceled",
    "unknown": "unconfirmed",
}


def states_told(told: str) -> list[OrderState]:
    """The house's states that are told as this one."""
    return [state for state, name in ORDER_STATES.items() if name == told]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitShown:
    """One thing of an order as its buyer's platform reads it; never stored, logged or sent else."""

    position: int
    state: str
    kind: str
    delivered_at: datetime | None
    card_no: Secret | None = None
    code: Secret | None = None
    expires_on: date | None = None
    held_until: datetime | None = None
    held_then: str = ""


@contextmanager
def told_of(*, is_live: bool) -> Iterator[None]:
    """What is told inside is of the shop itself, or of its sandbox."""
    token = _live.set(is_live)
    try:
        yield
    finally:
        _live.reset(token)


def titled(name: str) -> dict[str, Any]:
    """How every object begins: what it is, and whether it is real."""
    return {"object": name, "livemode": _live.get()}


def as_json(body: dict[str, Any]) -> bytes:
    return _JSON.encode(body).encode()


def sold_units(texts: Iterable["GoodsText"], *, now: datetime) -> list[UnitShown]:
    """Units that were delivered in this moment."""
    return [
        UnitShown(
            position=position,
            state="delivered",
            kind=text.kind,
            delivered_at=now,
            card_no=text.card_no,
            code=text.secret,
            expires_on=text.expires_on,
        )
        for position, text in enumerate(texts, start=1)
    ]


def stored_units(units: Iterable["Unit"], goods: Iterable["UnitGoods"]) -> list[UnitShown]:
    """Units as they are, with the goods of those that were delivered."""
    by_unit = {one.unit_id: one for one in goods}
    shown = []
    for unit in units:
        own = by_unit.get(unit.pk)
        shown.append(
            UnitShown(
                position=unit.position,
                state=UNIT_STATES.get(unit.state, "processing"),
                kind=own.kind if own else "",
                delivered_at=unit.delivered_at,
                card_no=own.card_no if own else None,
                code=own.secret if own else None,
                expires_on=own.expires_on if own else None,
                held_until=unit.review_until if unit.state == UnitState.REVIEW else None,
                # What a supplier may have bought is looked at again then.
                held_then="" if unit.source == Source.SUPPLIER else HeldThen.PAY_BACK,
            )
        )
    return shown


def order_body(
    *,
    order: "Order",
    item: "Item",
    sku_ref: str,
    partner_order_no: str,
    hold_reason: HoldReason | None,
    units: Iterable[UnitShown] | None = None,
) -> dict[str, Any]:
    """An order; with `units`, where the caller may read the goods. `hold_reason` of one that is
    held now."""
    body: dict[str, Any] = {
        **titled("order"),
        "ref": order.number,
        "partner_order_no": partner_order_no,
        "state": ORDER_STATES[OrderState(order.state)],
        "held": hold_reason and _held(hold_reason, until=order.decide_by, then=order.held_then),
        "sku": sku_ref,
        "quantity": item.quantity,
        "unit_price": write_e4(order.total_e4 // item.quantity),
        "total": write_e4(order.total_e4),
        "currency": order.currency,
        "created_at": _moment(order.placed_at),
        "ended_at": _moment(order.ended_at),
    }
    if units is not None:
        body["units"] = [_unit_body(unit) for unit in units]
    return body


def _held(reason: HoldReason, *, until: datetime | None, then: str) -> dict[str, Any]:
    return {
        "reason": reason.value,
        "message": str(reason.label),
        "until": _moment(until),
        "then": then or None,
    }


def _unit_body(unit: UnitShown) -> dict[str, Any]:
    until = unit.held_until
    return {
        "position": unit.position,
        "state": unit.state,
        "held": until and _held(HoldReason.REVIEW, until=until, then=unit.held_then),
        "kind": unit.kind or None,
        "card_no": unit.card_no.reveal() if unit.card_no else None,
        "code": unit.code.reveal() if unit.code else None,
        "expires_on": unit.expires_on.isoformat() if unit.expires_on else None,
        "delivered_at": _moment(unit.delivered_at),
    }


def _moment(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def refund_request_body(*, case: "Case", order_ref: str, position: int | None) -> dict[str, Any]:
    return {
        **titled("refund_request"),
        "ref": case.ref,
        "order": order_ref,
        "position": position,
        "kind": case.kind,
        "state": case.state,
        "opened_at": _moment(case.opened_at),
        "due_at": _moment(case.due_at),
        "ended_at": _moment(case.ended_at),
    }


def account_body(*, found: "AccountFound") -> dict[str, Any]:
    """`verdict`: `yes`, `no` (`message` says why), or `unknown`: order, and it is seen then."""
    return {
        **titled("account_check"),
        "verdict": str(found.verdict),
        "field": found.key or None,
        "message": found.text or None,
    }


def balance_body(*, balance_e4: int, floor_e4: int, currency: str) -> dict[str, Any]:
    """`available` is what may still be spent: down to the credit line."""
    return {
        **titled("balance"),
        "balance": write_e4(balance_e4),
        "credit_limit": write_e4(-floor_e4),
        "available": write_e4(balance_e4 - floor_e4),
        "currency": currency,
    }


def entry_body(*, entry: "Entry", paid_for: "PaidFor | None") -> dict[str, Any]:
    """`order` or `payment`: what the money was paid for."""
    is_payment = paid_for is not None and paid_for.is_balance
    ref = paid_for and paid_for.ref
    return {
        **titled("entry"),
        "ref": entry.journal.ref,
        "kind": entry.journal.kind,
        "amount": write_e4(entry.amount_e4),
        "currency": entry.currency,
        "order": None if is_payment else ref,
        "payment": ref if is_payment else None,
        "at": _moment(entry.journal.at),
    }


def payment_in_body(*, asked: "PaymentIn", shop: str, now: datetime) -> dict[str, Any]:
    """`pay_url` is where it is paid, while it can be: on the page at the address `shop`. `entry` is
    what it became on the balance."""
    state = asked.state_at(now)
    return {
        **titled("payment"),
        "ref": asked.ref,
        "state": str(state),
        "amount": write_e4(asked.amount_e4),
        "currency": asked.currency,
        "reference": asked.reference or None,
        "return_url": asked.return_url or None,
        "pay_url": f"{shop}balance/{asked.token}/" if state == PaymentInState.OPEN else None,
        "created_at": _moment(asked.asked_at),
        "expires_at": _moment(asked.expires_at),
        "paid_at": _moment(asked.paid_at),
        "entry": f"capture:{asked.number}" if asked.number else None,
    }
