"""Root may not run Postgres: then it runs as `nobody`, who owns its data and nothing else."""

import os
import pwd
import subprocess
from pathlib import Path
from typing import TypedDict

from devkit.say import Problem


class RunAs(TypedDict, total=False):
    """What `subprocess` wants to hear."""

    user: int
    group: int
    extra_groups: list[int]
    cwd: str


def is_needed() -> bool:
    return os.geteuid() == 0


def run_as() -> RunAs:
    """Arguments for subprocess: `nobody` for root, nothing for everybody else."""
    if not is_needed():
        return {"cwd": "/"}
    found = _entry()
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": [], "cwd": "/"}


def uid() -> int:
    return _entry().pw_uid if is_needed() else os.geteuid()


def may_enter(path: Path) -> bool:
    """Whether Postgres' user can enter (or run) `path`; asked of the kernel, not guessed."""
    test = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], check=False, **run_as())
    return test.returncode == 0


def _entry() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Problem(
            "Postgres does not run as root, and this machine has no user `nobody`. "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from None
