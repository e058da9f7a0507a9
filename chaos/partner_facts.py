"""What must hold of partners' orders, each as one statement that returns the rows that break it;
`asked`, `seen`, `loaded` and `funded` are what the partners know and were given.

The ledger, the codes and the histories are judged as on the main road.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chaos.checker import broken
from chaos.counts import OPEN
from chaos.invariants import DUPLICATED, INVARIANTS, LOST, UNEXPECTED, Invariant
from chaos.links import Reader
from chaos.partner import AGAIN, NO_MONEY, Asked
from chaos.report import Seven

if TYPE_CHECKING:
    from psycopg2.extensions import connection

RESOURCES = ("orders", "codes", "money")
_TABLES = """
    CREATE TEMP TABLE IF NOT EXISTS asked (
        partner bigint, number text, quantity int, status int, ref text, tries_again int);
    CREATE TEMP TABLE IF NOT EXISTS seen (ref text, digest text);
    CREATE TEMP TABLE IF NOT EXISTS loaded (digest text);
    CREATE TEMP TABLE IF NOT EXISTS funded (partner bigint, amount_e4 bigint, told_e4 bigint);
    TRUNCATE asked, seen, loaded, funded
"""
# Who is told by a shopper, or paid by a bank, is not of this trial.
_ELSEWHERE = re.compile(r"\b(told|seen|payments_sandbox\w+)\b|'provider'")
SHARED = tuple(one for one in INVARIANTS if not _ELSEWHERE.search(one.sql))
OWN = (
    Invariant("orders", LOST, "An answered order is there, its partner's, as he asked.", """
        SELECT asked.number FROM asked
         WHERE asked.ref <> '' AND NOT EXISTS (
               SELECT 1 FROM channels_partnerorder s
                 JOIN orders_order o ON o.tenant_id = s.tenant_id AND o.id = s.order_id
                 JOIN orders_item i ON i.tenant_id = o.tenant_id AND i.order_id = o.id
                WHERE s.tenant_id = %(tenant)s AND s.partner_id = asked.partner
                  AND s.partner_order_no = asked.number AND o.number = asked.ref
                  AND i.quantity = asked.quantity)
    """),
    Invariant("orders", LOST, "What is from stock is delivered with its order.", """
        SELECT number, state FROM orders_order
         WHERE tenant_id = %(tenant)s AND state <> 'completed'
    """),
    Invariant("orders", DUPLICATED, "A partner's number is one order.", """
        SELECT partner_id, partner_order_no FROM channels_partnerorder WHERE tenant_id = %(tenant)s
         GROUP BY partner_id, partner_order_no HAVING count(*) > 1
    """),
    Invariant("orders", DUPLICATED, "An order has one number, and no order has none.", """
        SELECT o.number FROM orders_order o
          LEFT JOIN channels_partnerorder s ON s.tenant_id = o.tenant_id AND s.order_id = o.id
         WHERE o.tenant_id = %(tenant)s GROUP BY o.id, o.number HAVING count(s.id) <> 1
    """),
    Invariant("orders", UNEXPECTED, "Nothing is ordered that nobody asked for.", """
        SELECT s.partner_order_no FROM channels_partnerorder s
         WHERE s.tenant_id = %(tenant)s AND (s.partner_id, s.partner_order_no) NOT IN
               (SELECT partner, number FROM asked)
    """),
    Invariant("orders", UNEXPECTED, "What was refused for want of money is no order.", """
        SELECT asked.number FROM asked
          JOIN channels_partnerorder s ON s.tenant_id = %(tenant)s
           AND s.partner_id = asked.partner AND s.partner_order_no = asked.number
         WHERE asked.status = %(no_money)s
    """),
    Invariant("codes", DUPLICATED, "No code is in two orders' answers, nor twice in one.", """
        SELECT digest FROM seen GROUP BY digest HAVING count(*) > 1
    """),
    Invariant("codes", LOST, "An answered order's codes were all told.", """
        SELECT asked.number FROM asked
         WHERE asked.ref <> ''
           AND asked.quantity <> (SELECT count(*) FROM seen WHERE seen.ref = asked.ref)
    """),
    Invariant("codes", UNEXPECTED, "What was told was loaded.", """
        SELECT digest FROM seen WHERE digest NOT IN (SELECT digest FROM loaded)
    """),
    Invariant("money", DUPLICATED, "An order is charged once to its partner, by its total.", """
        SELECT o.number FROM orders_order o
          JOIN channels_partnerorder s ON s.tenant_id = o.tenant_id AND s.order_id = o.id
          JOIN channels_partner p ON p.tenant_id = s.tenant_id AND p.id = s.partner_id
          LEFT JOIN payments_payment y ON y.tenant_id = o.tenant_id AND y.payable_id = o.id
          LEFT JOIN payments_journal j
            ON j.tenant_id = y.tenant_id AND j.ref = 'capture:' || y.number
          LEFT JOIN payments_entry e
            ON e.tenant_id = j.tenant_id AND e.journal_id = j.id AND e.account_id = p.account_id
         WHERE o.tenant_id = %(tenant)s GROUP BY o.id, o.number, o.total_e4
        HAVING count(e.id) <> 1 OR sum(e.amount_e4) <> -o.total_e4
    """),
    Invariant("money", UNEXPECTED, "A balance is what was paid in, less what was ordered.", """
        SELECT funded.partner, b.balance_e4 FROM funded
          JOIN channels_partner p ON p.tenant_id = %(tenant)s AND p.id = funded.partner
          LEFT JOIN payments_balance b
            ON b.tenant_id = p.tenant_id AND b.account_id = p.account_id
         WHERE b.balance_e4 IS DISTINCT FROM funded.amount_e4 - (
               SELECT coalesce(sum(o.total_e4), 0) FROM channels_partnerorder s
                 JOIN orders_order o ON o.tenant_id = s.tenant_id AND o.id = s.order_id
                WHERE s.tenant_id = p.tenant_id AND s.partner_id = p.id)
            OR b.balance_e4 < 0 OR b.balance_e4 <> funded.told_e4
    """),
    Invariant("money", UNEXPECTED, "A balance is the sum of its entries.", """
        SELECT b.id FROM payments_balance b
         WHERE b.tenant_id = %(tenant)s AND b.balance_e4 <> (
               SELECT coalesce(sum(e.amount_e4), 0) FROM payments_entry e
                WHERE e.tenant_id = b.tenant_id AND e.account_id = b.account_id)
    """),
)  # fmt: skip
# Of those that order anew when they hear nothing: what was wished for once, and charged twice.
DOUBLES = """
    SELECT split_part(partner_order_no, %(again)s, 1) FROM channels_partnerorder
     WHERE tenant_id = %(tenant)s GROUP BY partner_id, 1 HAVING count(*) > 1
