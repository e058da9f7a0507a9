"""A partner's program: what it sends, and what it is answered."""

import json
from typing import Any

from django.test import Client

from tests.channels.factories import Keyed

ORDERS, PRODUCTS = "/api/v1/orders", "/api/v1/products"


class Caller:
    """Speaks to one shop's API with one key; `status`, `headers` are of the last answer."""

    def __init__(self, key: Keyed | str, *, host: str = "cloud.localhost") -> None:
        text = key if isinstance(key, str) else key.key
        self._client = Client(headers={"host": host, "authorization": f"Bearer {text}"})
        self.status = 0
        self.headers: Any = {}
        self.raw = b""

    def get(self, path: str, **headers: str) -> Any:
        return self._heard(self._client.get(path, headers=headers))

    def speaks(self, language: str) -> None:
        """From now on it asks for this language."""
        self._client.defaults["HTTP_ACCEPT_LANGUAGE"] = language

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = "application/json"
        return self._heard(
            self._client.generic(method.upper(), path, text, content_type=kind, headers=given)
        )

    def order(self, sku: Any, number: str = "N1", *, key: str = "", **fields: Any) -> Any:
        ref = sku if isinstance(sku, str) else sku.ref
        more = {"idempotency_key": key} if key else {}
        return self.post(ORDERS, {"sku": ref, "partner_order_no": number} | fields, **more)

    def _heard(self, answer: Any) -> Any:
        self.status, self.headers, self.raw = answer.status_code, answer.headers, answer.content
        return json.loads(answer.content) if answer.content else None
