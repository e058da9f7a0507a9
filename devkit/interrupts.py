"""Ctrl-C, TERM and a closed terminal: one way out, which nothing disturbs."""

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from devkit.env import whole_environment
from devkit.place import CLONE
from devkit.say import Problem

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def all_end_alike() -> None:
    """TERM and a closed terminal raise KeyboardInterrupt too, so that every `finally` runs."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in ENDINGS:
        signal.signal(number, stop)


@contextmanager
def undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of it running; the end is seconds away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def listened_to(command: Sequence[str], **options: Any) -> "Iterator[subprocess.Popen[str]]":
    """A program whose output is read line by line; it does not outlive an interrupt of ours."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", **options,
    ) as process:  # fmt: skip
        try:
            yield process
        except BaseException:
            process.terminate()
            raise


def foreground(command: Sequence[str], made: Mapping[str, str]) -> int:
    """Run a program that has the terminal: it hears Ctrl-C itself and may take its time to end."""
    with undisturbed(), _started(command, made) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


def _started(command: Sequence[str], made: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(command, cwd=CLONE, env=whole_environment(made))
    except OSError as error:
        raise Problem(f"{command[0]}: {error.strerror}") from error
