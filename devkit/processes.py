"""The children of `make up`: started in sessions of their own, watched, restarted, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from devkit import identity
from devkit.env import whole_environment
from devkit.place import CLONE, Place
from devkit.say import Problem, first_error, say

PATIENCE = 10.0  # seconds between TERM and KILL
LONGEST_WAIT = 30.0  # seconds before a program that keeps dying is tried again
SETTLED = 60.0  # seconds after which a death is a new one, not the same again
LOG_LIMIT = 20_000_000  # bytes; above it, a start keeps one old log beside a fresh one


class Child:
    """One program. It has its own session, so that Ctrl-C at the terminal reaches only us."""

    def __init__(
        self, name: str, command: list[str], made: Mapping[str, str], place: Place
    ) -> None:
        self.name = name
        self._command, self._made, self._place = command, made, place
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._deaths = 0

    @property
    def log(self) -> Path:
        return self._place.log(self.name)

    def start(self) -> None:
        _rotate(self.log)
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, cwd=CLONE, env=whole_environment(self._made), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        self._started = time.monotonic()
        if found := identity.identify(self._process.pid):
            identity.remember(self._place.pids, self.name, found)

    def watch(self) -> None:
        """Notice a death, say why, and start again after a growing pause."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self.start()
            return
        if _has_ended(self._process):
            code = _end_session(self._process)
            self._process = None
            self._plan_restart(code)

    def last_words(self) -> str:
        with self.log.open("rb") as said:
            said.seek(self._log_from)
            return first_error(said.read().decode(errors="replace"))

    @property
    def has_died(self) -> bool:
        return self._process is None or _has_ended(self._process)

    def ask_to_stop(self) -> None:
        if self._process and not _has_ended(self._process):
            self._process.terminate()

    def make_stop(self, until: float) -> None:
        """Wait for the end until `until`, then end the whole session."""
        if self._process is None:
            return
        while not _has_ended(self._process):
            if time.monotonic() > until:
                say(f"{self.name} did not stop within {PATIENCE:.0f} s: killed")
                break
            time.sleep(0.05)
        _end_session(self._process)
        identity.forget(self._place.pids, self.name)

    def _plan_restart(self, code: int) -> None:
        lived = time.monotonic() - self._started
        self._deaths = 1 if lived > SETTLED else self._deaths + 1
        wait = min(LONGEST_WAIT, 2.0 ** (self._deaths - 1))
        self._due = time.monotonic() + wait
        say(f"{self.name} ended ({self._how(code)}), again in {wait:.0f} s")
        say(f"  log: {self.log}")

    def _how(self, code: int) -> str:
        return f"signal {-code}" if code < 0 else f"exit code {code}: {self.last_words()}"


class Watched(Protocol):
    """A server that `watch` keeps up."""

    @property
    def name(self) -> str: ...
    def is_running(self) -> bool: ...
    def start(self) -> None: ...


def watch_server(server: Watched) -> None:
    if server.is_running():
        return
    say(f"{server.name} is gone, starting it again")
    try:
        server.start()
    except Problem as problem:
        say(f"{server.name} does not start: {problem}")


def stop_all(children: list[Child]) -> None:
    """TERM to all at once, then ten seconds for all of them together."""
    for child in reversed(children):
        child.ask_to_stop()
    until = time.monotonic() + PATIENCE
    for child in children:
        child.make_stop(until)


def stop_leftovers(place: Place) -> int:
    """Stop what a killed `make up` left running; only processes that are surely the same."""
    names = [path.stem for path in place.pids.glob("*.json") if path.stem not in {"valkey", "up"}]
    left = [(name, found) for name in names if (found := identity.recall(place.pids, name))]
    for name, found in left:
        say(f"stopping {name} (pid {found.pid}), left by an earlier run")
        found.signal(signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    for _, found in left:
        if not found.wait_gone(until - time.monotonic()):
            found.signal(signal.SIGKILL, group=True)
    for name in names:
        for orphan in identity.recall_orphans(place.pids, name, mark=f"RUN_DIR={place.run}"):
            orphan.signal(signal.SIGKILL)
    for name in names:
        identity.forget(place.pids, name)
    return len(left)


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Look without reaping: while the zombie is there, nobody else can get its number."""
    if process.returncode is not None:
        return True
    looked = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return looked is not None


def _end_session(process: "subprocess.Popen[bytes]") -> int:
    """End what is left of the group (a killed server's workers hold its port), then reap."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies only
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
