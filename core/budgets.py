"""A question that may not take long: what asks it goes on without an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction


class TookTooLong(Exception):
    """The database did not answer in the time it had; the transaction goes on."""


@contextmanager
def at_most_ms(budget: int) -> Iterator[Any]:
    """A cursor, within an open transaction, whose statements have so many milliseconds each.

    A savepoint of its own, also where a caller has all of it stand or fall together: who catches
    TookTooLong goes on in that transaction.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(budget)}")
            yield cursor
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as why:
        if connection.closed_in_transaction:
            raise
        raise TookTooLong from why
