"""Starting tasks: the outbox does, the sweeper, and whoever writes a row that is due at once (the
sweeper finds it too). A broker that is away costs a log line.

One that accepts and says nothing must not hold whoever nudges: the settings give it a tenth of a
second to connect and one to answer, and after a failure nobody in this process asks it again for a
second. What is not said in that time the sweeper says.
"""

import time
from datetime import timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from kombu.exceptions import OperationalError
from kombu.transport import redis as _transport  # noqa: F401 -- not in the first request that nudges
from redis import Redis
from redis.exceptions import RedisError

from core.scope import require_tenant

log = structlog.get_logger(__name__)

EXPIRES = timedelta(seconds=30)  # an old nudge says nothing that the sweeper will not say again
AWAY_FOR = 1.0  # seconds

_away_until = 0.0


def nudge(task: str, *, tenant_id: int, **ids: int) -> bool:
    """Ask a worker to look now; False if the broker is away.

    The truth is a row, and the sweeper finds it without this.
    """
    if time.monotonic() < _away_until:
        return False
    try:
        current_app.send_task(
            task, kwargs=ids, headers={"tenant_id": tenant_id}, expires=EXPIRES.total_seconds()
        )
    except (OperationalError, RedisError, OSError) as why:
        _believe_away(until=time.monotonic() + AWAY_FOR)
        log.warning("nudge_lost", task=task, why=type(why).__name__)
        return False
    return True


def nudge_after_commit(task: str, *, id_name: str, row: Model) -> None:
    """`nudge` for a row that is due at once, as soon as it is there for the worker to find."""
    tenant_id = require_tenant()

    def nudge_it() -> None:
        if row.pk is not None:
            nudge(task, tenant_id=tenant_id, **{id_name: row.pk})

    transaction.on_commit(nudge_it, robust=True)


def line_of(task: str) -> str:
    """The queue in which the task's nudges stand."""
    route = settings.CELERY_TASK_ROUTES.get(task, {})
    return str(route.get("queue", settings.CELERY_TASK_DEFAULT_QUEUE))


def count_waiting(line: str) -> int | None:
    """How many nudges stand in the line for a worker; None if the broker is away."""
    try:
        with _asked() as client:
            return int(client.llen(line))
    except (RedisError, OSError):
        return None


def broker_answers() -> bool:
    """Whether Redis is there, asked for a fifth of a second at most (kombu would try for two)."""
    try:
        with _asked() as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _asked() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2)


def _believe_away(*, until: float) -> None:
    global _away_until
    _away_until = until
