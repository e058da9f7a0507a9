"""A file in stretches, each prepared by a thread while Postgres works on the one before.

The thread parses, hashes and seals, and never touches the database; psycopg waits outside Python's
lock, so that two cores are used and at most two stretches are in memory.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from inventory.services.importing.source import Row

LINES = 6_000  # half a second on two slow cores: whoever watches sees it move
T = TypeVar("T")


def stretches(rows: Iterator[Row], prepare: Callable[[list[Row]], T]) -> Iterator[T]:
    """`prepare` of every stretch, one ahead of the caller."""

    def next_one() -> T | None:
        stretch = list(islice(rows, LINES))
        return prepare(stretch) if stretch else None

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as pool:
        ahead = pool.submit(next_one)
        while (ready := ahead.result()) is not None:
            ahead = pool.submit(next_one)
            yield ready
