"""Statements of the road of a sale, kept ready by the server.

Reading and planning one of them under row-level security costs the server as much as running it.
So from its second use on, a connection has it prepared (`PREPARE`, `EXECUTE`). A pooler that hands
the server's sessions around by transaction needs `DB_PREPARED=false`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from django.conf import settings
from psycopg2 import Error

from core.scope import own_connection

MOST_READY = 200  # a session: shapes of our own statements, not of anything a user sends
_NAMED = re.compile(r"%\((\w+)\)s")


class Answer(NamedTuple):
    """What a statement gave back: its rows, and how many it read or wrote."""

    rows: list[tuple[Any, ...]]
    row_count: int


@dataclass(slots=True)
class _Session:
    """What one session of the server has ready: `EXECUTE …` by the statement's text."""

    of: object
    cursor: Any
    ready: dict[str, str | None] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)


def run(
    sql: str, given: Sequence[Any] | Mapping[str, Any] = (), *, comes_again: bool = True
) -> Answer:
    """Run one statement; `%s` or `%(name)s` stand for what is given, wherever a value may stand.

    One that does not come again in this very shape (its text grows with what is given) is sent as
    it is, so that it takes no other's place.
    """
    connection = own_connection()
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as watched:
            return _run(_session(connection), watched, sql, given, comes_again=comes_again)
    # One cursor for the session, without Django's coats: they cost as much as the message.
    if connection.needs_rollback:
        connection.validate_no_broken_transaction()
    if connection.connection is None:
        connection.ensure_connection()
    try:
        session = _session(connection)
        return _run(session, session.cursor, sql, given, comes_again=comes_again)
    except Error:
        with connection.wrap_database_errors:
            raise


def _run(
    session: _Session,
    cursor: Any,
    sql: str,
    given: Sequence[Any] | Mapping[str, Any],
    *,
    comes_again: bool,
) -> Answer:
    words = None
    if comes_again and settings.DB_PREPARED:
        words = session.ready.get(sql) or _made_ready(session, cursor, sql, given)
    cursor.execute(words or sql, given)
    rows = cursor.fetchall() if cursor.description else []
    return Answer(rows, cursor.rowcount)


def _made_ready(
    session: _Session, cursor: Any, sql: str, given: Sequence[Any] | Mapping[str, Any]
) -> str | None:
    """The words that run the prepared statement; None the first time, which may be the last."""
    if sql not in session.ready:
        if len(session.ready) < MOST_READY:
            session.ready[sql] = None
        return None
    known = session.ready[sql]
    if known is None:
        # A new name each time: who was interrupted here cannot know whether his was taken.
        name = f"q{next(session.numbers)}"
        known = session.ready[sql] = _prepare(cursor, sql, given, name=name)
    return known


def _session(connection: Any) -> _Session:
    """The open session's; a new one has nothing ready."""
    kept: _Session | None = getattr(connection, "statements_ready", None)
    if kept is None or kept.of is not connection.connection:
        kept = _Session(of=connection.connection, cursor=connection.create_cursor())
        connection.statements_ready = kept
    return kept


def _prepare(cursor: Any, sql: str, given: Sequence[Any] | Mapping[str, Any], *, name: str) -> str:
    if "%%" in sql:
        raise ValueError("Give what holds a per cent sign as a value.")
    if isinstance(given, Mapping):
        names = list(dict.fromkeys(_NAMED.findall(sql)))
        places = {name: f"${at}" for at, name in enumerate(names, start=1)}
        text, values = _NAMED.sub(lambda found: places[found[1]], sql), [f"%({n})s" for n in names]
    else:
        pieces = sql.split("%s")
        text = "".join(f"{piece}${at}" for at, piece in enumerate(pieces[:-1], start=1))
        text, values = text + pieces[-1], ["%s"] * (len(pieces) - 1)
    cursor.execute(f"PREPARE {name} AS {text}")
    return f"EXECUTE {name} ({', '.join(values)})" if values else f"EXECUTE {name}"
