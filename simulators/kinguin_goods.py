"""Kinguin's catalogue: one offer a product, listed while it can be bought."""

from collections.abc import Mapping
from re import Match
from typing import Any

from simulators.kinguin_errors import NotShown
from simulators.kinguin_words import kinguin_id, offer_of, page_of, product_of
from simulators.reading import count_of
from simulators.records import Account, Product, Purchase, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Visit

NAME = "kinguin"
USUAL_LIMIT, HIGHEST_LIMIT = 25, 100
Given = Mapping[str, Any]


class Goods:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def search(self, _visit: Visit, _account: Account, _path: Match[str], asked: Given) -> object:
        page, limit = page_and_limit(asked)
        found = [product for product in self._shown() if _is_meant(product, asked)]
        results = [product_of(product) for product in page_of(found, page=page, limit=limit)]
        return {"results": results, "item_count": len(found)}

    def one(self, _visit: Visit, _account: Account, path: Match[str], _asked: Given) -> object:
        product = self._find(path[2], path[1])
        if product is None or not _is_shown(product):
            raise NotShown
        return product_of(product)

    def wanted(self, line: Given, *, version: str) -> Product:
        """What a line of an order names; another's offer is as good as none."""
        product = self._find(str(line["kinguinId" if version == "v1" else "productId"]), version)
        if product is None or line.get("offerId") not in (None, offer_of(product)):
            raise Refused(Refusal.NO_PRODUCT)
        return product

    def of(self, purchase: Purchase) -> Product:
        """An order outlives the listing of its product, and shows its bare number then."""
        found = self._shop.ledger.find_product(NAME, purchase.product)
        return found or Product(protocol=NAME, id=purchase.product)

    def _find(self, key: str, version: str) -> Product | None:
        if version == "v2":
            return self._shop.ledger.find_product(NAME, key)
        listed = self._shop.ledger.products(NAME)
        return next((product for product in listed if str(kinguin_id(product)) == key), None)

    def _shown(self) -> list[Product]:
        return [product for product in self._shop.ledger.products(NAME) if _is_shown(product)]


def page_and_limit(asked: Given) -> tuple[int, int]:
    page = count_of({"page": asked.get("page", 1)}, "page")
    limit = count_of({"limit": asked.get("limit", USUAL_LIMIT)}, "limit", most=HIGHEST_LIMIT)
    return page, limit


def _is_shown(product: Product) -> bool:
    return product.state == "on" and product.stock > 0


def _is_meant(product: Product, asked: Given) -> bool:
    """`productId` and `kinguinId` are lists with commas, `name` a part of the name."""
    told = {"productId": product.id, "kinguinId": str(kinguin_id(product))}
    listed = all(told[key] in asked[key].split(",") for key in told if asked.get(key))
    return listed and str(asked.get("name", "")).lower() in product.name.lower()
