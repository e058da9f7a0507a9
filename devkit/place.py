"""Where things lie: one run folder per use, so that tests never disturb a running `make up`."""

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devkit import nobody
from devkit.say import Problem

CLONE = Path(__file__).resolve().parents[1]
ROOT = CLONE / ".run"
VENV = CLONE / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
SOCKET_PATH_LIMIT = 103  # bytes; 107 on Linux, 103 on macOS


@dataclass(frozen=True)
class Place:
    """A run folder: `.run` itself, or `.run/<name>` with servers of its own."""

    name: str = ""
    root: Path = ROOT

    @property
    def run(self) -> Path:
        return self.root / self.name

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def pids(self) -> Path:
        return self.run / "pids"

    @property
    def keys(self) -> Path:
        """One set for all run folders, so that they agree on a server they may share."""
        return self.root / "keys"

    @property
    def command(self) -> str:
        """How a person names this place to devkit."""
        return "python3 -m devkit" + (f" --in {self.name}" if self.name else "")

    def prepare(self) -> None:
        """Make the folders; only the one that Postgres' user walks through is open to others."""
        for folder in (self.root, self.run):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)
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
        return outside(self.root) / self._tag if _is_walled(self.run) else self.run

    def prepare_data(self) -> None:
        if self.data != self.run:
            make_outside(self.root)
            self.data.mkdir(mode=0o711, exist_ok=True)
            self.data.chmod(0o711)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def socket_folder(self, wanted: Path, socket: str) -> Path:
        """`wanted`, or a short name under /tmp when a socket's path there would be too long."""
        if len(os.fsencode(wanted / socket)) <= SOCKET_PATH_LIMIT:
            return wanted
        name = f"qy-{_id(self.root)}-{self._tag}-{socket.strip('.').partition('.')[0]}"
        return Path("/tmp") / name  # noqa: S108 -- owner checked by private_folder

    @property
    def _tag(self) -> str:
        return self.name or "main"


def outside(root: Path = ROOT) -> Path:
    """This clone's folder where everybody can walk in; `make_outside` makes it."""
    return Path("/var/tmp") / f"quanyi-{_id(root)}"  # noqa: S108 -- owner checked by make_outside


def make_outside(root: Path = ROOT) -> Path:
    """Refused when somebody else has made it."""
    folder = outside(root)
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Problem(f"{folder} is not ours. Remove {root / 'id'} to get another name.")
    folder.chmod(0o711)
    return folder


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


def _id(root: Path) -> str:
    kept = root / "id"
    if not kept.exists():
        kept.write_text(secrets.token_hex(6))
    return kept.read_text().strip()
