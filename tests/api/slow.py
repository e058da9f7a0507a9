"""A body whose sender is in no hurry."""

from io import BytesIO
from typing import Any

from django.db import connection


class Slow(BytesIO):
    """`was_within`: whether a transaction was open while it was read."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.was_within: set[bool] = set()
        self.sent: dict[str, Any] = {"wsgi.input": self, "CONTENT_LENGTH": str(len(body))}

    def read(self, size: int | None = -1) -> bytes:
        self.was_within.add(connection.in_atomic_block)
        return super().read(size)
