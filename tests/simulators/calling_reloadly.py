"""A client of Reloadly, written from its published calls alone."""

import json
from dataclasses import dataclass
from typing import Any

from tests.simulators.calling import Said, get, post, until

CLIENT, SECRET, WHSEC = "client01", "s3cret", "whsec"
PRICE, FACE = 237_500, 250_000
PHONE = {"countryCode": "US", "number": "+12025550123"}


@dataclass(frozen=True)
class ReloadlyClient:
    base_url: str

    def token(self, host: str, *, audience: str = "", **changed: str) -> Said:
        given = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "grant_type": "client_credentials",
            "audience": audience or f"https://{host}-sandbox.reloadly.com",
        }
        return post(self._url("auth/oauth/token"), json.dumps(given | changed).encode())

    def headers(self, host: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(host).json['access_token']}",
            "Accept": f"application/com.reloadly.{host}-v1+json",
        }

    def get(self, path: str) -> Said:
        return get(self._url(path), self.headers(path.partition("/")[0]))

    def post(self, path: str, **given: Any) -> Said:
        body = json.dumps(given).encode()
        return post(self._url(path), body, self.headers(path.partition("/")[0]))

    def order(self, number: str | None, *, product: int | str = 15, **changed: Any) -> Said:
        order = {"productId": product, "quantity": 2, "unitPrice": 25, "senderName": "us"}
        return self.post("giftcards/orders", **order | {"customIdentifier": number} | changed)

    def topup(self, number: str, *, path: str = "topups/topups", **changed: Any) -> Said:
        order = {"operatorId": 341, "amount": 23.75, "recipientPhone": PHONE}
        return self.post(path, **order | {"customIdentifier": number} | changed)

    def find(self, number: str, *, where: str = "giftcards/reports") -> Any:
        return self.get(f"{where}/transactions?customIdentifier={number}").json["content"]

    def wait(self, number: str, *, status: str = "SUCCESSFUL") -> Any:
        return until(
            lambda: self.find(number), lambda found: found and found[0]["status"] == status
        )[0]

    def cards(self, transaction: int) -> Any:
        return self.get(f"giftcards/orders/transactions/{transaction}/cards").json

    def _url(self, path: str) -> str:
        return f"{self.base_url}/reloadly/{path}"
