"""How many calls a partner makes in a second, by whichever way he comes in.

Counted in Redis. While that is away each process counts what it hears itself: a limit is then as
many times as wide as there are processes.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from api.errors import TooFast
from channels.types import Seat
from core.callers import subscriber_of
from core.scope import require_tenant

MOST_BATCHES = 2
MOST_OF_A_STRANGER = 20  # calls a second


def count_call(*, seat: Seat, now: datetime) -> int:
    """One call more of the partner's in this second; how many that makes."""
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

    A process that died has its place for a minute.
    """
    who = f"batch|{require_tenant()}|{partner_id}"
    places = [f"{who}|{n}" for n in range(MOST_BATCHES)]
    mine = next((place for place in places if cache.add(place, 1, timeout=60)), None)
    here = _here.begin(who)
    try:
        if here > MOST_BATCHES or (mine is None and cache.has_key(places[0])):
            raise TooFast(
                _("Two of your batches are at work. Wait for one to end."), wait_seconds=1
            )
        yield
    finally:
        _here.end(who)
        if mine is not None:
            cache.delete(mine)


def _count(who: str, now: datetime) -> int:
    name, second = f"pace|{require_tenant()}|{who}", int(now.timestamp())
    counted: int = cache.count(f"{name}|{second}", seconds=2)  # type: ignore[attr-defined]  # -- core.cache's own
    return counted or _here.count(name, second)


class _Here:
    """What this process knows by itself: the calls of one second, and what is at work now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._second, self._counted = 0, Counter[str]()
        self._at_work = Counter[str]()

    def count(self, who: str, second: int) -> int:
        with self._lock:
            if second != self._second:
                self._second = second
                self._counted.clear()
            self._counted[who] += 1
            return self._counted[who]

    def begin(self, who: str) -> int:
        """How many of these are at work with this one."""
        with self._lock:
            self._at_work[who] += 1
            return self._at_work[who]

    def end(self, who: str) -> None:
        with self._lock:
            self._at_work[who] -= 1
            if self._at_work[who] <= 0:
                del self._at_work[who]


_here = _Here()


def check_pace(*, seat: Seat, counted: int) -> None:
    """Raises TooFast."""
    if counted > seat.most_per_second:
        raise _too_fast()


def _too_fast() -> TooFast:
    return TooFast(_("Too many calls in this second. Wait for the next."), wait_seconds=1)
