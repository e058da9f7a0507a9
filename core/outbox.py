"""Upward news: a service emits a fact, a listener on a higher floor hears of it.

A row per listener is written in the service's own transaction, so a fact is recorded if and only if
the change it tells of is. After commit a worker is nudged by Celery; the row stays until the
listener has returned, so a lost message costs the sweeper's next look and nothing else.
Delivery is at least once: a listener must be safe to run twice. `config/wiring.py` says who hears
what.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from django.db import transaction
from django.db.models import F

from core.errors import AppError
from core.failpoints import reach
from core.models import OutboxRow
from core.nudge import nudge
from core.rows import insert
from core.scope import require_tenant, tenant_atomic, tenant_in_force
from core.sheets import Sheet

log = structlog.get_logger(__name__)

# Twice what the slowest listener takes, and all is over within a minute of the last death.
LEASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A fact, in the past tense, that carries ids only."""


Listener = Callable[..., object]
Only = Callable[[Any], bool]
_listeners: dict[str, dict[str, Listener]] = {}
_gatherers: dict[str, list["Gatherer"]] = {}
_only: dict[tuple[str, str], Only] = {}
_untold: ContextVar[bool] = ContextVar("untold", default=False)
_done_here: ContextVar[frozenset[str]] = ContextVar("done_here", default=frozenset())


class Gatherer(Protocol):
    """Writes a row of its own with the fact, on the sheet if there is one."""

    def __call__(self, event: Any, *, sheet: Sheet | None) -> None: ...


@contextmanager
def untold() -> Iterator[None]:
    """Facts emitted in here are told to nobody: whoever writes down a past (demo data) calls the
    listeners itself, at the moment when they would have heard."""
    token = _untold.set(True)
    try:
        yield
    finally:
        _untold.reset(token)


@contextmanager
def done_here(listener: Listener) -> Iterator[None]:
    """Facts emitted in here need not be told to `listener`: the caller does what it would do, in
    the same transaction."""
    token = _done_here.set(_done_here.get() | {_listener_name(listener)})
    try:
        yield
    finally:
        _done_here.reset(token)


def subscribe(event: type[Event], listener: Listener, *, only: Only | None = None) -> None:
    """Call `listener(**the event's fields, now=…)` for every `event`; from config.wiring only.

    `only` such ones as this says: of the others no row is written.
    """
    name, heard_by = event_name(event), _listener_name(listener)
    _listeners.setdefault(name, {})[heard_by] = listener
    if only is not None:
        _only[name, heard_by] = only


def gather(event: type[Event], gatherer: Gatherer) -> None:
    """For whom it is enough to hear of many facts at once: a row here and a task for each would
    cost it more than what it does. From config.wiring only; the sweeper watches its rows."""
    _gatherers.setdefault(event_name(event), []).append(gatherer)


def _wants(name: str, listener: str, event: Event) -> bool:
    only = _only.get((name, listener))
    return only is None or only(event)


def _listener_name(listener: Listener) -> str:
    return f"{listener.__module__}.{listener.__qualname__}"


def event_name(event: type[Event]) -> str:
    return f"{event.__module__.split('.')[0]}.{event.__name__}"


def emit(event: Event, *, sheet: Sheet | None = None) -> None:
    """Record `event`; must be called inside the transaction that made it true.

    On a caller's `sheet` it is recorded with the sheet's other writes.
    """
    if tenant_in_force() is None:
        raise RuntimeError("emit() outside a transaction could tell of a change that never was")
    if _untold.get():
        return
    _let_gather(event, sheet=sheet)
    rows = _rows_of(event)
    if not rows:
        return
    if sheet is None:
        insert(rows)
    else:
        sheet.insert(*rows)
    tenant_id = require_tenant()

    def nudge_listeners() -> None:
        reach("outbox.committed")
        for row in rows:
            if row.pk is None:
                continue  # the sheet left it out: what it tells of was not written
            nudge("core.hear", tenant_id=tenant_id, row_id=row.pk)

    transaction.on_commit(nudge_listeners, robust=True)


def _let_gather(event: Event, *, sheet: Sheet | None) -> None:
    for gatherer in _gatherers.get(event_name(type(event)), ()):
        gatherer(event, sheet=sheet)


def _rows_of(event: Event) -> list[OutboxRow]:
    """One for each listener that has not done already what it would do."""
    name, done = event_name(type(event)), _done_here.get()
    return [
        OutboxRow(event=name, listener=listener, payload=asdict(event))
        for listener in _listeners.get(name, ())
        if listener not in done and _wants(name, listener, event)
    ]


def hear(*, row_id: int, now: datetime) -> None:
    """Let the row's listener hear its fact; a row another worker has, or had, is left alone."""
    row = _take(row_id, now=now)
    if row is None:
        return
    reach("outbox.taken")
    listener = _listeners.get(row.event, {}).get(row.listener)
    if listener is None:
        _remember_failure(row, "no such listener")
        return
    try:
        listener(**row.payload, now=now)
    except AppError as refusal:
        _remember_failure(row, refusal.code)
        log.warning("listener_refused", fact=row.event, listener=row.listener, code=refusal.code)
    except Exception as error:
        _remember_failure(row, type(error).__name__)
        raise
    else:
        reach("outbox.heard")
        _mark_heard(row, now=now)


@tenant_atomic(durable=True)
def _take(row_id: int, *, now: datetime) -> OutboxRow | None:
    due = OutboxRow.objects.filter(pk=row_id, heard_at=None, next_at__lte=now)
    if due.update(next_at=now + LEASE, tries=F("tries") + 1) == 0:
        return None
    return OutboxRow.objects.get(pk=row_id)


@tenant_atomic(durable=True)
def _mark_heard(row: OutboxRow, *, now: datetime) -> None:
    OutboxRow.objects.filter(pk=row.pk).update(heard_at=now, last_error="")


@tenant_atomic(durable=True)
def _remember_failure(row: OutboxRow, why: str) -> None:
    wait = min(timedelta(seconds=2) * 2 ** min(row.tries, 12), LONGEST_WAIT)
    OutboxRow.objects.filter(pk=row.pk).update(
        next_at=F("next_at") - LEASE + wait, last_error=why[:200]
    )


def due_rows(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, row) of facts that wait to be heard, across tenants: for the sweeper."""
    due = OutboxRow.objects.using("ops").filter(heard_at=None, next_at__lte=now)
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def forget_heard(*, before: datetime, limit: int) -> int:
    """Drop facts that were heard long ago."""
    old = OutboxRow.objects.using("ops").filter(heard_at__lt=before).values("pk")[:limit]
    return OutboxRow.objects.using("ops").filter(pk__in=old).delete()[0]
