"""Whether the sums are the orders, to the last tenth of a cent: asked of the orders and payments
themselves, by another way than the one by which they are counted."""

from datetime import datetime

from analytics.states import TRIES, WHOLE
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
_TRIES = """
    WITH waits AS MATERIALIZED (
        SELECT DISTINCT order_id FROM analytics_touched WHERE tenant_id = %(tenant)s),
    truth AS (
        SELECT count(*) AS tries, count(*) FILTER (WHERE attempt.state = 'success') AS bought
          FROM suppliers_attempt AS attempt
          JOIN fulfillment_unit AS unit
            ON unit.tenant_id = attempt.tenant_id AND unit.id = attempt.unit_id
          JOIN orders_order AS own ON own.tenant_id = unit.tenant_id AND own.id = unit.order_id
         WHERE attempt.tenant_id = %(tenant)s AND own.paid_at < %(now)s
           AND own.id NOT IN (SELECT order_id FROM waits)),
    known AS (
        SELECT coalesce(sum(lines), 0) AS tries, coalesce(sum(delivered), 0) AS bought
          FROM analytics_fact
         WHERE tenant_id = %(tenant)s AND kind = 'tried'
           AND order_id NOT IN (SELECT order_id FROM waits))
    SELECT 'attempts', 'tries', truth.tries, known.tries FROM truth, known
     UNION ALL SELECT 'attempts', 'bought', truth.bought, known.bought FROM truth, known
"""
_BUYERS = """
    WITH facts AS (
        SELECT count(DISTINCT buyer) AS buyers, coalesce(sum(orders), 0) AS orders,
               coalesce(sum(revenue_e4 - refund_e4), 0) AS net
          FROM analytics_fact WHERE tenant_id = %(tenant)s AND kind = 'sold' AND buyer <> 0),
    known AS (
        SELECT count(*) AS buyers, coalesce(sum(orders), 0) AS orders,
               coalesce(sum(net_e4), 0) AS net
          FROM analytics_buyer WHERE tenant_id = %(tenant)s),
    cohorts AS (
        SELECT coalesce(sum(buyers) FILTER (WHERE first = month), 0) AS buyers,
               coalesce(sum(net_e4), 0) AS net
          FROM analytics_cohort WHERE tenant_id = %(tenant)s),
    standings AS (
        SELECT coalesce(sum(buyers), 0) AS buyers, coalesce(sum(net_e4), 0) AS net
          FROM analytics_standing WHERE tenant_id = %(tenant)s)
    SELECT 'buyers', 'buyers', facts.buyers, known.buyers FROM facts, known
     UNION ALL SELECT 'buyers', 'orders', facts.orders, known.orders FROM facts, known
     UNION ALL SELECT 'buyers', 'net_e4', facts.net, known.net FROM facts, known
     UNION ALL SELECT 'cohorts', 'buyers', known.buyers, cohorts.buyers FROM known, cohorts
     UNION ALL SELECT 'cohorts', 'net_e4', known.net, cohorts.net FROM known, cohorts
     UNION ALL SELECT 'standings', 'buyers', known.buyers, standings.buyers FROM known, standings
     UNION ALL SELECT 'standings', 'net_e4', known.net, standings.net FROM known, standings
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
_TRIES_CUT = """
    WITH cut AS (
        SELECT coalesce(sum(lines), 0) AS tries, coalesce(sum(cost_e4), 0) AS cost
          FROM analytics_bucket WHERE tenant_id = %(tenant)s AND cut = '{cut}'),
    facts AS (
        SELECT coalesce(sum(lines), 0) AS tries, coalesce(sum(cost_e4), 0) AS cost
          FROM analytics_fact WHERE tenant_id = %(tenant)s AND kind = 'tried')
    SELECT '{cut}', 'tries', facts.tries, cut.tries FROM facts, cut
     UNION ALL SELECT '{cut}', 'cost_e4', facts.cost, cut.cost FROM facts, cut
"""


def drift(*, now: datetime) -> list[Drift]:
    """Where facts are not the orders, or a cut is not the facts; empty when all of it agrees."""
    cuts = [
        *(_CUT.format(cut=cut) for cut in WHOLE),
        *(_TRIES_CUT.format(cut=cut) for cut in TRIES),
    ]
    statements = [_ORDERS, _TRIES, _BUYERS, *cuts]
    given = {"tenant": require_tenant(), "now": now}
    rows = [row for sql in statements for row in run(sql, given, comes_again=False).rows]
    return [
        Drift(where=where, measure=measure, expected=int(expected or 0), found=int(found or 0))
        for where, measure, expected, found in rows
        if (expected or 0) != (found or 0)
    ]
