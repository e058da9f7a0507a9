"""Our own processes for the scenarios that go over HTTP: the commands `make up` runs."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit.programs import commands

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0


@contextmanager
def web() -> Iterator[int]:
    """gunicorn on a free port."""
    with running("web") as port:
        yield port


@contextmanager
def running(*names: str) -> Iterator[int]:
    """The named processes; yields web's port. All are stopped by pid at the end."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "PUBLIC_PORT": str(port)}
    log = Path(os.environ["RUN_DIR"], "logs", "bench.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as out:
        started = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)  # noqa: S603 -- our own commands
            for name, command in commands(str(port)).items()
            if name in names
        ]
        try:
            wait_for(port)
            yield port
        finally:
            for process in started:
                process.terminate()
            for process in started:
                _reap(process)


@dataclass(slots=True)
class Spent:
    seconds: float = 0.0


@contextmanager
def cpu_of() -> Iterator[Spent]:
    """The time all cores of the machine were busy in it, whoever they worked for."""
    spent, before = Spent(), _busy()
    yield spent
    spent.seconds = _busy() - before


def _busy() -> float:
    user, nice, system, _idle, _wait, irq, softirq = map(
        int, Path("/proc/stat").read_text().split(maxsplit=9)[1:8]
    )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _reap(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, path: str = "/healthz") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web process does not answer")
