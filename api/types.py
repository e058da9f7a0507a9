"""What the API's services are given, and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSale:
    """One order as a partner asks for it. `said` is all that makes it this order, in one text.

    `max_e4`: refuse it if it costs more in all. `idempotency_key` empty: the partner's order number
    alone keeps it from being ordered twice.
    """

    sku: str
    quantity: int
    partner_order_no: str
    said: str
    buyer: Mapping[str, str] = field(default_factory=dict)
    max_e4: int | None = None
    language: str = "zh-hans"
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer in bytes, so that it can be given again as it was."""

    status: int
    body: bytes
    is_replay: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        found = HttpResponse(
            self.body, status=self.status, headers=self.headers, content_type="application/json"
        )
        if self.is_replay:
            found["Idempotent-Replayed"] = "true"
        return found
