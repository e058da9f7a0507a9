"""Keys of rows that are not stored yet, so that what points at a new row can be written with it.

A session of the database takes some ahead from the table's own sequence; what it has not used when
it ends is lost, as after a rollback. Of two sessions' rows, the later may have the lower key.
"""

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import models

from core.scope import own_connection
from core.statements import run

AHEAD = 50
# By session and not by process: another session may be of another database, or of this one after it
# was restored.
_ahead: WeakKeyDictionary[Any, dict[type[models.Model], list[int]]] = WeakKeyDictionary()


def new_key(model: type[models.Model]) -> int:
    """A primary key that no other row of the table has or will have."""
    connection = own_connection()
    connection.ensure_connection()
    of_session = _ahead.setdefault(connection.connection, {})
    keys = of_session.get(model)
    if not keys:
        keys = of_session[model] = [key for (key,) in reversed(run(_next(model)).rows)]
    return keys.pop()


@lru_cache(maxsize=64)
def _next(model: type[models.Model]) -> str:
    table, column = model._meta.db_table, model._meta.pk.column
    return (
        f"SELECT nextval(pg_get_serial_sequence('{table}', '{column}')) "  # noqa: S608 -- our names
        f"FROM generate_series(1, {AHEAD})"
    )
