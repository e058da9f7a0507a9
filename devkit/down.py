"""`make down`: stop what runs or what a killed `make up` left."""

import signal

from devkit import identity, processes
from devkit.place import Place
from devkit.say import say
from devkit.services import Services

PATIENCE = 40.0  # seconds: `up` gives its children ten, then stops the servers


def down(place: Place) -> int:
    place.prepare()
    if running := identity.recall(place.pids, "up"):
        say(f"asking `make up` (pid {running.pid}) to stop")
        running.signal(signal.SIGTERM)
        running.wait_gone(PATIENCE)
    processes.stop_leftovers(place)
    Services(place).down()
    identity.forget(place.pids, "up")
    say("everything is stopped")
    return 0