"""
_OK = {
    "orders": "SELECT count(*) FROM orders_order"
    " WHERE tenant_id = %(tenant)s AND state = 'completed'",
    "codes": "SELECT count(*) FROM fulfillment_unit"
    " WHERE tenant_id = %(tenant)s AND state = 'delivered' AND code_id IS NOT NULL",
    "money": "SELECT count(*) FROM payments_journal"
    " WHERE tenant_id = %(tenant)s AND kind = 'capture'",
}
_ASKED = {
    "orders": "SELECT count(*) FROM asked WHERE {}",
    "codes": "SELECT sum(quantity) FROM asked WHERE {}",
    "money": "SELECT count(*) FROM asked WHERE {}",
}


class PartnerFacts:
    """Reads as a role that sees every tenant; `sku_id` is what was sold and loaded."""

    def __init__(self, link: "connection", *, tenant_id: int, sku_id: int) -> None:
        self._reader = Reader(link, tenant=tenant_id, sku=sku_id, no_money=NO_MONEY, again=AGAIN)

    def open_work(self) -> dict[str, int]:
        return self._reader.counts(OPEN)

    def remember(
        self, asked: Iterable[Asked], *, loaded: list[str], funded: Mapping[int, tuple[int, int]]
    ) -> None:
        """Put what the partners know beside the tables: by partner, what was paid in and what he
        is told that he has."""
        with self._reader.link.cursor() as cursor:
            cursor.execute(_TABLES)
            for one in asked:
                status, ref = (one.heard.status, one.heard.ref) if one.heard else (0, "")
                cursor.execute(
                    "INSERT INTO asked VALUES (%s, %s, %s, %s, %s, %s)",
                    (one.partner_id, one.number, one.quantity, status, ref, one.tries_again),
                )
                for digest in one.heard.digests if one.heard else ():
                    cursor.execute("INSERT INTO seen VALUES (%s, %s)", (ref, digest))
            cursor.execute("INSERT INTO loaded SELECT unnest(%s)", (loaded,))
            for partner_id, sums in funded.items():
                cursor.execute("INSERT INTO funded VALUES (%s, %s, %s)", (partner_id, *sums))

    def judge(self) -> tuple[dict[str, Seven], int]:
        """The seven numbers of each resource, and how often the control was charged twice."""
        seven = {name: self._counted(name) for name in RESOURCES}
        for one in broken((*SHARED, *OWN), self._reader.rows):
            mine = seven[one.resource]
            setattr(mine, one.verdict, getattr(mine, one.verdict) + one.count)
        return seven, len(self._reader.rows(DOUBLES))

    def _counted(self, name: str) -> Seven:
        count, asked = self._reader.count, _ASKED[name]
        return Seven(
            attempted=count(asked.format("true")),
            acknowledged=count(asked.format("ref <> ''")),
            ok=count(_OK[name]),
            recovered=count(asked.format("ref <> '' AND tries_again > 0")),
        )
