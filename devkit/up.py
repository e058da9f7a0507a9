"""`make up`: everything on this machine, watched until Ctrl-C."""

import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from devkit import identity, prepare, processes, programs, sandbox
from devkit.interrupts import undisturbed
from devkit.place import Place
from devkit.say import Problem, heartbeat, say, show
from devkit.services import Services

READY_WITHIN = 90.0  # seconds, on a slow machine under load
LOOK_EVERY = 0.5  # seconds


def up(place: Place) -> int:
    """Start, say where to click, watch; returns when somebody stops it."""
    try:
        _up(place)
    except KeyboardInterrupt:
        say("stopped")
    return 0


def _up(place: Place) -> None:
    place.prepare()
    _refuse_a_second_one(place)
    identity.remember(place.pids, "up", _myself())
    try:
        processes.stop_leftovers(place)
        services = Services(place)
        check_ports(services.environment)
        with services.in_use() as made:
            logins = prepare.prepare_demo(place, made)
            _run_until_stopped(place, services, logins)
    finally:
        identity.forget(place.pids, "up")


def _run_until_stopped(place: Place, services: Services, logins: str) -> None:
    made = services.environment
    simulators = made["SIMULATORS_PORT"]
    commands = {
        **programs.commands(made["PORT"]),
        "simulators": sandbox.command(place, simulators),
    }
    children = [processes.Child(name, command, made, place) for name, command in commands.items()]
    try:
        for child in children:
            child.start()
        sandbox.furnish(simulators)
        _wait_ready(made["PORT"], children)
        show(_welcome(place, made, logins))
        while True:
            time.sleep(LOOK_EVERY)
            for server in services.all:
                processes.watch_server(server)
            for child in children:
                child.watch()
    finally:
        with undisturbed():
            say("stopping (what runs may finish, at most 10 s)")
            processes.stop_all(children)


def _wait_ready(port: str, children: list[processes.Child]) -> None:
    until = time.monotonic() + READY_WITHIN
    with heartbeat("waiting for /readyz"):
        while not _is_ready(port):
            for child in children:
                if child.has_died:
                    raise Problem(f"{child.name} died: {child.last_words()}\n  log: {child.log}")
            if time.monotonic() > until:
                web = children[0]
                raise Problem(f"/readyz is not happy: {web.last_words()}\n  log: {web.log}")
            time.sleep(0.1)


def _is_ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def check_ports(made: Mapping[str, str]) -> None:
    for name in ("PORT", "SIMULATORS_PORT"):
        check_port(made[name], name=name)


def check_port(port: str, *, name: str = "PORT") -> None:
    """Refuse a port that somebody listens on, before anything is started."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Problem(f"{name} is {port!r}: it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except PermissionError:
            raise Problem(f"Port {port} is for root only. Try: make up {name}=8000") from None
        except OSError:
            other = int(port) % 65000 + 1
            raise Problem(
                f"Port {port} is taken by another program.\n"
                f"  Stop that program, or choose another port: make up {name}={other}"
            ) from None


def _welcome(place: Place, made: Mapping[str, str], logins: str) -> str:
    base, port = made["BASE_DOMAIN"], made["PORT"]
    return (
        f"\n{logins.rstrip()}\n\n"
        f"  Operator      http://ops.{base}:{port}/\n"
        f"  Suppliers     {sandbox.base_url(made['SIMULATORS_PORT'])}/control/   (simulated)\n"
        f"  Health        http://127.0.0.1:{port}/readyz\n"
        f"  Logs          {place.logs}\n"
        f"  Mail and SMS  {place.run / 'outbox'}\n\n"
        "  Ctrl-C stops everything; the data stays.\n"
    )


def _refuse_a_second_one(place: Place) -> None:
    found = identity.recall(place.pids, "up")
    if found:
        raise Problem(f"`make up` runs already (pid {found.pid}). Stop it with: make down")


def _myself() -> identity.Identity:
    found = identity.identify(os.getpid())
    if found is None:
        raise Problem("This system does not say when a process started (no /proc, no ps).")
    return found
