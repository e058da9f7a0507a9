"""Several processes doing one thing for a while, each with a Django of its own."""

import multiprocessing
import os
import time
from collections.abc import Callable
from typing import Any

Work = Callable[[int, float], int]


def together(work: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """Run `work(*arguments[i])` in a process each; the answers in the same order.

    Spawned, not forked: a forked database connection would be shared.
    """
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(arguments), initializer=set_up) as pool:
        return pool.starmap(work, arguments)


def set_up() -> None:
    import django  # noqa: PLC0415 -- in the new process

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()


def wait_until(moment: float) -> None:
    """Start at the same time in every process; `moment` is `time.time()`."""
    time.sleep(max(0.0, moment - time.time()))
