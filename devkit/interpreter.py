"""Which Python the virtual environment is made of.

A Python built by hand without its profile-guided optimisation runs at half the speed of the
system's own, and neither its version nor its build flags say so. So those of the same version are
timed, once, before the environment is made.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit.say import say

MUCH = 1.5  # a smaller gain is noise, and no reason for a surprise
_PLACES = ("/usr/bin", "/usr/local/bin")
_PATIENCE = 20.0
_PROBE = """
import ensurepip, sys, time

class Thing:
    def __init__(self, **given):
        for name, value in given.items():
            setattr(self, name, value)

def work():
    kept = {}
    for number in range(10000):
        kept[number % 100] = Thing(number=number, text=str(number))

def once():
    began = time.process_time()
    work()
    return time.process_time() - began

print(sys.version_info[0], sys.version_info[1], min(once() for _ in range(5)))
"""


def best() -> str:
    """This Python; or, unless somebody chose it, one of its version that is much quicker."""
    own = sys.executable
    if os.environ.get("PYTHON_CHOSEN"):
        return own
    seconds = {python: taken for python in _known() if (taken := _time(python)) is not None}
    quickest = min(seconds, key=seconds.__getitem__, default=own)
    if own in seconds and seconds[own] < MUCH * seconds[quickest]:
        return own
    if quickest != own:
        say(f"using {quickest}: much quicker than {own} (PYTHON=… to choose another)")
    return quickest


def _known() -> list[str]:
    """This one first, then those that go by the name of its version."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *_PLACES]
    found = [shutil.which(name, path=folder) for folder in folders if folder]
    real = {
        os.path.realpath(python): python for python in reversed([sys.executable, *found]) if python
    }
    return sorted(real.values(), key=lambda python: python != sys.executable)


def _time(python: str) -> float | None:
    """Seconds for a little work; None for one that cannot make environments, or is another one."""
    try:
        ran = subprocess.run(
            [python, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
            cwd=Path("/"),
        )
        major, minor, seconds = ran.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return float(seconds) if (int(major), int(minor)) == sys.version_info[:2] else None
