"""What must hold of everything that was bought of suppliers, each as one statement that returns the
rows that break it; `bought` is what the simulators' own ledgers say."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chaos.checker import broken
from chaos.invariants import DUPLICATED, LOST, UNEXPECTED, Invariant, chain
from chaos.links import Reader
from chaos.report import Seven

if TYPE_CHECKING:
    from psycopg2.extensions import connection

_TABLES = """
    CREATE TEMP TABLE IF NOT EXISTS bought (number text, state text);
    CREATE TEMP TABLE IF NOT EXISTS paid (order_id bigint);
    TRUNCATE bought, paid
"""
_UNIT_MOVES = """
    queued: sending waiting refunded
    waiting: sending refunded
    sending: accepted delivered failed unknown review
    accepted: delivered failed unknown review
    unknown: accepted delivered failed review
    review: delivered failed refunded
    failed: queued
"""
_ATTEMPT_MOVES = """
    : created
    created: sent
    sent: accepted success failed rejected unknown
    accepted: success failed unknown
    unknown: accepted success failed
    success: reversed
"""
DOUBLES = """
    SELECT a.unit_id FROM bought b
      JOIN suppliers_attempt a ON a.tenant_id = %(tenant)s AND a.number = b.number
     WHERE b.state IN ('succeeded', 'accepted')
     GROUP BY a.unit_id HAVING count(*) > 1
