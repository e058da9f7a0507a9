"""`make lint` and `make test`: what must pass before a change goes in."""

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from devkit import browser, prepare
from devkit.env import whole_environment
from devkit.interrupts import foreground
from devkit.place import CLONE, VENV, Place
from devkit.say import Problem, elapsed, heartbeat, say, show
from devkit.services import Services
from devkit.steps import manage

TEST_PLACE = Place("test")
# A database each, and some memory: more than four make a run no shorter.
SIDE_BY_SIDE = ["-n", str(min(os.cpu_count() or 1, 4))]
TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}


def lint() -> int:
    with Services(TEST_PLACE).in_use() as made:
        failed = _lint(made | TEST_SETTINGS)
    return _verdict(failed)


def test(arguments: list[str]) -> int:
    """Lint, then every test. Tests run even if a linter is unhappy: one run shows it all."""
    with _alone(TEST_PLACE):
        chromium = browser.ensure()
        with Services(TEST_PLACE).in_use() as made:
            made = made | TEST_SETTINGS | {"CHROMIUM": chromium}
            failed = _lint(made)
            prepare.prepare_tests(TEST_PLACE, made)
            say("pytest")
            code = foreground([str(VENV / "bin" / "pytest"), *SIDE_BY_SIDE, *arguments], made)
    return _verdict(failed + (["pytest"] if code else []))


def _lint(made: Mapping[str, str]) -> list[str]:
    """The names of the linters that found something; each one's words are shown."""
    return [name for name, command in linters().items() if not _passes(name, command, made)]


def linters() -> Mapping[str, list[str]]:
    tools = VENV / "bin"
    return {
        "ruff check": [str(tools / "ruff"), "check", "."],
        "ruff format": [str(tools / "ruff"), "format", "--check", "."],
        "mypy": [str(tools / "mypy"), "."],
        "lint-imports": [str(tools / "lint-imports"), "--no-logo"],
        "makemigrations --check": manage("makemigrations", "--check", "--dry-run"),
    }


def _passes(name: str, command: list[str], made: Mapping[str, str]) -> bool:
    began = elapsed()
    with heartbeat(name):
        done = subprocess.run(
            command, cwd=CLONE, env=whole_environment(made), check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    say(f"{name}: {'FAILED' if done.returncode else 'ok'} ({elapsed() - began:.1f} s)")
    if done.returncode:
        show(done.stdout.rstrip())
    return done.returncode == 0


def _verdict(failed: list[str]) -> int:
    say(f"FAILED: {', '.join(failed)}" if failed else "everything passed")
    return 1 if failed else 0


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Two test runs on one database would fail each other."""
    place.prepare()
    with (place.run / "alone.lock").open("w") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                "Another `make test` runs in this clone. Wait for it, or run a part of the tests "
                "beside it:\n  python3 -m devkit --in NAME run -- pytest tests/…"
            ) from None
        yield
