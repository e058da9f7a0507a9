"""Looks every second for what is due, across tenants, and nudges a worker for each thing.

Its own process and not a beat entry; two at once are harmless, because what a nudge starts claims
its row first. `config/wiring.py` says what is watched. A watch that fails is logged and does not
keep the others from their turn.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from core.failpoints import reach
from core.models import Pulse
from core.nudge import nudge

log = structlog.get_logger(__name__)

BATCH = 500
# A nudge that waits in the queue is not sent again at each look: under a backlog the copies would
# bury what is new. One that was lost on its way is repeated after this time.
REPEAT = timedelta(seconds=5)


class Due(Protocol):
    """(tenant, id) pairs of what is due, read through `ops`, oldest first."""

    def __call__(self, *, now: datetime, limit: int) -> list[tuple[int, int]]: ...


@dataclass
class Watch:
    """`due` finds rows, `task` is nudged with `{id_name: id}` for each, at most every `every`."""

    due: Due
    task: str
    id_name: str
    every: timedelta = timedelta(seconds=1)
    last_at: datetime | None = field(default=None, compare=False)
    nudged: dict[tuple[int, int], datetime] = field(default_factory=dict, compare=False)


@dataclass
class Chore:
    """A piece of housekeeping that the sweeper does itself, at most every `every`."""

    work: Callable[[datetime], object]
    every: timedelta
    last_at: datetime | None = field(default=None, compare=False)


_watches: list[Watch] = []
_chores: list[Chore] = []


def watch(due: Due, *, task: str, id_name: str, every: timedelta = timedelta(seconds=1)) -> None:
    _watches.append(Watch(due=due, task=task, id_name=id_name, every=every))


def chore(work: Callable[[datetime], object], *, every: timedelta) -> None:
    _chores.append(Chore(work=work, every=every))


def sweep(*, now: datetime) -> int:
    """One look at everything whose turn has come; returns how many nudges went out."""
    sent = 0
    for one in _watches:
        if _turn(one, now=now):
            sent += _guarded(partial(_nudge_due, one, now=now)) or 0
    for job in _chores:
        if _turn(job, now=now):
            _guarded(partial(job.work, now))
    return sent


def run(*, stopped: Callable[[], bool]) -> None:
    """Sweep every second until told to stop. A database that is away is waited for."""
    while not stopped():
        started = time.monotonic()
        close_old_connections()
        now = timezone.now()
        sweep(now=now)
        _guarded(partial(beat, "sweeper", now=now))
        reach("sweeper.after_sweep")
        time.sleep(max(0.0, 1.0 - (time.monotonic() - started)))


def beat(name: str, *, now: datetime) -> None:
    Pulse.objects.using("ops").update_or_create(name=name, defaults={"at": now})


def _turn(one: Watch | Chore, *, now: datetime) -> bool:
    if one.last_at is not None and now - one.last_at < one.every:
        return False
    one.last_at = now
    return True


def _nudge_due(one: Watch, *, now: datetime) -> int:
    one.nudged = {key: at for key, at in one.nudged.items() if now - at < REPEAT}
    fresh = [key for key in one.due(now=now, limit=BATCH) if key not in one.nudged]
    sent = 0
    for tenant_id, pk in fresh:
        if nudge(one.task, tenant_id=tenant_id, **{one.id_name: pk}):
            one.nudged[tenant_id, pk] = now
            sent += 1
    return sent


def _guarded(work: Callable[[], object]) -> int | None:
    try:
        done = work()
    except DatabaseError as why:
        log.warning("sweep_failed", why=type(why).__name__)
        close_old_connections()
        return None
    except Exception:
        log.exception("sweep_failed")
        return None
    return done if isinstance(done, int) else None
