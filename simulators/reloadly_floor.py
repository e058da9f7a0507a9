"""Reloadly's two counters share a floor: products by kind, orders by number or by identifier."""

from collections.abc import Callable, Mapping
from re import Match
from typing import Any

from simulators.records import Account, Product, Purchase, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Visit

NAME = "reloadly"
Deed = Callable[[Visit, Account, Match[str]], object]
Routes = Mapping[tuple[str, str], Deed]


class Floor:
    """Sees only purchases and products of its own kinds."""

    def __init__(self, shop: Shop, *, kinds: frozenset[str]) -> None:
        self.shop, self._kinds = shop, kinds

    def products(self) -> list[Product]:
        return [p for p in self.shop.ledger.products(NAME) if p.kind in self._kinds]

    def product(self, key: object) -> Product:
        product = self.shop.ledger.find_product(NAME, str(key))
        if product is None or product.kind not in self._kinds:
            raise Refused(Refusal.NO_PRODUCT)
        return product

    def order(self, account: Account, key: str) -> Purchase:
        found = self.shop.ledger.find_by_key(int(key))
        if found is None or not self._is_here(account, found):
            raise Refused(Refusal.NO_ORDER)
        return self.shop.ask(account, found.ref, by="ref")

    def orders(self, account: Account, identifier: str) -> list[Purchase]:
        """One or none."""
        try:
            found = self.shop.ask(account, identifier)
        except Refused:
            return []
        return [found] if self._is_here(account, found) else []

    def _is_here(self, account: Account, purchase: Purchase) -> bool:
        owner = (purchase.protocol, purchase.account)
        return owner == (NAME, account.id) and purchase.kind in self._kinds


def identifier_of(given: Mapping[str, Any]) -> str:
    value = given.get("customIdentifier")
    return "" if value is None else str(value)
