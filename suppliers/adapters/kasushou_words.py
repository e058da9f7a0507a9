"""How Kasushou's words on an order, and on what it sells, are read."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.abilities import ListedProduct
from suppliers.adapters.listing import stock_of
from suppliers.types import Answer, BoughtCode, Kind, Outcome

_STATES = {
    -1: Outcome.ACCEPTED,
    1: Outcome.ACCEPTED,
    2: Outcome.ACCEPTED,
    3: Outcome.SUCCESS,
    4: Outcome.FAILED,
    5: Outcome.FAILED,
}
_LISTED_KINDS = {"1": Kind.CODES, "2": Kind.TOP_UP}
_ON_SALE = "1"


def read_product(line: Mapping[str, Any]) -> Iterator[ListedProduct]:
    """The number of pieces counts for cards only: a top-up has none that runs out."""
    kind = _LISTED_KINDS.get(str(line.get("goods_type")))
    yield ListedProduct(
        product=str(line["id"]),
        name=str(line["goods_name"]),
        kind=kind,
        cost_e4=read_e4(line["goods_price"]),
        is_on_sale=str(line["status"]) == _ON_SALE and str(line.get("can_buy", 1)) != "0",
        stock=stock_of(line.get("stock_num")) if kind is Kind.CODES else None,
    )


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
