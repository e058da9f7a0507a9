"""Reloadly gift cards. Its quirk: a finished order's cards may come later than its state."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.secrets import Secret
from suppliers.abilities import ListedProduct
from suppliers.adapters.listing import LONGEST_LIST, Line, every_page, list_in, read_lines
from suppliers.adapters.reloadly import Reloadly
from suppliers.adapters.reloadly_words import (
    Refused,
    number_of,
    read_product,
    read_refused,
    rounded_e4,
    state_of,
)
from suppliers.errors import NoAnswer, Unspeakable
from suppliers.types import Answer, BoughtCode, Kind, Outcome, PurchaseOrder

_ON_A_PAGE, _MOST_PAGES = 200, 100
_SENDER = "Quanyi"  # unless the order has another in its fields


class ReloadlyGiftCards(Reloadly):
    name = "reloadly_gift_cards"
    audience = "https://giftcards.reloadly.com"
    accept = "application/com.reloadly.giftcards-v1+json"

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        """`face_value` is a card's, in the currency that is on it."""
        if order.kind is not Kind.CODES or order.face_value <= 0:
            raise Unspeakable("cards of a known value are bought here")
        self._check_currency()
        said = {
            "senderName": _SENDER,
            **order.fields,
            "productId": number_of(order.product),
            "quantity": order.quantity,
            "unitPrice": order.face_value,
            "customIdentifier": number,
        }
        try:
            found = self._post("/orders", said)
        except Refused as refusal:
            return read_refused(refusal)
        if found["customIdentifier"] != number:
            raise NoAnswer("an answer about another order")
        return self._read(found, codes=())

    def query(self, *, number: str) -> Answer:
        found = self._found("/reports/transactions", number)
        if found is None:
            return Answer(outcome=Outcome.UNKNOWN, reason="no such order", is_absent=True)
        is_done = state_of(found) is Outcome.SUCCESS
        return self._read(found, codes=self._cards(found["transactionId"]) if is_done else ())

    def products(self, *, only: str = "") -> Iterator[ListedProduct]:
        def ask(number: int) -> list[Line]:
            path = f"/products?size={_ON_A_PAGE}&page={number}"
            return list_in(self._get(path, most_bytes=LONGEST_LIST), name="content")

        if only:
            return _lines([self._get(f"/products/{number_of(only)}")])
        return every_page(ask, read=_lines, most=_MOST_PAGES)

    def _cards(self, transaction: str) -> tuple[BoughtCode, ...]:
        cards = self._get(f"/orders/transactions/{int(transaction)}/cards")
        if not isinstance(cards, list):
            raise NoAnswer("the cards are no list")
        return tuple(map(_code, cards))

    def _read(self, found: Mapping[str, Any], *, codes: tuple[BoughtCode, ...]) -> Answer:
        outcome, product = state_of(found), found["product"]
        if outcome is Outcome.SUCCESS and not codes:
            outcome = Outcome.ACCEPTED  # its cards are asked for
        return Answer(
            outcome=outcome,
            supplier_ref=str(found["transactionId"]),
            codes=codes,
            cost_e4=rounded_e4(found["amount"]),
            reason=str(found["status"]),
            product=str(product["productId"]),
            quantity=int(product["quantity"]),
        )


def _lines(lines: list[Line]) -> Iterator[ListedProduct]:
    return read_lines(lines, key="productId", read=read_product)


def _code(card: Mapping[str, Any]) -> BoughtCode:
    """A number and its PIN, or the one of them that there is, or a link to redeem."""
    words = [card.get(name) for name in ("cardNumber", "pinCode", "redemptionUrl")]
    given = [word for word in words if isinstance(word, str) and word]
    if not given:
        raise NoAnswer("a card without a code")
    has_both = bool(words[0] and words[1])
    return BoughtCode(
        number=Secret(given[0]) if has_both else None,
        secret=Secret(given[1] if has_both else given[0]),
    )
