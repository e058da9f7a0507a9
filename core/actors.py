"""Who did it, in words that a history keeps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what a history row stores: `user:12 zhang@example.com`, `shopper`, `system`."""

    label: str
    user_id: int | None = None
    ip: str = ""


SYSTEM = Actor("system")
SHOPPER = Actor("shopper")
