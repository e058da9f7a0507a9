"""What the person at the terminal sees: short lines with the time, and never a long silence."""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

SILENCE = 2.5  # seconds; longer than that looks like a hang
STARTED = "DEVKIT_STARTED"  # when the person pressed Enter, handed on into the virtual environment

_started = float(os.environ.pop(STARTED, time.monotonic()))
_out: list[TextIO] = []


class Problem(Exception):
    """Something a person can mend; the message says what and how."""


def to_stderr() -> None:
    """Keep stdout for output that a shell reads (`devkit env`)."""
    _out.append(sys.stderr)


def say(message: str) -> None:
    print(f"[{elapsed():6.1f}s] {message}", file=_stream(), flush=True)


def show(block: str) -> None:
    print(block, file=_stream(), flush=True)


def elapsed() -> float:
    return time.monotonic() - _started


def hand_on_the_clock() -> None:
    os.environ[STARTED] = str(_started)


@contextmanager
def heartbeat(title: str, detail: Callable[[], str] = str) -> Iterator[None]:
    """Say every few seconds that `title` still runs, with what it does now."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(SILENCE):
            say(f"  … {title} {detail()}".rstrip())

    pulse = threading.Thread(target=beat, daemon=True)
    pulse.start()
    try:
        yield
    finally:
        done.set()
        pulse.join()


_HOSTS = (
    (re.compile(r"\b[a-z+]+://\S+"), "<address>"),
    (re.compile(r"host='[^']*'"), "host=<address>"),
    (re.compile(r"(Looking in (?:indexes|links)): .*"), r"\1: <address>"),
)


def without_addresses(text: str) -> str:
    """Which package index a developer uses is nobody's business: not shown, not kept."""
    for pattern, instead in _HOSTS:
        text = pattern.sub(instead, text)
    return text


_ERROR = re.compile(
    r"^(?:[\w.]+(?:Error|Exception|Refused|Configured|Warning)\b.*|.*\b(?:FATAL|ERROR|error):.*)"
)


def first_error(text: str) -> str:
    """The line of a log that names the cause: the last raised error, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or ["(it said nothing)"])[-1][:300]


def _stream() -> TextIO:
    return _out[-1] if _out else sys.stdout
