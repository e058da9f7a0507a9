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
    if _has_proc():
        try:
            return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            return ""
    return _ps(pid, "command=")


def remember(folder: Path, name: str, identity: Identity) -> None:
    folder.joinpath(f"{name}.json").write_text(json.dumps(asdict(identity)))


def recall(folder: Path, name: str) -> Identity | None:
    """The process remembered as `name`, if it still runs."""
    found = _read(folder, name)
    return found if found and found.is_alive() else None


def recall_orphans(folder: Path, name: str, *, mark: str) -> list[Identity]:
    """What a dead leader left of its group: a server's workers can outlive it and hold its port.

    The group's number may be somebody else's by now, so each member must also carry `mark` in its
    environment. Linux only; elsewhere nothing is found and nothing is signalled.
    """
    leader = _read(folder, name)
    if leader is None or leader.boot != _boot() or identify(leader.pid):
        return []
    members = (
        identify(pid) for pid in _pids() if _group(pid) == leader.pid and _carries(pid, mark)
    )
    return [found for found in members if found]


def forget(folder: Path, name: str) -> None:
    folder.joinpath(f"{name}.json").unlink(missing_ok=True)


def _read(folder: Path, name: str) -> Identity | None:
    try:
        return Identity(**json.loads(folder.joinpath(f"{name}.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.glob("[0-9]*")]


def _group(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[2]) if fields else 0


def _carries(pid: int, mark: str) -> bool:
    try:
        return mark.encode() in PROC.joinpath(str(pid), "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _started(pid: int) -> str:
    """The start time in the system's own words; on Linux clock ticks since boot."""
    if not _has_proc():
        return _ps(pid, "lstart=")
    fields = _stat(pid)
    return fields[19] if fields and fields[0] not in "ZX" else ""


def _stat(pid: int) -> list[str]:
    """State, parent, group … (proc(5)), after the name, which may hold anything."""
    try:
        return PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _has_proc() -> bool:
    return PROC.joinpath("self").exists()


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
