"""An order in Fulu's words: what it is ordered with, and how its answer is read."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.abilities import ListedProduct
from suppliers.adapters.fulu_sealing import open_card
from suppliers.errors import Unspeakable
from suppliers.types import (
    Answer,
    BoughtCode,
    Kind,
    Outcome,
    PurchaseOrder,
)

_LISTED_KINDS = {"卡密": Kind.CODES, "直充": Kind.TOP_UP}
_ON_SALE, _NO_STOCK = "上架", "断货"
KINDS = {"1": Kind.PHONE, "3": Kind.CODES, "4": Kind.TOP_UP}
_STATES = {
    "untreated": Outcome.ACCEPTED,
    "processing": Outcome.ACCEPTED,
    "success": Outcome.SUCCESS,
    "failed": Outcome.FAILED,
}


def order_words(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    """The method, and what it is told; raises Unspeakable."""
    return _ADD[order.kind](order)


def read_order(found: Mapping[str, Any], *, kind: Kind | None, secret: Secret) -> Answer:
    outcome = _STATES.get(found["order_state"], Outcome.UNKNOWN)
    is_done = outcome is Outcome.SUCCESS
    codes = [_code(card, secret) for card in found.get("cards") or ()] if is_done else []
    if is_done and kind is Kind.CODES and not codes:
        outcome = Outcome.ACCEPTED  # an order's reply never has its cards: they are asked for
    cost = found.get("order_price")
    return Answer(
        outcome=outcome,
        supplier_ref=str(found["order_id"]),
        codes=tuple(codes),
        cost_e4=None if cost is None else read_e4(cost),
        reason=str(found["order_state"]),
        # A phone's credit is ordered by its value: the product is the supplier's own choice.
        product="" if kind is Kind.PHONE else str(found.get("product_id", "")),
        quantity=int(found["buy_num"]) if "buy_num" in found else None,
        target=str(found.get("charge_account") or ""),
    )


def read_product(line: Mapping[str, Any]) -> Iterator[ListedProduct]:
    """They tell no number of pieces, only whether there is one."""
    yield ListedProduct(
        product=str(line["product_id"]),
        name=str(line["product_name"]),
        kind=_LISTED_KINDS.get(line.get("product_type", "")),
        cost_e4=read_e4(line["purchase_price"]),
        is_on_sale=line["sales_status"] == _ON_SALE,
        stock=0 if line.get("stock_status") == _NO_STOCK else None,
    )


def _code(card: Mapping[str, str], secret: Secret) -> BoughtCode:
    number = card.get("card_number")
    return BoughtCode(
        number=Secret(open_card(number, secret)) if number else None,
        secret=Secret(open_card(card["card_pwd"], secret)),
        expires_on=_day(card.get("card_deadline")),
    )


def _day(text: str | None) -> date | None:
    """None too for a day in words ("for ever"): a code is not lost for its date."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _cards(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    return "fulu.order.card.add", {"product_id": int(order.product), "buy_num": order.quantity}


def _top_up(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    account = {"charge_account": order.target, "buy_num": order.quantity}
    return "fulu.order.direct.add", {**order.fields, "product_id": int(order.product), **account}


def _phone(order: PurchaseOrder) -> tuple[str, dict[str, Any]]:
    if order.quantity != 1:
        raise Unspeakable("phone credit is bought one by one")
    phone = {"charge_phone": order.target, "charge_value": order.face_value}
    return "fulu.order.mobile.add", phone


_ADD = {Kind.CODES: _cards, Kind.TOP_UP: _top_up, Kind.PHONE: _phone}
