"""What our Celery worker does beside working: it listens with care, and ends when it is deaf.

It tries a broker that is away every second, where Celery waits longer each time, up to half a
minute. And it looks whether it hears: after a broken connection a worker can live on, connected,
and take nothing any more. Such a one ends, and is started again by whoever started it (`make up`,
`restart:` in docker-compose.yml).
"""

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from celery import bootsteps
from celery.worker import state
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from core.ending import ask_to_end

if TYPE_CHECKING:
    from kombu import Connection

log = structlog.get_logger(__name__)

RETRY_EVERY = 1  # seconds
# An answer may take its time, no shopper waits for it; a connection that is open at our end only is
# noticed after health_check_interval, twice at the worst.
PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 5, "health_check_interval": 5}

LOOK_EVERY = 3.0  # seconds
LOOKS = 5  # in a row: looks, not seconds, so that a machine that was asleep accuses nobody
DEAF = 75  # the exit code


class Listener(Consumer):
    """Celery's consumer, which counts what it hears and does not wait long for a lost broker."""

    heard = 0
    # As if it had been connected before: Celery gives up a worker of which a child died before the
    # first connection, and while the broker is waited for that is as likely as at any other time.
    restart_count = 0

    def connection_for_read(self, heartbeat: float | None = None) -> "Connection":
        return self.ensure_connected(
            self.app.connection_for_read(heartbeat=heartbeat, transport_options=PATIENCE)
        )

    def ensure_connected(self, conn: "Connection") -> "Connection":
        conn.ensure_connection(
            _tell_away,
            interval_start=RETRY_EVERY,
            interval_step=0,
            interval_max=RETRY_EVERY,
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        return conn

    def create_task_handler(self, *given: Any, **named: Any) -> Any:
        handle = super().create_task_handler(*given, **named)

        def hear(message: Any) -> None:
            self.heard += 1
            handle(message)

        return hear


def _tell_away(why: Exception, _wait: float) -> None:
    log.warning("broker_away", why=type(why).__name__)


@dataclass
class Ear:
    """Deaf is who has a free hand while nudges stand in line, and has heard nothing, five times
    in a row. A worker whose hands are all full leaves the line alone, and rightly."""

    heard: int = 0
    silent_looks: int = 0

    def is_deaf(self, *, heard: int, waiting: int, has_free_hand: bool) -> bool:
        is_silent = waiting > 0 and has_free_hand and heard == self.heard
        self.silent_looks = self.silent_looks + 1 if is_silent else 0
        self.heard = heard
        return self.silent_looks >= LOOKS


class Canary(bootsteps.StartStopStep):
    """Looks from a thread of its own: the loop that listens may be the thing that hangs."""

    requires = ("celery.worker.components:Pool",)  # the consumer is started last and never returns

    def __init__(self, worker: Any, **_given: Any) -> None:
        self._over = threading.Event()

    def start(self, worker: Any) -> None:
        threading.Thread(target=self._watch, args=(worker,), name="canary", daemon=True).start()

    def close(self, worker: Any) -> None:
        """The worker is asked to stop: from now on it is right not to listen."""
        ask_to_end()
        self._over.set()

    def stop(self, worker: Any) -> None:
        self._over.set()

    def terminate(self, worker: Any) -> None:
        self._over.set()

    def _watch(self, worker: Any) -> None:
        ear = Ear()
        while not self._over.wait(LOOK_EVERY):
            waiting = _count_waiting(_queues(worker))
            busy = len(state.active_requests)
            if ear.is_deaf(
                heard=getattr(worker.consumer, "heard", 0),
                waiting=waiting,
                has_free_hand=busy < worker.pool.num_processes,
            ):
                log.error("worker_deaf", waiting=waiting, busy=busy)
                os._exit(DEAF)  # whoever does not hear cannot be asked to stop


def _queues(worker: Any) -> list[str]:
    """What the worker listens to now; nothing while it is not connected."""
    consumer = getattr(worker.consumer, "task_consumer", None)
    return [queue.name for queue in consumer.queues] if consumer else []


def _count_waiting(queues: list[str]) -> int:
    """Nudges in line, over a connection of our own; none while the broker is away."""
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            return sum(int(client.llen(queue)) for queue in queues)
    except (RedisError, OSError):
        return 0
