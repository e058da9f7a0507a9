"""Kinguin's orders: what is placed, found again, downloaded and returned."""

import time
from collections.abc import Sequence
from decimal import Decimal
from re import Match

from simulators.kinguin_errors import NoKeysToReturn
from simulators.kinguin_goods import Given, Goods, page_and_limit
from simulators.kinguin_words import key_states, keys_of, order_of, page_of
from simulators.money import to_e4
from simulators.reading import object_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Visit

MOST_PRODUCTS, MOST_OF_ONE = 10, 9  # which makes the ninety together that are published, too
RETURN_S = 86_400


class Orders:
    def __init__(self, shop: Shop, goods: Goods) -> None:
        self._shop, self._goods = shop, goods

    def place(self, visit: Visit, account: Account, path: Match[str], _asked: Given) -> object:
        given = object_of(visit.body)
        number = given.get("orderExternalId")
        if not isinstance(number, str | None):
            raise Refused(Refusal.PARAM, "orderExternalId")
        visit.client_no = number or ""
        line = _only_line(given, name="kinguinId" if path[1] == "v1" else "productId")
        product = self._goods.wanted(line, version=path[1])
        wish = _wish(account, line, product=product, client_no=visit.client_no)
        bought = self._shop.buy(visit, account, wish)
        return order_of(bought, product, with_keys=False)

    def one(self, _visit: Visit, account: Account, path: Match[str], _asked: Given) -> object:
        return self._told(self._shop.ask(account, path[2], by="ref"))

    def search(self, _visit: Visit, account: Account, _path: Match[str], asked: Given) -> object:
        page, limit = page_and_limit(asked)
        found = [p for p in self._candidates(account, asked) if self._is_meant(p, asked)]
        shown = [self._told(p) for p in page_of(found, page=page, limit=limit)]
        return {"results": shown, "item_count": len(found)}

    def keys(self, _visit: Visit, account: Account, path: Match[str], asked: Given) -> object:
        purchase = self._shop.ask(account, path[2], by="ref")
        page, limit = page_and_limit(asked)
        keys = page_of(keys_of(purchase, self._goods.of(purchase)), page=page, limit=limit)
        if keys:
            self._shop.ledger.note_in(purchase, claimed=True)
        return keys

    def give_back(self, _visit: Visit, account: Account, path: Match[str], _asked: Given) -> object:
        """The states told are those of before the money went back."""
        purchase = self._shop.ask(account, path[2], by="ref")
        since = time.time() - (purchase.finished_at or 0)
        if purchase.state != State.SUCCEEDED or purchase.details.get("claimed"):
            raise NoKeysToReturn("not delivered, claimed or returned before")
        if since > account.options.get("return_s", RETURN_S):
            raise NoKeysToReturn("too late")
        self._shop.refund(purchase.id)
        return key_states(purchase)

    def client_no(self, account: Account, path: Match[str], asked: Given) -> str:
        """Whose order a query is about, in the client's own words."""
        if "/order/" not in path.string:
            return str(asked.get("orderExternalId", ""))
        found = self._shop.ledger.find_purchase(account, number=path[2], by="ref")
        return (found.client_no or "") if found else ""

    def _candidates(self, account: Account, asked: Given) -> Sequence[Purchase]:
        """Those that may be seen, the newest first; without a number, all there are."""
        if asked.get("orderExternalId"):
            return self._seen(account, [asked["orderExternalId"]], by="client_no")
        if asked.get("orderId"):
            return self._seen(account, [asked["orderId"]], by="ref")
        return self._seen(account, self._shop.ledger.refs_of(account), by="ref")

    def _seen(self, account: Account, numbers: Sequence[str], *, by: str) -> Sequence[Purchase]:
        seen = []
        for number in numbers:
            try:
                seen.append(self._shop.ask(account, number, by=by))
            except Refused:
                continue
        return seen

    def _is_meant(self, purchase: Purchase, asked: Given) -> bool:
        told = order_of(purchase, self._goods.of(purchase))
        facts = {**told["products"][0], **told}
        names = ("orderExternalId", "orderId", "status", "productId", "kinguinId")
        return all(str(facts[name]) == asked[name] for name in names if asked.get(name))

    def _told(self, purchase: Purchase) -> object:
        return order_of(purchase, self._goods.of(purchase))


def _only_line(given: Given, *, name: str) -> Given:
    """Hold the limits of several products against the order, and then allow it one."""
    lines = given.get("products")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_PRODUCTS:
        raise Refused(Refusal.PARAM, "products")
    for place, line in enumerate(lines):
        _check(line, at=f"products[{place}]", name=name)
    if len(lines) > 1:
        raise Refused(Refusal.PARAM, f"products[1].{name}")
    return dict(lines[0])


def _check(line: object, *, at: str, name: str) -> None:
    if not isinstance(line, dict):
        raise Refused(Refusal.PARAM, at)
    if type(line.get(name)) is not (int if name == "kinguinId" else str):
        raise Refused(Refusal.PARAM, f"{at}.{name}")
    if type(line.get("qty")) is not int or not 1 <= line["qty"] <= MOST_OF_ONE:
        raise Refused(Refusal.PARAM, f"{at}.qty")
    if type(line.get("price")) not in {int, Decimal} or not (to_e4(line["price"]) or 0) > 0:
        raise Refused(Refusal.PARAM, f"{at}.price")
    if line.get("keyType") not in (None, "text"):
        raise Refused(Refusal.PARAM, f"{at}.keyType")


def _wish(account: Account, line: Given, *, product: Product, client_no: str) -> Wish:
    price_e4 = to_e4(line["price"])
    return Wish(
        client_no=client_no,
        product=product,
        quantity=line["qty"],
        ceiling_e4=price_e4,
        callback_url=account.callback_url,
        details={"requested_e4": price_e4, "key_type": line.get("keyType")},
    )
