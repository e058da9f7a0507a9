"""The whole program, started as its user starts it, in a place of its own: what a browser walks.

Servers, web, worker and sweeper are processes. The place is emptied before, not after: what a
failed walk left can be looked at in `.run/walk`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from devkit.place import CLONE, Place
from devkit.programs import web

PLACE = Place("walk")
PATIENCE = 300.0  # seconds, on a slow machine
# What a test run, or a developer's shell, says about its own servers is not meant for these.
NOT_INHERITED = {
    "DATABASE_URL", "DATABASE_OPS_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL",
    "DJANGO_SETTINGS_MODULE", "RUN_DIR", "STATIC_ROOT", "SANDBOX_GATE", "FAILPOINTS_DIR",
    "SECRET_KEY_FILE", "MASTER_KEY_FILE", "EMAIL_URL", "PUBLIC_PORT", "SIMULATORS_PORT",
    "TEST_DB_SUFFIX",
}  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """Where it answers."""

    port: int

    def url(self, path: str = "/", shop: str = "cloud") -> str:
        return f"http://{shop}.localhost:{self.port}{path}"


@contextmanager
def running(*, days: int) -> Iterator[Stack]:
    """Up inside, with so many days of demo business and one more product, of which none is left."""
    stack = Stack(_free_port())
    _empty()
    run(stack, sys.executable, "-m", "tests.browser.arrange", str(days))
    with (PLACE.logs / "up.log").open("wb") as log:
        up = _start(stack, ["up"], log)
        try:
            _wait_ready(stack, up)
            yield stack
        finally:
            up.terminate()
            up.wait(60)


@contextmanager
def beside(stack: Stack, application: str) -> Iterator[Stack]:
    """Another web process of the program that is up, made of another entry."""
    other = Stack(_free_port())
    words = ["run", "--", *web(f"127.0.0.1:{other.port}")]
    words[words.index("config.wsgi:application")] = application
    with (PLACE.logs / "beside.log").open("wb") as log:
        process = _start(other, words, log)
        try:
            _wait_ready(other, process)
            yield other
        finally:
            process.terminate()
            process.wait(60)


def run(stack: Stack, *words: str) -> None:
    """A program beside those that are up."""
    _devkit(stack, "run", "--", *words)


def _empty() -> None:
    """Stop what a killed run left, and forget its data."""
    PLACE.prepare()
    _devkit(Stack(0), "down")
    for folder in {PLACE.run, PLACE.data} - {PLACE.root}:
        shutil.rmtree(folder, ignore_errors=True)
    PLACE.prepare()


def _devkit(stack: Stack, *words: str) -> None:
    log = PLACE.logs / f"{words[0]}.log"
    with log.open("wb") as out:
        code = _start(stack, words, out).wait(PATIENCE)
    assert code == 0, log.read_text()[-3000:]


def _start(stack: Stack, words: Sequence[str], out: BinaryIO) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    environ |= {"PORT": str(stack.port or 8000), "BASE_DOMAIN": "localhost"}
    environ |= {"TRUSTED_PROXIES": "127.0.0.0/8"}  # a visitor may come from elsewhere
    return subprocess.Popen(
        [sys.executable, "-m", "devkit", "--in", PLACE.name, *words],
        cwd=CLONE, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
    )  # fmt: skip


def _wait_ready(stack: Stack, up: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not _is_ready(stack):
        said = (PLACE.logs / "up.log").read_text()[-3000:]
        assert up.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.2)


def _is_ready(stack: Stack) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _free_port() -> int:
    """With a free one behind it, for the simulators."""
    while True:
        with closing(socket.socket()) as probe, closing(socket.socket()) as behind:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                behind.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
