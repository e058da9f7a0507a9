"""A connection of the owner's, who sees every tenant."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
