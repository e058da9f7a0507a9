"""The request log's way to the database: kept in the process for a moment, written in batches.

No call waits for it, and none fails by it: what a killed process had not written is lost.
"""

import os
import threading
import time
from collections import defaultdict, deque

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from channels import services as channels
from channels.types import CallSeen
from core.scope import bind

MOST = 5_000  # in one process; when the database is away, the oldest are dropped
log = structlog.get_logger(__name__)
_waiting: deque[tuple[int, CallSeen]] = deque(maxlen=MOST)
_lock = threading.Lock()
_writer_of = 0  # the process whose thread writes: a fork has to start its own


def note(*, tenant_id: int, call: CallSeen) -> None:
    """Have it written soon."""
    _waiting.append((tenant_id, call))
    if settings.CALLS_WRITTEN_EVERY and _writer_of != os.getpid():
        _start()


def write_all() -> int:
    """Write what waits, a batch for each tenant; returns how many that were."""
    by_tenant: dict[int, list[CallSeen]] = defaultdict(list)
    for _each in range(len(_waiting)):
        tenant_id, call = _waiting.popleft()
        by_tenant[tenant_id].append(call)
    for tenant_id, calls in by_tenant.items():
        try:
            with bind(tenant_id):
                channels.keep_calls(calls=calls)
        except DatabaseError as why:
            log.warning("calls_lost", count=len(calls), why=type(why).__name__)
        except Exception:  # the next call is written all the same: one thread writes for all
            log.exception("calls_lost", count=len(calls))
    return sum(len(calls) for calls in by_tenant.values())


def _start() -> None:
    global _writer_of
    with _lock:
        if _writer_of != os.getpid():
            _writer_of = os.getpid()
            threading.Thread(target=_write_on, name="api-calls", daemon=True).start()


def _write_on() -> None:
    while True:
        time.sleep(settings.CALLS_WRITTEN_EVERY)
        close_old_connections()
        write_all()
