"""A supplier's bill against our own tries: what differs.

A line that the supplier itself calls failed or returned takes nothing, whatever amount stands in
it; money that came back is a line of its own, with a negative amount. What a line takes is said
once, by two patterns that Python and Postgres read alike.

The comparison is Postgres' business: of a bill with 200,000 lines nothing but its differences
comes here, a stretch at a time.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from suppliers.models import Bill
from suppliers.selectors.settlement import span_of
from suppliers.states import BILL_UNREAD, NOTHING_BOUGHT, AttemptState, BreakKind
from suppliers.types import FoundBreak

_TOOK_NOTHING = "失败|退款|退回|已退|取消|撤销|关闭|fail|refund|return|cancel|revers"
_TOOK_IT = "退款失败|未退|refund.{0,3}fail|not.{0,3}refund"
_NEAR = timedelta(days=2)
_AT_ONCE = 2_000
# Temporary tables can be analysed by who made them: the joins below are planned by what is there.
_LINES = """
    DROP TABLE IF EXISTS bill_lines, bill_tries;
    CREATE TEMP TABLE bill_lines ON COMMIT DROP AS
    SELECT number, supplier_ref,
           CASE WHEN amount_e4 > 0 AND said ~* %(took_nothing)s AND NOT said ~* %(took_it)s
                THEN 0 ELSE amount_e4 END AS charged_e4
      FROM suppliers_billline WHERE tenant_id = %(tenant)s AND bill_id = %(bill)s;
    ANALYZE bill_lines
"""
# What was ordered on the bill's days, and what it names whenever that was ordered.
_TRIES = """
    CREATE TEMP TABLE bill_tries ON COMMIT DROP AS
    SELECT a.id, a.number, a.supplier_ref, a.state, coalesce(a.cost_e4, 0) AS cost_e4,
           (a.sent_at >= %(begins)s AND a.sent_at < %(ends)s) IS TRUE AS is_due
      FROM suppliers_attempt a
      JOIN suppliers_offer o ON o.tenant_id = a.tenant_id AND o.id = a.offer_id
     WHERE a.tenant_id = %(tenant)s AND o.supplier_id = %(supplier)s
       AND (a.sent_at >= %(begins)s AND a.sent_at < %(ends)s
            OR a.number IN (SELECT number FROM bill_lines WHERE number <> '')
            OR a.supplier_ref IN (SELECT supplier_ref FROM bill_lines WHERE supplier_ref <> ''));
    ANALYZE bill_tries
"""
# A line is about a try by our number; by theirs, where it does not give ours. What is not on this
# bill and is on the next is not missing: around midnight two clocks mean two days.
_DIFFERENCES = f"""
    WITH by_ref AS (
        SELECT supplier_ref, max(id) AS id FROM bill_tries WHERE supplier_ref <> '' GROUP BY 1),
    sorted AS (
        SELECT l.number, l.supplier_ref, l.charged_e4, coalesce(t.id, r.id) AS try_id
          FROM bill_lines l
          LEFT JOIN bill_tries t ON t.number = l.number
          LEFT JOIN by_ref r ON r.supplier_ref = l.supplier_ref AND t.id IS NULL),
    billed AS (
        SELECT try_id, count(*) FILTER (WHERE charged_e4 > 0) AS buys,
               sum(charged_e4)::bigint AS charged_e4
          FROM sorted WHERE try_id IS NOT NULL GROUP BY 1),
    judged AS (
        SELECT t.*, b.charged_e4,
               CASE WHEN b.try_id IS NULL THEN
                         CASE WHEN t.is_due AND t.state = '{AttemptState.SUCCESS}'
                              THEN '{BreakKind.OURS_ONLY}' END
                    WHEN b.buys > 1 THEN '{BreakKind.TWICE}'
                    WHEN t.state <> '{AttemptState.SUCCESS}' THEN
                         CASE WHEN b.charged_e4 <> 0 THEN '{BreakKind.STATE_DIFFERS}' END
                    WHEN b.charged_e4 = 0 AND t.cost_e4 <> 0 THEN '{BreakKind.STATE_DIFFERS}'
                    WHEN b.charged_e4 <> t.cost_e4 THEN '{BreakKind.AMOUNT_DIFFERS}'
               END AS kind
          FROM bill_tries t LEFT JOIN billed b ON b.try_id = t.id)
    SELECT kind, number, supplier_ref,
           CASE WHEN state = '{AttemptState.SUCCESS}' THEN cost_e4
                WHEN state = ANY(%(nothing_bought)s) THEN 0 END, charged_e4
      FROM judged j
     WHERE kind IS NOT NULL AND NOT (kind = '{BreakKind.OURS_ONLY}' AND (
           EXISTS (SELECT FROM suppliers_billline n
                    WHERE n.tenant_id = %(tenant)s AND n.number = j.number
                      AND n.bill_id = ANY(%(near)s))
           OR j.supplier_ref <> '' AND
           EXISTS (SELECT FROM suppliers_billline n
                    WHERE n.tenant_id = %(tenant)s AND n.supplier_ref = j.supplier_ref
                      AND n.bill_id = ANY(%(near)s))))
     UNION ALL
    SELECT '{BreakKind.THEIRS_ONLY}', number, supplier_ref, NULL, sum(charged_e4)::bigint
      FROM sorted WHERE try_id IS NULL
     GROUP BY number, supplier_ref HAVING sum(charged_e4) <> 0
     ORDER BY 1, 2, 3
"""  # noqa: S608 -- our own words only


def charged(*, amount_e4: int, said: str) -> int:
    """What a line takes from us."""
    took_nothing = re.search(_TOOK_NOTHING, said, re.IGNORECASE)
    took_it = re.search(_TOOK_IT, said, re.IGNORECASE)
    return 0 if amount_e4 > 0 and took_nothing and not took_it else amount_e4


def differences(bill: Bill) -> Iterator[FoundBreak]:
    """By our books `ours_e4` was taken: of what is not confirmed yet they cannot tell."""
    begins, ends = span_of(since=bill.since, until=bill.until)
    given: dict[str, Any] = {
        "tenant": bill.tenant_id,
        "bill": bill.pk,
        "supplier": bill.supplier_id,
        "begins": begins,
        "ends": ends,
        "near": _near(bill),
        "nothing_bought": sorted(NOTHING_BOUGHT),
        "took_nothing": _TOOK_NOTHING,
        "took_it": _TOOK_IT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, given)
        cursor.execute(_TRIES, given)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DIFFERENCES, given)
        while rows := cursor.fetchmany(_AT_ONCE):
            for kind, number, supplier_ref, ours_e4, theirs_e4 in rows:
                yield FoundBreak(
                    kind=kind,
                    number=number,
                    supplier_ref=supplier_ref,
                    ours_e4=ours_e4,
                    theirs_e4=theirs_e4,
                )


def _near(bill: Bill) -> list[int]:
    """The bills of the days beside."""
    near = Bill.objects.filter(
        supplier_id=bill.supplier_id, since__lte=bill.until + _NEAR, until__gte=bill.since - _NEAR
    )
    read = near.exclude(state__in=sorted(BILL_UNREAD)).exclude(pk=bill.pk)
    return list(read.order_by().values_list("pk", flat=True))
