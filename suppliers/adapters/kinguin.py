"""Kinguin ESA: game keys from many sellers, in euros.

Its quirks: an order is asked for by our number through a search, and a webhook carries the secret
itself instead of a signature, so that whoever has read one can write one: it is a hint to query.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, urlencode

from core.money import read_e4, write_e4
from suppliers.adapters.canon import compact, read_exact
from suppliers.adapters.kinguin_words import is_duplicate, is_refusal, read_code, read_order
from suppliers.errors import BadSignature, NoAnswer, Unspeakable
from suppliers.types import (
    Account,
    Answer,
    BoughtCode,
    Callback,
    Kind,
    Outcome,
    PurchaseOrder,
    Request,
    Transport,
)

_MOST_KEYS = 9  # of one offer, in one order


class Kinguin:
    """The secret is the API key, `further["webhook"]` the webhooks'. `app_id` is not sent."""

    name = "kinguin"
    currency = "EUR"
    acknowledgement = b""  # any 2xx
    settle_window = timedelta(minutes=5)
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        if order.kind is not Kind.CODES or order.most_e4 is None:
            raise Unspeakable("keys, at a known price, are bought here")
        if order.quantity > _MOST_KEYS:
            raise Unspeakable("at most nine keys are bought at once")
        item = {
            "productId": order.product,
            "qty": order.quantity,
            # JSON has no other number: what we call an amount goes through it unchanged.
            "price": float(write_e4(order.most_e4 // order.quantity)),
            "keyType": "text",
        }
        said = {"products": [item], "orderExternalId": number}
        status, found = self._ask("POST", "/v2/order", compact(said).encode())
        if is_duplicate(status, found):
            return Answer(outcome=Outcome.ACCEPTED, reason=str(found["kind"]))
        if is_refusal(status, found):
            reason = f"{found['kind']} {found.get('detail', '')}"[:200]
            return Answer(outcome=Outcome.REJECTED, reason=reason)
        if _of_2xx(status, found)["orderExternalId"] != number:
            raise NoAnswer("an answer about another order")
        return read_order(found, codes=())

    def query(self, *, number: str) -> Answer:
        search = urlencode({"orderExternalId": number})
        orders = _of_2xx(*self._ask("GET", f"/v1/order?{search}"))["results"]
        if not isinstance(orders, list):
            raise NoAnswer("the orders are no list")
        found = [each for each in orders if each["orderExternalId"] == number]
        if len(found) != len(orders) or len(found) > 1:
            raise NoAnswer("other orders than the one under our number")
        if not found:
            return Answer(outcome=Outcome.UNKNOWN, reason="no such order", is_absent=True)
        is_done = found[0]["status"] == "completed"
        return read_order(found[0], codes=self._keys(found[0]["orderId"]) if is_done else ())

    def balance_e4(self) -> int:
        return read_e4(_of_2xx(*self._ask("GET", "/v1/balance"))["balance"])

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        given = {name.lower(): value for name, value in headers.items()}
        key = self._account.further.get("webhook")
        shown = given.get("x-event-secret", "").encode()
        if key is None or not compare_digest(shown, key.reveal().encode()):
            raise BadSignature("the callback does not know this supplier's secret")
        said = json.loads(body)
        return Callback(number=str(said["orderExternalId"]), supplier_ref=str(said["orderId"]))

    def _keys(self, order_id: str) -> tuple[BoughtCode, ...]:
        path = f"/v2/order/{quote(order_id, safe='')}/keys?page=1&limit=100"
        keys = _of_2xx(*self._ask("GET", path))
        if not isinstance(keys, list):
            raise NoAnswer("the keys are no list")
        return tuple(map(read_code, keys))

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        headers = {"X-Api-Key": self._account.secret.reveal(), "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        request = Request(method=method, path=path, body=body, headers=headers)
        reply = self._http.send(request)
        return reply.status, read_exact(reply)


def _of_2xx(status: int, found: Any) -> Any:
    if not 200 <= status < 300:
        raise NoAnswer(f"HTTP {status}")
    return found
