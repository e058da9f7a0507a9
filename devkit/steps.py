"""One step of a start: run a program, keep what it says in a log, show only what matters."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from devkit.env import whole_environment
from devkit.place import CLONE, VENV_PYTHON
from devkit.say import Problem, elapsed, first_error, heartbeat, say


def manage(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), "manage.py", *arguments]


def step(title: str, command: Sequence[str], made: Mapping[str, str], log: Path) -> str:
    """Run to the end and return its output; raises Problem with the first line that helps."""
    began = elapsed()
    with heartbeat(title):
        done = subprocess.run(
            command, cwd=CLONE, env=whole_environment(made), check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    with log.open("a") as out:
        out.write(f"$ {' '.join(command)}\n{done.stdout}")
    if done.returncode:
        raise Problem(f"{title} failed: {first_error(done.stdout)}\n  log: {log}")
    say(f"{title} ({elapsed() - began:.1f} s)")
    return done.stdout
