"""Postgres and Valkey for as long as somebody uses them.

Several commands may share one run folder. Each holds a shared lock while it works; the last one to
leave stops the servers, unless `devkit services` asked to keep them. A lock of a killed process is
released by the system, so nothing has to be cleaned up by hand.
"""

import fcntl
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from devkit import postgres, valkey
from devkit.env import environment
from devkit.interrupts import undisturbed
from devkit.place import Place
from devkit.say import say

Server = postgres.OwnPostgres | postgres.GivenPostgres | valkey.OwnValkey | valkey.GivenRedis


class Services:
    """Both servers of one run folder."""

    def __init__(self, place: Place) -> None:
        place.prepare()
        self.place = place
        self.postgres = postgres.resolve(place, os.environ)
        self.valkey = valkey.resolve(place, os.environ)
        self.environment = environment(
            place, [self.postgres.environment(), self.valkey.environment()]
        )

    @property
    def all(self) -> tuple[Server, ...]:
        return (self.postgres, self.valkey)

    @contextmanager
    def in_use(self) -> Iterator[dict[str, str]]:
        """Servers are up inside; afterwards they are as they were."""
        with (self.place.run / "services.users").open("w") as users:
            try:
                with self._gate():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._start()
                yield self.environment
            finally:
                with undisturbed(), self._gate():
                    fcntl.flock(users, fcntl.LOCK_UN)
                    if not self._kept.exists() and _nobody_else(users.fileno()):
                        self._stop()

    def keep(self) -> None:
        """Start them, to stay up until `down`."""
        with self._gate():
            self._start()
            self._kept.touch()

    def down(self) -> None:
        with self._gate():
            self._kept.unlink(missing_ok=True)
            self._stop()

    @property
    def _kept(self) -> Path:
        return self.place.run / "services.kept"

    def _start(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(_start, self.all))

    def _stop(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.stop(), self.all))

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """One at a time through starting and stopping."""
        with (self.place.run / "services.gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield


def _start(server: Server) -> None:
    was_running = server.is_running()
    server.start()
    if not was_running:
        say(f"started {server.describe()}")


def _nobody_else(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
