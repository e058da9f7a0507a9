"""Names that leave the house: none can be guessed, none tells how many there are."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

# No 0/O, 1/I/L, 5/S, 8/B: a person reads it from a phone to another person.
ALPHABET = "2346789ACDEFGHJKMNPQRTUVWXYZ"
LENGTH = 10
_FAIR = 256 - 256 % len(ALPHABET)
# A byte above the last whole alphabet would favour the first characters.
_UNFAIR = bytes(range(_FAIR, 256))
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


def new_number(*, now: datetime, zone: str) -> str:
    """`20261122-7KQ4MXW2PD`: the day in the merchant's zone and 10 random characters (48 bits)."""
    day = now.astimezone(ZoneInfo(zone)).strftime("%Y%m%d")
    return f"{day}-{new_ref()}"


def new_ref(length: int = LENGTH) -> str:
    """So many random characters of the alphabet, all equally likely."""
    taken = ""
    while len(taken) < length:
        taken += secrets.token_bytes(2 * length).translate(_LETTERS, _UNFAIR).decode()
    return taken[:length]


def new_token() -> str:
    """128 random bits for a URL that is its own key."""
    return secrets.token_urlsafe(16)
