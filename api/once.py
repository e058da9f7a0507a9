"""What an idempotency key names: one partner's, whatever it asks for."""

from channels.types import Seat
from core.idempotency import Asked

SCOPE = "api:"  # and the partner's name


def once_of(*, seat: Seat, key: str, said: str) -> Asked | None:
    """None where the caller gave no key."""
    return Asked(scope=f"{SCOPE}{seat.partner_ref}", key=key, said=said) if key else None
