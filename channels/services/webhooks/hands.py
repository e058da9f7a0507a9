"""Who may be called now, in this process: an endpoint that is slow has one hand, and all that are
slow or not known yet leave some hands to those that answer.

A dead endpoint then holds nobody up. What finds no hand waits in its row, and the sweeper comes
back to it.
"""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

QUICK_SECONDS = 2.0
MOST_FOR_ONE = 4
MOST_STRANGERS = 48  # of the worker's 64 (devkit/programs.py)
_busy: Counter[Hashable] = Counter()
_quick: set[Hashable] = set()
_lock = threading.Lock()


@contextmanager
def hand_for(who: Hashable, *, most_in_all: int | None = None) -> Iterator[bool]:
    """Whether there is a hand for an endpoint, or whoever else is called; given back at the end.

    `most_in_all`: none while so many speak already, to whomever.
    """
    has_one = _take(who, most_in_all)
    try:
        yield has_one
    finally:
        if has_one:
            _give_back(who)


def note_speed(who: Hashable, *, seconds: float) -> None:
    """It has answered, or let us wait for so long."""
    with _lock:
        if seconds < QUICK_SECONDS:
            _quick.add(who)
        else:
            _quick.discard(who)


def _take(who: Hashable, most_in_all: int | None) -> bool:
    with _lock:
        is_quick = who in _quick
        if most_in_all is not None and _busy.total() >= most_in_all:
            return False
        if _busy[who] >= (MOST_FOR_ONE if is_quick else 1):
            return False
        if not is_quick and _strangers() >= MOST_STRANGERS:
            return False
        _busy[who] += 1
        return True


def _strangers() -> int:
    return sum(count for one, count in _busy.items() if one not in _quick)


def _give_back(who: Hashable) -> None:
    with _lock:
        _busy[who] -= 1
        if not _busy[who]:
            del _busy[who]
