"""Our processes and servers during the trial: started, killed on purpose, and started again."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import redis

from bench.servers import free_port, wait_for
from devkit import identity, postgres, valkey
from devkit.place import Place
from devkit.processes import Child, stop_all
from devkit.programs import commands
from devkit.say import Problem
from devkit.services import Services

WITHIN = 0.5  # seconds until a dead process is started again
LOOK_EVERY = 0.1


class Phoenix(Child):
    """Started again at once, however often it dies."""

    deaths = 0

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def _plan_restart(self, code: int) -> None:
        self.deaths += 1
        self._due = time.monotonic() + WITHIN


class House:
    """Web, worker and sweeper on the servers of the place `chaos`."""

    def __init__(self, failpoints: Path) -> None:
        self.port = free_port()
        self._services = Services(Place("chaos"))
        self.postgres, self.valkey = self._services.postgres, self._services.valkey
        if not isinstance(self.postgres, postgres.OwnPostgres):
            raise Problem("DATABASE_URL is set: chaos restarts only a Postgres of its own.")
        if not isinstance(self.valkey, valkey.OwnValkey):
            raise Problem("REDIS_URL is set: chaos stops only a Valkey of its own.")
        self.environment = self._services.environment
        made = self.environment | {
            "PORT": str(self.port),
            "PUBLIC_PORT": str(self.port),
            "FAILPOINTS_DIR": str(failpoints),
        }
        place = self._services.place
        self.children = {
            name: Phoenix(name, command, made, place)
            for name, command in commands(str(self.port)).items()
        }
        self.kills: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="watcher")

    def __enter__(self) -> "House":
        for child in self.children.values():
            child.start()
        wait_for(self.port, "/readyz")
        self._watcher.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._stopped.set()
        if self._watcher.is_alive():
            self._watcher.join()
        stop_all(list(self.children.values()))

    def wait_ready(self) -> None:
        wait_for(self.port, "/readyz")

    def kill(self, what: str, rng: random.Random) -> None:
        """SIGKILL a process that descends from this one: `web`, or `web child` for one of its."""
        name, _, part = what.partition(" ")
        pid = self.children[name].pid
        if part and pid:
            found = children_of(pid)
            pid = rng.choice(found) if found else 0
        known = identity.identify(pid) if pid else None
        if known and known.signal(signal.SIGKILL):
            self.kills[what] += 1

    def flush_valkey(self) -> None:
        with redis.Redis.from_url(self.environment["REDIS_URL"], socket_timeout=2) as client:
            client.flushall()
        self.kills["valkey flushed"] += 1

    def stop_valkey(self, wait: Callable[[float], object], *, seconds: float) -> None:
        self.kills[f"valkey stopped for {seconds:.0f} s"] += 1
        self.valkey.stop()
        try:
            wait(seconds)
        finally:
            self.valkey.start()

    def crash_postgres(self) -> None:
        assert isinstance(self.postgres, postgres.OwnPostgres)  # __init__ refused another
        self.kills["postgres restarted"] += 1
        try:
            self.postgres.crash()
        finally:
            self.postgres.start()

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            for child in self.children.values():
                child.watch()


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started, by Linux's own list, else by asking every process."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        said = os.popen("ps -A -o pid=,ppid=").read()  # noqa: S605, S607 -- constant words
        pairs = (line.split() for line in said.splitlines())
        return [int(child) for child, parent in pairs if int(parent) == pid]
