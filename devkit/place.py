"""Where things lie: one run folder per use, so that tests never disturb a running `make up`."""

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devkit import nobody
from devkit.say import Problem

CLONE = Path(__file__).resolve().parents[1]
VENV = CLONE / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
SOCKET_PATH_LIMIT = 103  # bytes; 107 on Linux, 103 on macOS


@dataclass(frozen=True)
class Place:
    """A run folder: `.run` itself, or `.run/<name>` with servers of its own."""

    name: str = ""

    @property
    def run(self) -> Path:
        return CLONE / ".run" / self.name

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def pids(self) -> Path:
        return self.run / "pids"

    @property
    def keys(self) -> Path:
        """One set for all run folders, so that they agree on a server they may share."""
        return CLONE / ".run" / "keys"

    @property
    def command(self) -> str:
        """How a person names this place to devkit."""
        return "python3 -m devkit" + (f" --in {self.name}" if self.name else "")

    def prepare(self) -> None:
        """Make the folders; only the one that Postgres' user walks through is open to others."""
        (CLONE / ".run").mkdir(exist_ok=True)
        (CLONE / ".run").chmod(0o711)
        self.run.mkdir(exist_ok=True)
        self.run.chmod(0o711)
        private = ("logs", "pids", "uploads", "outbox", "valkey")
        for folder in (*(self.run / name for name in private), self.keys):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    @property
    def data(self) -> Path:
        """Where Postgres keeps its data: here, or where its user can get at it.

        Root may not run Postgres, so `nobody` does, who cannot walk into root's home. Then the
        data goes to /var/tmp under a random id kept here: a folder named after the clone's path
        would bring an old database back under a new key.
        """
        return outside() / (self.name or "main") if _is_walled(self.run) else self.run

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def outside() -> Path:
    """This clone's folder in /var/tmp; refused when somebody else has made it."""
    folder = Path("/var/tmp") / f"quanyi-{_clone_id()}"  # noqa: S108 -- owner checked below
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Problem(f"{folder} is not ours. Remove {CLONE / '.run' / 'id'} to get another name.")
    folder.chmod(0o711)
    return folder


def short_socket_folder(wanted: Path, socket_name: str, *, tag: str) -> Path:
    """`wanted`, or a short name under /tmp when a socket's path there would be too long."""
    if len(os.fsencode(wanted / socket_name)) <= SOCKET_PATH_LIMIT:
        return wanted
    return Path("/tmp") / f"qy-{_clone_id()}-{tag}"  # noqa: S108 -- owner checked by private_folder


def private_folder(path: Path, *, uid: int | None = None) -> None:
    """A 0700 folder of `uid` (ours, if not given); refused when somebody else owns it."""
    owner = os.geteuid() if uid is None else uid
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in {os.geteuid(), owner}:
        raise Problem(f"{path} belongs to another user; remove it and try again.")
    if found.st_uid != owner:
        os.chown(path, owner, -1)
    path.chmod(0o700)


@cache
def _is_walled(folder: Path) -> bool:
    return nobody.is_needed() and not nobody.may_enter(folder)


def _clone_id() -> str:
    kept = CLONE / ".run" / "id"
    if not kept.exists():
        kept.write_text(secrets.token_hex(6))
    return kept.read_text().strip()
