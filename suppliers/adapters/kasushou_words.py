"""How Kasushou's word on an order is read."""

from collections.abc import Mapping
from typing import Any

from core.secrets import Secret
from suppliers.types import Answer, BoughtCode, Outcome, read_e4

_STATES = {
    -1: Outcome.ACCEPTED,
    1: Outcome.ACCEPTED,
    2: Outcome.ACCEPTED,
    3: Outcome.SUCCESS,
    4: Outcome.FAILED,
    5: Outcome.FAILED,
}


def read_order(found: Mapping[str, Any]) -> Answer:
    outcome = _STATES.get(int(found["status"]), Outcome.UNKNOWN)
    cost, back = read_e4(found["total_price"]), read_e4(found.get("has_back_money") or "0")
    if outcome is Outcome.FAILED and back < cost:
        # Part of the money is back, or none of it yet: what of the goods, nobody has said.
        outcome = Outcome.UNKNOWN
    codes: tuple[BoughtCode, ...] = ()
    if outcome is Outcome.SUCCESS:
        codes = tuple(map(_code, found.get("card_list") or ()))
    return Answer(
        outcome=outcome,
        supplier_ref=str(found["ordersn"]),
        codes=codes,
        cost_e4=cost - back,
        reason=str(found.get("recharge_hints") or f"status {found['status']}"),
    )


def _code(card: Mapping[str, str]) -> BoughtCode:
    number = card.get("card_no")
    return BoughtCode(
        number=Secret(number) if number else None, secret=Secret(card["card_password"])
    )
