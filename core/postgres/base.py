"""A transaction is opened in the same message as its first statement.

The driver sends `BEGIN` by itself before the first statement, and the tenant is told by a statement
more: two ways to the server that carry nothing. So the driver is left in autocommit, and `BEGIN`,
what belongs to it and the first statement go out together. A transaction in which nothing is asked
costs nothing.
"""

import select
import time
from typing import Any

import psycopg2.extensions
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

BELIEVED = 30.0  # seconds


class Cursor(psycopg2.extensions.cursor):
    """Sends what opens the transaction in front of its own first statement."""

    wrapper: "DatabaseWrapper | None" = None

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 -- the driver's name
        if self.wrapper is None or not self.wrapper.opening:
            super().execute(query, vars)
        elif isinstance(query, str) and self.name is None:
            try:
                super().execute(f"{self.wrapper.opening}; {query}", vars)
            finally:
                # Still idle: the driver refused a value (a NUL, say), and nothing was sent.
                if self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
                    self.wrapper.opening = ""
        else:
            self.wrapper.send_opening()
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        self._open()
        super().executemany(query, vars_list)

    def copy_expert(self, *args: Any, **kwargs: Any) -> None:
        self._open()
        super().copy_expert(*args, **kwargs)

    def _open(self) -> None:
        if self.wrapper is not None and self.wrapper.opening:
            self.wrapper.send_opening()


class DatabaseWrapper(base.DatabaseWrapper):
    """`opening` is what has to be said before the next statement: empty, or `BEGIN` and more."""

    opening = ""
    tenant_in_force: int | None = None  # core.scope's mark
    _asked_at = float("-inf")

    def open_with(self, statement: str) -> None:
        """Run a statement without an answer, together with the one that comes next."""
        if self.opening:
            self.opening = f"{self.opening}; {statement}"
        else:
            with self.cursor() as cursor:
                cursor.execute(statement)

    def take_opening(self) -> str:
        taken, self.opening = self.opening, ""
        return taken

    def send_opening(self) -> None:
        self._say(self.take_opening())

    def is_usable(self) -> bool:
        """Whether the server is still there, at a request's start.

        A server that went away has closed its socket or said why: what is idle and silent, and
        answered not long ago, is believed to be there. To ask is a way more for each request.
        """
        now = time.monotonic()
        if self.connection is not None and now < self._asked_at + BELIEVED and self._is_quiet():
            return True
        self._asked_at = now
        return bool(super().is_usable())

    def _is_quiet(self) -> bool:
        """In no transaction, which may have failed, and with nothing said that was not heard."""
        if self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
            return False  # a closed one has none
        waiting = select.poll()  # unlike select() it takes any number of a file
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = Cursor
        self.opening, self._asked_at = "", time.monotonic()
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        cursor.wrapper = self
        return cursor

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 -- Django's
        if autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = True
            self.opening = ""
        else:
            self.opening = "BEGIN"

    def _commit(self) -> None:
        self._end("COMMIT")

    def _rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        if self.connection is None or self.take_opening():
            return
        if self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            return
        with debug_transaction(self, word), self.wrap_database_errors:
            self._say(word)

    def _say(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
