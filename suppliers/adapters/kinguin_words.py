"""How Kinguin's word on an order is read."""

from collections.abc import Mapping
from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.errors import NoAnswer
from suppliers.types import Answer, BoughtCode, Outcome

_STATES = {
    "processing": Outcome.ACCEPTED,
    "completed": Outcome.SUCCESS,
    "canceled": Outcome.FAILED,
    "refunded": Outcome.FAILED,
}
# Not `OrderFailed`, which they say may be tried again: it may yet become an order.
_INVALID, _REFUSALS = "ConstraintViolation", {"InsufficientBalance", "ProductUnavailable"}
_NUMBER = "orderExternalId"


def is_duplicate(status: int, found: Mapping[str, Any]) -> bool:
    """The order is invalid for its number: it is there already."""
    words = f"{found.get('propertyPath', '')} {found.get('detail', '')}"
    return 400 <= status < 500 and found.get("kind") == _INVALID and _NUMBER in words


def is_refusal(status: int, found: Mapping[str, Any]) -> bool:
    return 400 <= status < 500 and found.get("kind") in _REFUSALS | {_INVALID}


def read_order(found: Mapping[str, Any], *, codes: tuple[BoughtCode, ...]) -> Answer:
    outcome = _STATES.get(found["status"], Outcome.UNKNOWN)
    if outcome is Outcome.SUCCESS and not codes:
        outcome = Outcome.ACCEPTED  # its keys are asked for
    items = found["products"]  # several, if several sellers share it
    (product,) = {str(item["productId"]) for item in items}
    paid = found.get("paymentPrice")
    return Answer(
        outcome=outcome,
        supplier_ref=str(found["orderId"]),
        codes=codes,
        cost_e4=read_e4(found["totalPrice"] if paid is None else paid),
        reason=str(found["status"]),
        product=product,
        quantity=sum(int(item["qty"]) for item in items),
    )


def read_code(key: Mapping[str, Any]) -> BoughtCode:
    serial, kind = key["serial"], str(key["type"])
    if not kind.startswith("text/") or not isinstance(serial, str) or not serial:
        raise NoAnswer(f"a key that is no text but {kind[:20]}")
    return BoughtCode(secret=Secret(serial))
