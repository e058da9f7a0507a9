"""A connection of the owner's, who sees every tenant, and what is asked on it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from psycopg2.extensions import connection


@contextmanager
def linked() -> Iterator["connection"]:
    url = os.environ["DATABASE_OWNER_URL"].replace("postgres:", "postgresql:", 1)
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        yield link
    finally:
        link.close()


class Reader:
    """Asks plain SQL; `given` is what its statements name."""

    def __init__(self, link: "connection", **given: Any) -> None:
        self.link, self._given = link, given

    def rows(self, sql: str) -> list[Any]:
        with self.link.cursor() as cursor:
            cursor.execute(sql, self._given)
            return list(cursor.fetchall())

    def count(self, sql: str) -> int:
        ((count,),) = self.rows(sql)
        return int(count or 0)

    def counts(self, statements: Mapping[str, str]) -> dict[str, int]:
        """Those that are not zero."""
        found = {name: self.count(sql) for name, sql in statements.items()}
        return {name: count for name, count in found.items() if count}
