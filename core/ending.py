"""Whether this process has been asked to end: long work that can be left off is left off then."""

from threading import Event

_asked = Event()


def ask_to_end() -> None:
    _asked.set()


def is_ending() -> bool:
    return _asked.is_set()
