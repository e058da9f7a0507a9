"""Where a secret could have been left: tables, Postgres' own files, Valkey, and the run folder."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from redis import Redis

from devkit.services import Services
from tests.secrets.looking import CANARY, files_with, is_seen, seen_in

PLANTED = "planted_canaries"


def found_everywhere(services: Services) -> dict[str, list[str]]:
    """By place, what shows a canary there."""
    data = services.place.data
    with connections["owner"].cursor() as cursor:
        tables = _tables_with(cursor)
    _checkpoint(services)
    run = services.place.run
    found = {"tables": tables, "valkey": _keys_with(), "run folder": files_with(run)}
    return found | ({"postgres": files_with(data)} if data != run else {})


def _checkpoint(services: Services) -> None:
    """What is in memory only goes to the disk, as in a backup of it."""
    from devkit import roles  # noqa: PLC0415 -- the launcher's, wanted here only

    connection = roles.connect(services.postgres.server.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    connection.close()


def _tables_with(cursor: Any) -> list[str]:
    """As a dump would write them: every row of every table, past row-level security. Of what is
    cut by month the months are the tables."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall() if _shows(cursor, name)]


def _shows(cursor: Any, table: str) -> bool:
    text = io.BytesIO()
    cursor.copy_expert(f'COPY "{table}" TO STDOUT', text)
    return is_seen(text.getvalue())


def _keys_with() -> list[str]:
    with Redis.from_url(settings.REDIS_URL) as client:
        return [key.decode() for key in _keys(client) if seen_in([key, client.dump(key) or b""])]


def _keys(client: Any) -> list[bytes]:
    return list(client.keys("*"))


def waiting_messages() -> int:
    with Redis.from_url(settings.REDIS_URL) as client:
        return sum(int(client.llen(queue)) for queue in ("fast", "bulk"))


def plant(services: Services) -> None:
    """A canary on purpose in each place: a look that finds none of these has looked nowhere."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE {PLANTED} AS SELECT '{CANARY}-planted'::text AS clear")
    with Redis.from_url(settings.REDIS_URL) as client:
        client.lpush("planted", f'{{"code": "{CANARY}-planted"}}')
    for folder in ("logs", "uploads", "outbox"):
        path = Path(services.place.run, folder, "planted")
        path.write_bytes(f"{CANARY}-planted".encode("utf-16-le"))
