"""Kinguin's ESA API (balance, products, orders, keys; v1 and v2, as far as each of them goes).

The base address is /kinguin/esa/api. An account's secret is its API key, all that a request tells
of who sent it; its id is any name. Products are of kind `card`; a product's id is the `productId`,
from which the `kinguinId` and the one `offerId` follow. The ledger's yuan stand for euros. Webhooks
go to the account's callback_url with the option `webhook_secret` (the API key) in the clear:
`order.status`, and where the option `events` lists it `product.update` after it. A lie with the
right secret has an older `updatedAt` than the truth. Replies carry no signature.

Only an order of one product is played, up to nine pieces of it: the second product of a larger one
is refused as a wrong parameter, as is whatever passes the published limits.

Guesses, where nothing is published:
guess: an `orderExternalId` seen before is a ConstraintViolation of that property, unless the option
`duplicates` names another kind (OrderFailed, ResourceLock) or says `original`; without one nothing
is recognised;
guess: "busy" is the kind Error (HTTP 500), or the one that the option `busy` names (HttpClient with
503, ResourceLock with 409);
guess: a refused order is HTTP 422, as OrderFailed is known to be; an order that is not there 404;
guess: the error's body is the one that clients have published: `type` for the documented `title`;
guess: `price` is the most that one piece may cost, a number and not text; above it, without stock,
off the shelf or under an unknown id an order is ProductUnavailable;
guess: a product that cannot be bought is not listed, and alone HttpClient with 404;
guess: what fails is `canceled` and its money comes back; refunded in part is `refunded`, too;
guess: keys that are not there yet, or no longer theirs, are missing from the list;
guess: without keyType `text` every other key is a picture, in which the serial follows its first
eight bytes;
guess: a downloaded key counts as claimed, so that its order cannot be returned; a return is in time
for the option `return_s` (86400) seconds, and tells the states of the keys from before it;
guess: troubles with clocks are Authorization.
Pre-orders, wholesale, coupons, dispatching, regions, platforms, genres and the filters by date are
not played; a return that is asked for before the delivery is refused and not remembered.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from re import Match
from urllib.parse import parse_qsl

from simulators.dialect import News, Telling
from simulators.kinguin_errors import error_of
from simulators.kinguin_goods import NAME, Given, Goods
from simulators.kinguin_orders import Orders
from simulators.kinguin_words import STATUSES, amount, clock, stock_of
from simulators.records import Account, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT, PUBLIC = "/kinguin/esa/api/", "/api/"
PLACE = ("POST", r"(v[12])/order")
ORDER = r"(v[12])/order/(\w+)"
Deed = Callable[[Visit, Account, Match[str], Given], object]


class Kinguin:
    name = NAME
    ack = ""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._goods = Goods(shop)
        self._orders = Orders(shop, self._goods)
        self._routes: Mapping[tuple[str, str], Deed] = {
            PLACE: self._orders.place,
            ("GET", "v1/order"): self._orders.search,
            ("GET", ORDER): self._orders.one,
            ("GET", r"(v2)/order/(\w+)/keys"): self._orders.keys,
            ("POST", r"(v2)/order/(\w+)/keys/return"): self._orders.give_back,
            ("GET", "v1/products"): self._goods.search,
            ("GET", r"(v[12])/products/(\w+)"): self._goods.one,
            ("GET", "v1/balance"): self._balance,
        }

    def answer(self, visit: Visit) -> Reply:
        path = visit.url.path.removeprefix(ROOT)
        try:
            status, told = self._served(visit, path)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            status, told = error_of(refused, visit, path=PUBLIC + path)
        else:
            visit.outcome = "ok"
        return Reply(body=json.dumps(told, ensure_ascii=False).encode(), status=status)

    def news(self, telling: Telling) -> News:
        purchase = telling.purchase
        is_old = telling.state != purchase.state and not telling.forged
        changed_at = time.time() - (1 if is_old else 0)
        told = {
            "orderId": purchase.ref,
            "orderExternalId": purchase.client_no,
            "status": STATUSES[telling.state],
            "updatedAt": clock(changed_at, timespec="milliseconds"),
        }
        product = stock_of(self._goods.of(purchase))
        is_wanted = "product.update" in telling.account.options.get("events", ())
        also = (_event("product.update", product, telling),) if is_wanted else ()
        return _event("order.status", told, telling, also=also)

    def _served(self, visit: Visit, path: str) -> tuple[int, object]:
        headers = {name.lower(): value for name, value in visit.headers.items()}
        account = self._shop.ledger.find_holder(self.name, headers.get("x-api-key", ""))
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        route, found = self._route(visit.method, path)
        asked = dict(parse_qsl(visit.url.query))
        if route != PLACE:
            visit.client_no = self._orders.client_no(account, found, asked)
            self._shop.spoil_query(visit, account)
        told = self._routes[route](visit, account, found, asked)
        return (201 if route == PLACE else 200), told

    def _route(self, method: str, path: str) -> tuple[tuple[str, str], Match[str]]:
        for route in self._routes:
            found = re.fullmatch(route[1], path)
            if route[0] == method and found:
                return route, found
        raise Refused(Refusal.NO_METHOD)

    def _balance(self, _visit: Visit, account: Account, _path: Match[str], _asked: Given) -> object:
        return {"balance": amount(account.balance_e4)}


def _event(
    name: str, told: Mapping[str, object], telling: Telling, *, also: tuple[News, ...] = ()
) -> News:
    secret = str(telling.account.options.get("webhook_secret", telling.account.secret))
    return News(
        content_type="application/json",
        body=json.dumps(told).encode(),
        headers={
            "X-Event-Name": name,
            "X-Event-Secret": f"not-{secret}" if telling.forged else secret,
        },
        also=also,
    )
