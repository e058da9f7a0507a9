"""Which process is ours. A pid alone is not enough: the system gives it to others later.

What is remembered is the pid, the moment the process started and the boot it belongs to. Nothing is
signalled unless all of them still fit.
"""

import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Identity:
    pid: int
    started: str
    boot: str

    def is_alive(self) -> bool:
        return identify(self.pid) == self

    def signal(self, number: signal.Signals, *, group: bool = False) -> bool:
        """Send `number` if the process is still this one; False when it is gone."""
        if not self.is_alive():
            return False
        try:
            (os.killpg if group else os.kill)(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def stop(self, *, patience: float) -> None:
        """TERM, then KILL after `patience` seconds."""
        self.signal(signal.SIGTERM)
        if not self.wait_gone(patience):
            self.signal(signal.SIGKILL)
            self.wait_gone(patience)

    def wait_gone(self, patience: float) -> bool:
        until = time.monotonic() + patience
        while self.is_alive():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True


def identify(pid: int) -> Identity | None:
    """Who runs under `pid` now; None if nobody does (a zombie is nobody)."""
    started = _started(pid)
    return Identity(pid=pid, started=started, boot=_boot()) if started else None


def command_line(pid: int) -> str:
    """The command line of `pid`, empty if it is gone or not to be seen."""
    if PROC.joinpath("self").exists():
        try:
            return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            return ""
    return _ps(pid, "command=")


def remember(folder: Path, name: str, identity: Identity) -> None:
    folder.joinpath(f"{name}.json").write_text(json.dumps(asdict(identity)))


def recall(folder: Path, name: str) -> Identity | None:
    """The process remembered as `name`, if it still runs."""
    try:
        found = Identity(**json.loads(folder.joinpath(f"{name}.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.is_alive() else None


def forget(folder: Path, name: str) -> None:
    folder.joinpath(f"{name}.json").unlink(missing_ok=True)


def _started(pid: int) -> str:
    """The start time in the system's own words; on Linux clock ticks since boot."""
    if not PROC.joinpath("self").exists():
        return _ps(pid, "lstart=")
    try:
        stat = PROC.joinpath(str(pid), "stat").read_text()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]


def _boot() -> str:
    try:
        return PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _ps(pid: int, column: str) -> str:
    asked = subprocess.run(
        ["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()
