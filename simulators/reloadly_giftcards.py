"""Reloadly's gift cards: products, orders, their cards and the reports of them."""

from re import Match

from simulators.money import to_e4
from simulators.reading import count_of, object_of, text_of
from simulators.records import Account, Purchase, Refusal, Refused, State, Wish
from simulators.reloadly_floor import Floor, Routes, identifier_of
from simulators.reloadly_words import (
    country_of,
    face_of,
    giftcard_of,
    giftcard_order_of,
    number_of,
    page_of,
)
from simulators.shop import Shop
from simulators.wire import Visit

ORDERS = "giftcards/orders"


class Giftcards:
    def __init__(self, shop: Shop) -> None:
        self._floor = Floor(shop, kinds=frozenset({"card"}))
        self.routes: Routes = {
            ("GET", "giftcards/products"): self._products,
            ("GET", r"giftcards/products/(\w+)"): self._product,
            ("GET", r"giftcards/products/(\w+)/redeem-instructions"): self._instructions,
            ("GET", r"giftcards/countries/(\w+)/products"): self._products_of_country,
            ("GET", "giftcards/discounts"): self._discounts,
            ("POST", ORDERS): self._buy,
            ("GET", r"giftcards/orders/transactions/(\d{1,18})/cards"): self._cards,
            ("GET", "giftcards/reports/transactions"): self._report,
            ("GET", r"giftcards/reports/transactions/(\d{1,18})"): self._transaction,
        }

    def _products(self, _visit: Visit, account: Account, _path: Match[str]) -> object:
        return page_of(giftcard_of(account, product) for product in self._floor.products())

    def _product(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        return giftcard_of(account, self._floor.product(path[1]))

    def _instructions(self, _visit: Visit, _account: Account, path: Match[str]) -> object:
        product = self._floor.product(path[1])
        return {
            "productId": number_of(product.id),
            "concise": "Enter the code at the checkout.",
            "verbose": "Enter the code at the checkout of the shop, one code at a time.",
        }

    def _products_of_country(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        goods = self._floor.products() if path[1] == country_of(account) else []
        return [giftcard_of(account, product) for product in goods]

    def _discounts(self, _visit: Visit, _account: Account, _path: Match[str]) -> object:
        return page_of(
            {
                "product": {"productId": number_of(product.id), "productName": product.name},
                "discountPercentage": 0,
            }
            for product in self._floor.products()
        )

    def _buy(self, visit: Visit, account: Account, _path: Match[str]) -> object:
        given = object_of(visit.body)
        product = self._floor.product(text_of(given, "productId"))
        text_of(given, "senderName")
        if to_e4(given.get("unitPrice")) != face_of(product):
            raise Refused(Refusal.PARAM, "IMPOSSIBLE_AMOUNT")
        wish = Wish(
            client_no=identifier_of(given),
            product=product,
            quantity=count_of(given, "quantity"),
            callback_url=account.callback_url,
            details={"recipientEmail": str(given.get("recipientEmail") or "")},
        )
        return self._told(account, self._floor.shop.buy(visit, account, wish))

    def _cards(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        purchase = self._floor.order(account, path[1])
        cards = purchase.cards if purchase.state == State.SUCCEEDED else ()
        return [
            {"cardNumber": card.number, "pinCode": card.password, "redemptionUrl": None}
            for card in cards
        ]

    def _report(self, visit: Visit, account: Account, _path: Match[str]) -> object:
        found = self._floor.orders(account, visit.client_no)
        return page_of(self._told(account, purchase) for purchase in found)

    def _transaction(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        return self._told(account, self._floor.order(account, path[1]))

    def _told(self, account: Account, purchase: Purchase) -> object:
        return giftcard_order_of(account, purchase, self._floor.product(purchase.product))
