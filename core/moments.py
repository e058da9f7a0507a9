"""Moments as other people's programs read them."""

from datetime import UTC, datetime
from typing import overload


@overload
def written(at: datetime) -> str: ...
@overload
def written(at: None) -> None: ...
def written(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    if at is None:
        return None
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
