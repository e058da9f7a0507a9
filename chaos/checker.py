"""Counts what is lost, twice or out of place, from the database and from what shoppers were told.

It talks to Postgres by itself and knows nothing of the application but its tables.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from psycopg2 import sql

from chaos.counts import OK, OPEN, RECOVERED
from chaos.invariants import INVARIANTS, Invariant
from chaos.links import Reader
from chaos.report import Seven, tell

if TYPE_CHECKING:
    from psycopg2.extensions import connection

RESOURCES = ("orders", "codes", "money")
SHOWN = 5  # violations of one invariant that are printed
_TABLES = """
    CREATE TEMP TABLE IF NOT EXISTS told (
        shopper bigint, order_token text, has_tried boolean, has_tapped boolean, is_paid boolean,
        quantity int, tries_again int);
    CREATE TEMP TABLE IF NOT EXISTS seen (shopper bigint, digest text);
    CREATE TEMP TABLE IF NOT EXISTS loaded (digest text);
    TRUNCATE told, seen, loaded
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """What one shopper was told, and how often he had to ask again."""

    shopper: int
    order_token: str = ""
    has_tried: bool = True
    has_tapped: bool = False
    is_paid: bool = False
    quantity: int = 1
    tries_again: int = 0
    digests: tuple[str, ...] = ()


@dataclass(slots=True)
class Violation:
    """An invariant that does not hold, with some of the rows that break it."""

    resource: str
    verdict: str
    sentence: str
    count: int
    rows: list[Any] = field(default_factory=list)


class Checker:
    """Reads as a role that sees every tenant; `sku_id` is what was sold and loaded."""

    def __init__(self, link: "connection", *, tenant_id: int, sku_id: int) -> None:
        self._reader = Reader(link, tenant=tenant_id, sku=sku_id)

    def open_work(self) -> dict[str, int]:
        """What is still on its way."""
        return self._reader.counts(OPEN)

    def remember(self, told: Iterable[ToldRow], *, loaded: Iterable[str]) -> None:
        """Put what the shoppers know beside the tables, so that SQL can compare."""
        with self._reader.link.cursor() as cursor:
            cursor.execute(_TABLES)
            for one in told:
                cursor.execute(
                    "INSERT INTO told VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (one.shopper, one.order_token, one.has_tried, one.has_tapped, one.is_paid,
                     one.quantity, one.tries_again),
                )  # fmt: skip
                for digest in one.digests:
                    cursor.execute("INSERT INTO seen VALUES (%s, %s)", (one.shopper, digest))
            cursor.execute("INSERT INTO loaded SELECT unnest(%s)", (list(loaded),))

    def violations(self) -> list[Violation]:
        """Every invariant, printed with its SQL and its count; those that do not hold."""
        return broken(INVARIANTS, self._reader.rows)

    def seven(self, found: Iterable[Violation]) -> dict[str, Seven]:
        """The seven numbers of each resource."""
        numbers = {name: Seven() for name in RESOURCES}
        for name, (attempted, acknowledged) in _ASKED.items():
            numbers[name].attempted = self._reader.count(attempted)
            numbers[name].acknowledged = self._reader.count(acknowledged)
            numbers[name].ok = self._reader.count(OK[name])
            numbers[name].recovered = self._reader.count(RECOVERED[name])
        for one in found:
            seven = numbers[one.resource]
            setattr(seven, one.verdict, getattr(seven, one.verdict) + one.count)
        return numbers


def broken(invariants: Iterable[Invariant], rows_of: Callable[[str], list[Any]]) -> list[Violation]:
    """Each of them, printed with its SQL and its count; those that do not hold."""
    found = []
    for one in invariants:
        rows = rows_of(one.sql)
        tell(f"{one.resource}, {one.verdict}: {one.sentence}  -> {len(rows)}")
        tell("\n" + dedent(one.sql).strip("\n").rstrip())
        if rows:
            tell(f"  VIOLATED, for example by {rows[:SHOWN]}")
            given = (one.resource, one.verdict, one.sentence, len(rows), rows[:SHOWN])
            found.append(Violation(*given))
    return found


def empty(link: "connection") -> None:
    """Begin with empty tables: what a failed run left behind would be worked on in this one."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'tenant_id' AND table_schema = 'public'"
        )
        names = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))


# The counts of what was attempted and of what was acknowledged.
_ASKED = {
    "orders": (
        "SELECT count(*) FROM told WHERE has_tried",
        "SELECT count(*) FROM told WHERE order_token <> ''",
    ),
    "codes": (
        "SELECT sum(quantity) FROM told WHERE is_paid",
        "SELECT count(*) FROM seen",
    ),
    "money": (
        "SELECT count(*) FROM told WHERE has_tapped",
        "SELECT count(*) FROM told WHERE is_paid",
    ),
}
