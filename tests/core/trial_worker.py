"""The house's worker for tests of its canary, which looks often here; `deaf` makes it one that is
connected and takes nothing."""

import sys
import time
from typing import Any

from celery.signals import worker_ready

from config.celery import app
from core import worker

worker.LOOK_EVERY = 0.2


@app.task(name="trial.hold")
def hold(seconds: float) -> None:
    time.sleep(seconds)


def stop_listening(sender: Any, **_given: Any) -> None:
    """What asks Redis for the next message is called at each turn of this loop: not any more."""
    sender.hub.on_tick.clear()


if __name__ == "__main__":
    queue, how = sys.argv[1:]
    if how == "deaf":
        worker_ready.connect(stop_listening)
    app.worker_main(
        ["worker", "-Q", queue, "-c", "1", "--without-gossip", "--without-mingle", "-l", "WARNING"]
    )