"""
INVARIANTS = (
    Invariant("upstream", LOST, "An order that was paid is there, with its unit.", """
        SELECT paid.order_id FROM paid
          LEFT JOIN fulfillment_unit u ON u.tenant_id = %(tenant)s AND u.order_id = paid.order_id
         WHERE u.id IS NULL
    """),
    Invariant("upstream", LOST, "Paid is delivered, paid back, or still unknown there.", """
        SELECT u.id, u.state FROM fulfillment_unit u
         WHERE u.tenant_id = %(tenant)s AND u.state NOT IN ('delivered', 'refunded')
           AND NOT (u.state IN ('unknown', 'accepted', 'review') AND EXISTS (
               SELECT 1 FROM suppliers_attempt a
                WHERE a.tenant_id = u.tenant_id AND a.unit_id = u.id AND a.next_at IS NOT NULL
                  AND a.state IN ('sent', 'accepted', 'unknown')))
    """),
    Invariant("upstream", DUPLICATED, "For one unit at most one purchase stands at the suppliers.",
              DOUBLES),
    Invariant("upstream", DUPLICATED, "No number was bought under twice.", """
        SELECT number FROM bought WHERE state <> 'failed' GROUP BY number HAVING count(*) > 1
    """),
    Invariant("upstream", UNEXPECTED, "Nothing was bought that we do not know of.", """
        SELECT b.number FROM bought b
          LEFT JOIN suppliers_attempt a ON a.tenant_id = %(tenant)s AND a.number = b.number
         WHERE a.id IS NULL
    """),
    Invariant("upstream", LOST, "What stands at the suppliers is a success or asked after.", """
        SELECT b.number, a.state FROM bought b
          JOIN suppliers_attempt a ON a.tenant_id = %(tenant)s AND a.number = b.number
         WHERE b.state = 'succeeded' AND a.state NOT IN ('success', 'sent', 'accepted', 'unknown')
    """),
    Invariant("upstream", UNEXPECTED, "What we call a success stands at the suppliers.", """
        SELECT a.number FROM suppliers_attempt a
          LEFT JOIN bought b ON b.number = a.number AND b.state = 'succeeded'
         WHERE a.tenant_id = %(tenant)s AND a.state = 'success' AND b.number IS NULL
    """),
    Invariant("upstream", UNEXPECTED, "A delivered unit has its success, a refunded one none.", """
        SELECT u.id, u.state, a.state FROM fulfillment_unit u
          LEFT JOIN suppliers_attempt a
            ON a.tenant_id = u.tenant_id AND a.unit_id = u.id AND a.state = 'success'
         WHERE u.tenant_id = %(tenant)s
           AND (u.state = 'delivered') <> (a.id IS NOT NULL)
    """),
    Invariant("upstream", LOST, "A success for cards has its card, sealed.", """
        SELECT a.number FROM suppliers_attempt a
          JOIN fulfillment_unit u ON u.tenant_id = a.tenant_id AND u.id = a.unit_id
          JOIN orders_item i ON i.tenant_id = u.tenant_id AND i.id = u.item_id
         WHERE a.tenant_id = %(tenant)s AND a.state = 'success' AND i.kind = 'supplier_code'
           AND 1 <> (SELECT count(*) FROM suppliers_bought c
                      WHERE c.tenant_id = a.tenant_id AND c.attempt_id = a.id)
    """),
    Invariant("upstream", UNEXPECTED, "What a success cost is booked once, and nothing else.", """
        SELECT coalesce(a.number, j.ref) FROM
               (SELECT number FROM suppliers_attempt
                 WHERE tenant_id = %(tenant)s AND state = 'success') a
          FULL JOIN (SELECT ref FROM payments_journal
                      WHERE tenant_id = %(tenant)s AND kind = 'cost') j
            ON j.ref = 'cost:' || a.number
         WHERE a.number IS NULL OR j.ref IS NULL
    """),
    Invariant("upstream", UNEXPECTED, "Every journal sums to zero.", """
        SELECT j.ref FROM payments_journal j
          LEFT JOIN payments_entry e ON e.tenant_id = j.tenant_id AND e.journal_id = j.id
         WHERE j.tenant_id = %(tenant)s
         GROUP BY j.id, j.ref, e.currency HAVING sum(e.amount_e4) IS DISTINCT FROM 0
    """),
    Invariant("upstream", UNEXPECTED, "A refunded unit has its money back, no other has.", """
        SELECT u.id FROM fulfillment_unit u
          JOIN orders_order o ON o.tenant_id = u.tenant_id AND o.id = u.order_id
         WHERE u.tenant_id = %(tenant)s AND (u.state = 'refunded') <> EXISTS (
               SELECT 1 FROM payments_refund r
                WHERE r.tenant_id = o.tenant_id AND r.payment_id = o.payment_id)
    """),
    Invariant("upstream", UNEXPECTED, "A unit's history is legal and complete.",
              chain("fulfillment_unit", "fulfillment_unitmove", "unit_id", "queued", _UNIT_MOVES)),
    Invariant("upstream", UNEXPECTED, "An attempt's history is legal and complete.",
              chain("suppliers_attempt", "suppliers_attemptmove", "attempt_id", "",
                    _ATTEMPT_MOVES)),
)  # fmt: skip
OPEN = {
    "orders not opened": "SELECT count(*) FROM orders_order"
    " WHERE tenant_id = %(tenant)s AND state = 'paid'",
    "units at work": "SELECT count(*) FROM fulfillment_unit"
    " WHERE tenant_id = %(tenant)s AND state IN ('queued', 'waiting', 'sending')",
    "units not confirmed": "SELECT count(*) FROM fulfillment_unit"
    " WHERE tenant_id = %(tenant)s AND state IN ('accepted', 'unknown')",
    "facts unheard": "SELECT count(*) FROM core_outboxrow"
    " WHERE tenant_id = %(tenant)s AND heard_at IS NULL",
}


class UpstreamFacts:
    """Reads as a role that sees every tenant."""

    def __init__(self, link: "connection", *, tenant_id: int) -> None:
        self._reader = Reader(link, tenant=tenant_id)

    def open_work(self) -> dict[str, int]:
        return self._reader.counts(OPEN)

    def judge(
        self,
        *,
        bought: Iterable[Mapping[str, Any]],
        attempted: int,
        paid: list[int],
        recovered: int,
    ) -> tuple[Seven, int, dict[str, int]]:
        """The seven numbers, the double purchases, and how many units stand where."""
        self._remember(bought, paid)
        states = {state: int(count) for state, count in self._reader.rows(_STATES)}
        seven = Seven(
            attempted=attempted,
            acknowledged=len(paid),
            ok=states.get("delivered", 0) + states.get("refunded", 0),
            recovered=recovered + len(self._reader.rows(_ASKED_AGAIN)),
        )
        for one in broken(INVARIANTS, self._reader.rows):
            setattr(seven, one.verdict, getattr(seven, one.verdict) + one.count)
        return seven, len(self._reader.rows(DOUBLES)), states

    def _remember(self, bought: Iterable[Mapping[str, Any]], paid: list[int]) -> None:
        with self._reader.link.cursor() as cursor:
            cursor.execute(_TABLES)
            for one in bought:
                given = (one["client_no"], one["state"])
                cursor.execute("INSERT INTO bought VALUES (%s, %s)", given)
            cursor.execute("INSERT INTO paid SELECT unnest(%s::bigint[])", (paid,))


_STATES = """
    SELECT state, count(*) FROM fulfillment_unit WHERE tenant_id = %(tenant)s GROUP BY state
"""
# What was hit on its way and arrived all the same.
_ASKED_AGAIN = """
    SELECT a.id FROM suppliers_attempt a WHERE a.tenant_id = %(tenant)s AND a.state = 'success'
       AND EXISTS (SELECT 1 FROM suppliers_attemptmove m WHERE m.tenant_id = a.tenant_id
                      AND m.attempt_id = a.id AND m.new = 'unknown')
"""
