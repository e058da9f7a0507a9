"""A worker that is connected and hears nothing ends; one that is busy, or has nothing to hear, not.

Deafness is real here: a process of its own, whose loop asks the broker for nothing any more.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from redis import Redis

from chaos.house import children_of
from core.refs import new_ref
from core.worker import DEAF, LOOKS, Ear
from tests.core.relay import Relay

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; a worker takes some to start on a busy machine


@pytest.fixture
def line():
    """A line of its own, as Celery and as Redis know it."""
    name = f"trial-{new_ref(10)}"
    with Redis.from_url(settings.REDIS_URL) as client:
        yield name, lambda: client.llen(name)
        client.delete(name)


@pytest.fixture
def start(line):
    started = []

    def start_one(how, **environment):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.core.trial_worker", line[0], how],
            cwd=ROOT, env=os.environ | environment, start_new_session=True,
        )  # fmt: skip
        started.append(worker)
        return worker

    yield start_one
    for worker in started:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.fixture
def relay():
    away = Relay(settings.REDIS_URL)
    yield away
    away.close()


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def hold(queue, *, seconds):
    current_app.send_task("trial.hold", args=[seconds], queue=queue)


def looks(*seen):
    """What the canary says at each look of (heard, waiting, has_free_hand)."""
    ear = Ear()
    return [ear.is_deaf(heard=h, waiting=w, has_free_hand=f) for h, w, f in seen]


def test_five_silent_looks_in_a_row_are_deafness():
    assert looks(*[(7, 3, True)] * (LOOKS + 1)) == [False] * LOOKS + [True]


@pytest.mark.parametrize(
    "once",
    [(8, 3, True), (7, 0, True), (7, 3, False)],
    ids=["it heard", "nothing waits", "its hands were full"],
)
def test_one_look_that_is_well_begins_the_count_again(once):
    silent = [(7, 3, True)] * LOOKS

    assert not any(looks(*silent, once, *silent[1:]))


def test_a_deaf_worker_ends(line, start):
    hold(line[0], seconds=0)
    worker = start("deaf")

    assert worker.wait(PATIENCE) == DEAF
    assert line[1]() == 1


def test_a_worker_whose_hands_are_full_works_on(line, start):
    for seconds in (3, 0, 0, 0):
        hold(line[0], seconds=seconds)
    worker = start("well")

    until(lambda: line[1]() == 0)

    assert worker.poll() is None


def test_a_child_that_died_while_the_broker_was_away_is_replaced(line, start, relay):
    worker = start("well", REDIS_URL=relay.url)
    until(lambda: children_of(worker.pid))
    os.kill(children_of(worker.pid)[0], signal.SIGKILL)

    relay.open()
    hold(line[0], seconds=0)

    until(lambda: line[1]() == 0 or worker.poll() is not None)
    assert worker.poll() is None
