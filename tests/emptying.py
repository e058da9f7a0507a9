"""An empty database after each test that commits.

Django's way makes 123 tables and their indexes anew (0.4 s), and the content types and permissions
after them (0.5 s), where a handful of tables has a handful of rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import ProgrammingError, connections, transaction

KEPT = frozenset({"django_content_type", "auth_permission", "django_site"})
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"


def empty_quickly() -> None:
    """Have Django's `flush` delete what is there, but for what migrations have made.

    Where the server does not let the owner do so without triggers, as one of DATABASE_URL may not,
    everything stays as it is.
    """
    connection = connections["owner"]
    try:
        with transaction.atomic("owner"), connection.cursor() as cursor:
            cursor.execute(WITHOUT_TRIGGERS)
    except ProgrammingError:
        return
    operations: Any = connection.ops
    operations.sql_flush = partial(_sql_flush, operations.sql_flush)


def _sql_flush(truncate: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
    """Done here, and nothing told to do: after statements `flush` has the migrations' rows made."""
    if options.get("reset_sequences"):
        return list(truncate(style, tables, **options))
    filled = _filled([table for table in tables if table not in KEPT])
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        deletions = [f"DELETE FROM {one}" for one in filled]  # noqa: S608 -- Django's own names
        cursor.execute("; ".join([WITHOUT_TRIGGERS, *deletions]))
    return []


def _filled(tables: list[str]) -> list[str]:
    quoted = map(connections["owner"].ops.quote_name, tables)
    asked = [f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in quoted]  # noqa: S608
    with connections["owner"].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def new_tables() -> Iterator[None]:
    """As if nothing had ever been in them: for who asks the planner, which remembers.

    Autovacuum stays away meanwhile, and gives way where it is at work: what was there before counts
    as changed, so it would come within the minute, and of a table that is known to be empty any
    plan will do.
    """
    owner = connections["owner"]
    names = owner.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = ", ".join(owner.ops.quote_name(name) for name in names if name not in KEPT)
    with transaction.atomic("owner"), owner.cursor() as cursor:
        cursor.execute(f"TRUNCATE {emptied}")
        _on_every_table(cursor, "SET (autovacuum_enabled = off)")
    try:
        yield
    finally:
        with owner.cursor() as cursor:
            _on_every_table(cursor, "RESET (autovacuum_enabled)")


def _on_every_table(cursor: Any, change: str) -> None:
    """A partitioned one takes no such setting; its parts do."""
    cursor.execute(
        "SELECT string_agg(format('ALTER TABLE %%s %%s', oid::regclass, %s), '; ')"
        " FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
        [change],
    )
    (changes,) = cursor.fetchone()
    cursor.execute(changes)
