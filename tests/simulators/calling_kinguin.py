"""A client of Kinguin's ESA API, written from its published calls alone."""

import json
from dataclasses import dataclass
from typing import Any

from tests.simulators.calling import Said, get, post, until

STORE, API_KEY, WHSEC = "our-store", "a1b2c3d4e5f60718293a4b5c6d7e8f90", "whsec"
PRICE = 57_900


@dataclass(frozen=True)
class KinguinClient:
    base_url: str
    key: str = API_KEY

    def get(self, path: str) -> Said:
        return get(self._url(path), {"X-Api-Key": self.key})

    def post(self, path: str, given: Any = None) -> Said:
        headers = {"X-Api-Key": self.key, "Content-Type": "application/json"}
        return post(self._url(path), json.dumps(given).encode(), headers)

    def order(
        self, number: str | None, *, product: str = "5c9b", path: str = "v2/order", **changed: Any
    ) -> Said:
        line = {"productId": product, "qty": 2, "price": 5.79, "keyType": "text"} | changed
        return self.post(path, {"products": [line], "orderExternalId": number})

    def find(self, number: str) -> Any:
        return self.get(f"v1/order?orderExternalId={number}").json["results"]

    def wait(self, number: str, *, status: str = "completed") -> Any:
        return until(
            lambda: self.find(number), lambda found: found and found[0]["status"] == status
        )[0]

    def keys(self, order: str, **asked: int) -> Any:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return self.get(f"v2/order/{order}/keys?{query}").json

    def return_keys(self, order: str) -> Said:
        return self.post(f"v2/order/{order}/keys/return")

    def _url(self, path: str) -> str:
        return f"{self.base_url}/kinguin/esa/api/{path}"
