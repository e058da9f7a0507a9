"""Looks every second for what is due, across tenants, and nudges a worker for each thing.

Its own process and not a beat entry; two at once are harmless, because what a nudge starts claims
its row first. `config/wiring.py` says what is watched. A watch that fails is logged and does not
keep the others from their turn.

Each line in front of the workers is kept short. If every row of a backlog were nudged again and
again, the copies would come faster than they are read, what is read would have expired in the
line, and nothing would be done at all any more.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import zip_longest
from typing import Protocol, TypeVar

import structlog
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from core.failpoints import reach
from core.models import Pulse
from core.nudge import EXPIRES, count_waiting, line_of, nudge

T = TypeVar("T")
Key = tuple[int, int]  # a tenant and a row of its

log = structlog.get_logger(__name__)

BATCH = 500
LINE = 100  # nudges: to a line as long as this the sweeper adds none
# In a line this short nothing is old: a nudge that had no effect was lost on its way, and is sent
# again. In a longer one it may still wait, until it expires.
SHORT, REPEAT = 20, timedelta(seconds=5)


class Due(Protocol):
    """(tenant, id) pairs of what is due, read through `ops`, oldest first."""

    def __call__(self, *, now: datetime, limit: int) -> list[Key]: ...


@dataclass
class Watch:
    """`due` finds rows, `task` is nudged with `{id_name: id}` for each, at most every `every`."""

    due: Due
    task: str
    id_name: str
    every: timedelta = timedelta(seconds=1)
    last_at: datetime | None = field(default=None, compare=False)
    nudged: dict[Key, datetime] = field(default_factory=dict, compare=False)


@dataclass
class Chore:
    """A piece of housekeeping that the sweeper does itself, at most every `every`.

    `batch` is how much it does at once. Where that much was done there is more, and its turn comes
    at the next look: else what a busy day leaves behind would never be caught up with.
    """

    work: Callable[[datetime], int | None]
    every: timedelta
    batch: int | None = None
    last_at: datetime | None = field(default=None, compare=False)


_watches: list[Watch] = []
_chores: list[Chore] = []


def watch(due: Due, *, task: str, id_name: str, every: timedelta = timedelta(seconds=1)) -> None:
    _watches.append(Watch(due=due, task=task, id_name=id_name, every=every))


def chore(
    work: Callable[[datetime], int | None], *, every: timedelta, batch: int | None = None
) -> None:
    _chores.append(Chore(work=work, every=every, batch=batch))


def sweep(*, now: datetime) -> int:
    """One look at everything whose turn has come; returns how many nudges went out."""
    sent = _nudge_due(now=now)
    for job in _chores:
        if _turn(job, now=now):
            done = _guarded(partial(job.work, now))
            if job.batch and done and done >= job.batch:
                job.last_at = None
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


def _nudge_due(*, now: datetime) -> int:
    turns = [one for one in _watches if _turn(one, now=now)]
    lines = dict.fromkeys(line_of(one.task) for one in turns)
    return sum(
        _fill(line, [one for one in turns if line_of(one.task) == line], now=now) for line in lines
    )


def _fill(line: str, watches: Sequence[Watch], *, now: datetime) -> int:
    """Fill a line up, each watch in its turn: none is kept waiting by another's backlog."""
    waiting = count_waiting(line)
    if waiting is None or waiting >= LINE:
        for left in watches:
            left.last_at = None
        return 0
    after = REPEAT if waiting < SHORT else EXPIRES
    found = [_guarded(partial(_fresh, one, now=now, after=after)) or [] for one in watches]
    in_turn = [pair for group in zip_longest(*found) for pair in group if pair]
    for sent, (one, key) in enumerate(in_turn):
        if sent == LINE - waiting or not _nudge(one, key, now=now):
            for left, _key in in_turn[sent:]:
                left.last_at = None  # it was not done with: its turn is at the next look
            return sent
    return len(in_turn)


def _fresh(one: Watch, *, now: datetime, after: timedelta) -> list[tuple[Watch, Key]]:
    """What is due and was not nudged within the time `after`."""
    one.nudged = {key: at for key, at in one.nudged.items() if now - at < EXPIRES}
    return [
        (one, key)
        for key in one.due(now=now, limit=BATCH)
        if key not in one.nudged or now - one.nudged[key] >= after
    ]


def _nudge(one: Watch, key: Key, *, now: datetime) -> bool:
    tenant_id, pk = key
    if not nudge(one.task, tenant_id=tenant_id, **{one.id_name: pk}):
        return False
    one.nudged[key] = now
    return True


def _guarded(work: Callable[[], T]) -> T | None:
    try:
        return work()
    except DatabaseError as why:
        log.warning("sweep_failed", why=type(why).__name__)
        close_old_connections()
        return None
    except Exception:
        log.exception("sweep_failed")
        return None
