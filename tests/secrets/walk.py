"""The walk of a thousand canaries, a program of its own: `python -m tests.secrets.walk FILE`.

Servers, web, worker and sweeper are the real ones, in a place that is emptied first. What was found
where goes to FILE as JSON; the program prints nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from devkit import prepare
from devkit.env import whole_environment
from devkit.place import CLONE, Place
from devkit.programs import commands
from devkit.services import Services

PLACE = Place("canary")


def main(out: Path) -> None:
    _empty()
    services = Services(PLACE)
    with services.in_use() as made:
        prepare.prepare(PLACE, made)
        failpoints = PLACE.run / "failpoints"
        failpoints.mkdir()
        os.environ.update(made)
        django.setup()
        from tests.secrets import scenes  # noqa: PLC0415 -- after setup

        with Programs(made | {"FAILPOINTS_DIR": str(failpoints)}).running() as programs:
            report = scenes.play(services, programs, failpoints)
    out.write_text(json.dumps(report))


def _empty() -> None:
    PLACE.prepare()
    Services(PLACE).down()
    for folder in {PLACE.run, PLACE.data} - {PLACE.root}:
        shutil.rmtree(folder, ignore_errors=True)
    PLACE.prepare()


class Programs:
    """Our processes as `make up` runs them, each writing to its log."""

    def __init__(self, made: dict[str, str]) -> None:
        self.port = made["PORT"]
        self._made = whole_environment(made)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @contextmanager
    def running(self) -> Iterator["Programs"]:
        try:
            for name in commands(self.port):
                self.start(name)
            yield self
        finally:
            for name in list(self._running):
                self.stop(name)

    def start(self, name: str) -> None:
        with PLACE.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                commands(self.port)[name], cwd=CLONE, env=self._made,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self, name: str) -> None:
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
