"""The virtual environment: made once, brought up to the lock when the lock has changed."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from devkit import interpreter
from devkit.interrupts import listened_to
from devkit.place import CLONE, VENV, VENV_PYTHON
from devkit.say import (
    Problem,
    first_error,
    hand_on_the_clock,
    heartbeat,
    say,
    without_addresses,
)

LOCK = CLONE / "requirements.lock"
MARK = VENV / ".installed"


def enter(arguments: list[str]) -> None:
    """Return inside the virtual environment; from outside, start the same command there."""
    with _one_at_a_time():
        _ensure()
    if not _inside():
        os.chdir(CLONE)
        hand_on_the_clock()
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "devkit", *arguments])  # noqa: S606 -- ours


def lock_hash() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _inside() -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def _ensure() -> None:
    if VENV_PYTHON.exists() and MARK.exists() and MARK.read_text() == lock_hash():
        return
    if not VENV_PYTHON.exists():
        _create()
    _install()
    MARK.write_text(lock_hash())


def _create() -> None:
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    python = interpreter.best()
    if uv := shutil.which("uv"):
        _run("making .venv", [uv, "venv", "--quiet", "--python", python, str(VENV)])
    elif python != sys.executable or importlib.util.find_spec("ensurepip"):
        _run("making .venv", [python, "-m", "venv", str(VENV)])
    else:
        raise Problem(_without_ensurepip())


def _without_ensurepip() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"This Python ({sys.executable}) cannot make virtual environments: ensurepip is missing.\n"
        f"  On Debian and Ubuntu: apt-get install python3-venv   (or python{version}-venv)\n"
        "  Or put `uv` on PATH."
    )


def _install() -> None:
    say(f"installing {LOCK.read_text().count('==')} packages (hashes checked)")
    if (uv := shutil.which("uv")) and _install_by_uv(uv):
        return
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        _run("getting pip", [str(VENV_PYTHON), "-m", "ensurepip"])
    _run(
        "installing",
        [
            *pip,
            "install",
            "--no-input",
            "--progress-bar=off",
            "--no-compile",
            "--require-hashes",
            "-r",
            str(LOCK),
        ],
    )


def _install_by_uv(uv: str) -> bool:
    """uv does not read pip's settings: where those are needed, pip has the next try."""
    sync = [uv, "pip", "sync", "--require-hashes", "--python", str(VENV_PYTHON), str(LOCK)]
    try:
        _run("installing", sync)
    except Problem as problem:
        say(f"uv could not ({problem}); trying pip")
        return False
    return True


def _run(title: str, command: list[str]) -> None:
    """Run with a heartbeat that names the package in hand; output is kept in memory only."""
    lines: deque[str] = deque(maxlen=400)
    with (
        heartbeat(title, lambda: lines[-1][:60] if lines else ""),
        listened_to(command) as process,
    ):
        for line in process.stdout or ():
            if line.strip() and not line.startswith("WARNING"):
                lines.append(without_addresses(line.strip()))
    if process.returncode:
        raise Problem(f"{title} failed: {first_error(chr(10).join(lines))}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two commands started together must not both build the environment."""
    (CLONE / ".run").mkdir(exist_ok=True)
    with (CLONE / ".run" / "venv.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
