"""Threads that are let go in the same moment."""

from collections.abc import Callable
from contextvars import copy_context
from threading import Barrier, Thread

from django.db import connections

CLICKS = 12


def at_once(work: Callable[[int], object], *, times: int = CLICKS) -> list[object]:
    """Run `work` in as many threads, all let go in the same moment; what each got, or raised."""
    barrier = Barrier(times)
    got: list[object] = [None] * times

    def run(number: int) -> None:
        barrier.wait()
        try:
            got[number] = work(number)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            got[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=copy_context().run, args=(run, number)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got
