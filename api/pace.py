"""How many calls a partner makes in a second, by whichever way he comes in."""

from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from api.errors import TooFast
from channels.types import Seat
from core.scope import require_tenant


def count_call(*, seat: Seat, now: datetime) -> int:
    """One call more of the partner's in this second; how many that makes.

    Counted in Redis: while that is away nobody is held up (0), for every caller is known.
    """
    return _count(f"{seat.partner_id}", now)


def count_stranger(*, door_id: int, address: str, now: datetime) -> int:
    """One call more that anybody may make at a door, from this address: who takes too many takes
    none of the partner's own."""
    return _count(f"door{door_id}|{address}", now)


def _count(who: str, now: datetime) -> int:
    key = f"pace|{require_tenant()}|{who}|{int(now.timestamp())}"
    counted: int = cache.count(key, seconds=2)  # type: ignore[attr-defined]  # -- core.cache's own
    return counted


def check_pace(*, seat: Seat, counted: int) -> None:
    """Raises TooFast."""
    if counted > seat.most_per_second:
        raise TooFast(_("Too many calls in this second. Wait for the next."), wait_seconds=1)
