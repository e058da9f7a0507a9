"""A shop with twelve months of business, as many orders as are wanted: `make seed-big ORDERS=…`.

Written by the owner, straight into the tables, because services take hours for five million. What
is there: orders with their lines, units, payments, sold codes, suppliers' attempts and the calls of
the last days, all that lists, search and figures read. What is not: histories (moves), ledger
entries, refunds as rows of their own (payments know how much went back), webhooks, looks of the
risk rules (the provinces that they would tell stand in the figures at once). No code of it can be
opened.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connections
from django.utils import timezone

from bench.report import Report
from bench.year_rows import CHUNK_OF, MONTHS, PLAN, ROWS, SLOTS, TABLES
from bench.year_shop import Year, find_year, open_year

STRETCH = 100_000  # orders of one stretch
WRITERS = 2


def seed(orders: int) -> Year:
    """The shop of that size; it is made if it is not there."""
    found = find_year(orders)
    if found is not None:
        return found
    began = time.monotonic()
    year = open_year(orders)
    with connections["owner"].cursor() as cursor, _bare(cursor):
        count = _fill(cursor, year, orders)
    _say(f"{count:,} orders in {time.monotonic() - began:.0f} s")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _say(f"indexes and statistics: {time.monotonic() - began:.0f} s in all")
    return year


def _fill(cursor: Any, year: Year, orders: int) -> int:
    given: dict[str, Any] = {"tenant": year.tenant_id, "orders": orders, "now": timezone.now()}
    given |= {"skus": year.sku_ids, "batches": year.batch_ids, "contents": year.content_ids}
    given |= {"offers": year.offer_ids, "suppliers": year.supplier_ids}
    for table in TABLES:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 -- our tables
        given[f"base_{table}"] = cursor.fetchone()[0]
    cursor.execute(MONTHS, given)
    cursor.execute(SLOTS, given)
    cursor.execute(CHUNK_OF)
    total = cursor.fetchone()[0]
    cursor.execute("DROP TABLE slot")  # each writer has its own
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(partial(_write, given, total), range(WRITERS)))
    for table in TABLES:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
        )
    return int(total)


def _write(given: dict[str, Any], total: int, nth: int) -> None:
    """Each of the writers' stretches in turn. A thread has connections of its own."""
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute(SLOTS, given)
            for first in range(1 + nth * STRETCH, total + 1, WRITERS * STRETCH):
                last = min(first + STRETCH - 1, total)
                cursor.execute("DROP TABLE IF EXISTS plan")
                cursor.execute(PLAN, given | {"first": first, "last": last})
                cursor.execute("ANALYZE plan")
                for rows in ROWS:
                    cursor.execute(rows, given)
                _say(f"{last:,} of {total:,}")
    finally:
        connections["owner"].close()


_INDEXES = """
    SELECT 'DROP INDEX ' || quote_ident(c.relname), pg_get_indexdef(i.indexrelid)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid::regclass::text = ANY(%s)
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid))
      FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""


@contextmanager
def _bare(cursor: Any) -> Iterator[None]:
    """Without the tables' indexes and keys, which are made again at the end: in a third of the
    time. For servers of one's own: whoever is killed here finds them gone."""
    back = []
    for found in (_KEYS, _INDEXES):
        cursor.execute(found, [list(TABLES)])
        for drop, make in cursor.fetchall():
            cursor.execute(drop)
            back.append(make)
    try:
        yield
    finally:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for make in reversed(back):
            cursor.execute(make)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)  # noqa: T201 -- its voice


def run(report: Report) -> None:
    seed(report.orders or 5_000_000)
