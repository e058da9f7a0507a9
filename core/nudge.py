"""Starting tasks: only the outbox and the sweeper do; a broker that is away costs a log line."""

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

EXPIRES = 30  # seconds: an old nudge says nothing that the sweeper will not say again


def nudge(task: str, *, tenant_id: int, **ids: int) -> bool:
    """Ask a worker to look now; False if the broker is away.

    The truth is a row, and the sweeper finds it without this.
    """
    try:
        current_app.send_task(task, kwargs=ids, headers={"tenant_id": tenant_id}, expires=EXPIRES)
    except (OperationalError, RedisError, OSError) as why:
        log.warning("nudge_lost", task=task, why=type(why).__name__)
        return False
    return True


def broker_answers() -> bool:
    """Whether Redis is there, asked for a fifth of a second at most (kombu would try for two)."""
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
