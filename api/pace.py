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
    key = f"pace|{require_tenant()}|{seat.partner_id}|{int(now.timestamp())}"
    counted: int = cache.count(key, seconds=2)  # type: ignore[attr-defined]  # -- core.cache's own
    return counted


def check_pace(*, seat: Seat, counted: int) -> None:
    """Raises TooFast."""
    if counted > seat.most_per_second:
        raise TooFast(_("Too many calls in this second. Wait for the next."), wait_seconds=1)
