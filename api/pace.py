"""How many calls a partner makes in a second, by whichever way he comes in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from api.errors import TooFast
from channels.types import Seat
from core.callers import subscriber_of
from core.scope import require_tenant

MOST_BATCHES = 2
MOST_OF_A_STRANGER = 20  # calls a second


def count_call(*, seat: Seat, now: datetime) -> int:
    """One call more of the partner's in this second; how many that makes.

    Counted in Redis: while that is away nobody is held up (0), for every caller is known.
    """
    return _count(f"{seat.partner_id}", now)


def count_stranger(*, at: str, address: str, now: datetime) -> int:
    """One call more, at a door or with a key, of who has not shown that he may call from this
    address: who takes too many takes none of the partner's own."""
    return _count(f"{at}|{subscriber_of(address)}", now)


def check_stranger(*, counted: int) -> None:
    """Raises TooFast."""
    if counted > MOST_OF_A_STRANGER:
        raise _too_fast()


@contextmanager
def few_at_once(*, partner_id: int) -> Iterator[None]:
    """A batch of the partner's, which holds a thread for as long as it takes. Raises TooFast.

    A process that died has its place for a minute; while Redis is away nobody is held up.
    """
    places = [f"batch|{require_tenant()}|{partner_id}|{n}" for n in range(MOST_BATCHES)]
    mine = next((place for place in places if cache.add(place, 1, timeout=60)), None)
    if mine is None and cache.has_key(places[0]):
        raise TooFast(_("Two of your batches are at work. Wait for one to end."), wait_seconds=1)
    try:
        yield
    finally:
        if mine is not None:
            cache.delete(mine)


def _count(who: str, now: datetime) -> int:
    key = f"pace|{require_tenant()}|{who}|{int(now.timestamp())}"
    counted: int = cache.count(key, seconds=2)  # type: ignore[attr-defined]  # -- core.cache's own
    return counted


def check_pace(*, seat: Seat, counted: int) -> None:
    """Raises TooFast."""
    if counted > seat.most_per_second:
        raise _too_fast()


def _too_fast() -> TooFast:
    return TooFast(_("Too many calls in this second. Wait for the next."), wait_seconds=1)
