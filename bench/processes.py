"""Several processes doing one thing for a while, each with a Django of its own."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

_PATIENCE = 120.0
_barrier: Any = None

Together = Callable[[Callable[..., Any], list[tuple[Any, ...]]], list[Any]]


@contextmanager
def crew(size: int) -> Iterator[Together]:
    """`size` processes; what it yields runs `work(*arguments[i])` in each, from one moment on.

    Spawned, not forked: a forked database connection would be shared.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(size)
    with ProcessPoolExecutor(size, context, _join_crew, (barrier,)) as pool:

        def together(work: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
            jobs = [pool.submit(_at_once, work, *given) for given in arguments]
            return [job.result() for job in jobs]

        yield together


def set_up() -> None:
    import django  # noqa: PLC0415 -- in the new process

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()


def a_while(seconds: float) -> Iterator[int]:
    """0, 1, 2, … until the time is over."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        yield done
        done += 1


def _join_crew(barrier: Any) -> None:
    global _barrier
    _barrier = barrier
    set_up()


def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """Nobody starts before everybody is there, so each process gets one job."""
    _barrier.wait(_PATIENCE)
    return work(*arguments)
