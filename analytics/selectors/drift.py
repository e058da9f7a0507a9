"""Whether the sums are the orders, to the last tenth of a cent: asked of the orders and payments
themselves, by another way than the one by which they are counted."""

from datetime import datetime

from analytics.states import WHOLE
from analytics.types import Drift
from core.scope import require_tenant
from core.statements import run

# What waits to be counted is no drift: such orders are left out on both sides.
_ORDERS = """
    WITH waits AS MATERIALIZED (
        SELECT DISTINCT order_id FROM analytics_touched WHERE tenant_id = %(tenant)s),
    truth AS (
        SELECT count(*), coalesce(sum(own.total_e4), 0), coalesce(sum(money.refunded_e4), 0)
          FROM orders_order AS own
          LEFT JOIN payments_payment AS money
            ON money.tenant_id = own.tenant_id AND money.id = own.payment_id
         WHERE own.tenant_id = %(tenant)s AND own.paid_at < %(now)s
           AND own.id NOT IN (SELECT order_id FROM waits)),
    known AS (
        SELECT coalesce(sum(orders), 0), coalesce(sum(revenue_e4), 0), coalesce(sum(refund_e4), 0)
          FROM analytics_fact
         WHERE tenant_id = %(tenant)s AND kind = 'sold' AND at < %(now)s
           AND order_id NOT IN (SELECT order_id FROM waits))
    SELECT 'orders', 'orders', t.count, k.orders
      FROM truth t(count, sold, back), known k(orders, revenue, refund)
     UNION ALL
    SELECT 'orders', 'revenue_e4', t.sold, k.revenue
      FROM truth t(count, sold, back), known k(orders, revenue, refund)
     UNION ALL
    SELECT 'orders', 'refund_e4', t.back, k.refund
      FROM truth t(count, sold, back), known k(orders, revenue, refund)
"""
_CUT = """
    SELECT '{cut}', one.name, one.fact, one.bucket FROM (
        SELECT sum(orders) AS orders, sum(revenue_e4) AS revenue, sum(cost_e4) AS cost,
               sum(refund_e4) AS refund, sum(units) AS units FROM analytics_fact
         WHERE tenant_id = %(tenant)s AND kind = 'sold') AS fact,
       (SELECT sum(orders) AS orders, sum(revenue_e4) AS revenue, sum(cost_e4) AS cost,
               sum(refund_e4) AS refund, sum(units) AS units FROM analytics_bucket
         WHERE tenant_id = %(tenant)s AND cut = '{cut}') AS sums,
       LATERAL (VALUES ('orders', fact.orders, sums.orders),
                       ('revenue_e4', fact.revenue, sums.revenue),
                       ('cost_e4', fact.cost, sums.cost),
                       ('refund_e4', fact.refund, sums.refund),
                       ('units', fact.units, sums.units)) AS one (name, fact, bucket)
"""


def drift(*, now: datetime) -> list[Drift]:
    """Where facts are not the orders, or a cut is not the facts; empty when all of it agrees."""
    statements = [_ORDERS, *(_CUT.format(cut=cut) for cut in WHOLE)]
    given = {"tenant": require_tenant(), "now": now}
    rows = [row for sql in statements for row in run(sql, given, comes_again=False).rows]
    return [
        Drift(where=where, measure=measure, expected=int(expected or 0), found=int(found or 0))
        for where, measure, expected, found in rows
        if (expected or 0) != (found or 0)
    ]
