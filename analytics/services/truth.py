"""What orders count as now, read from the tables in which they live: the one place in the house
where a statement joins the tables of several apps.

In SQL and not through the apps' selectors, because a shop's whole past is read with it (ADR 0024).
It only reads; `sold`, `shown` and `tried` give rows of `analytics_fact`.
"""

from dataclasses import fields

from analytics.types import Numbers
from inventory.states import CodeState

KEY = ("tenant_id", "at", "order_id", "kind", "sku_id", "supplier_id")
DIMENSIONS = ("channel", "province", "buyer", "took")
MEASURES = tuple(field.name for field in fields(Numbers) if field.name != "buyers")
COLUMNS = (*KEY, *DIMENSIONS, *MEASURES)

# An order's price shared out over its lines, to the last tenth of a cent: that is what counts until
# there are units, each of which has its own share.
_LINES = """
paid AS MATERIALIZED (
    SELECT own.tenant_id, own.id, own.number, own.channel, own.paid_at, own.currency, own.list_e4,
           own.total_e4, coalesce(hashtextextended(coalesce(encode(own.phone_hash, 'hex'),
               encode(own.mail_hash, 'hex'), nullif(own.buyer_key, '')), 0), 0) AS buyer,
           coalesce(
               (SELECT coalesce(look.facts->>'ip_province', look.facts->>'phone_province')
                  FROM risk_assessment AS look
                 WHERE look.tenant_id = own.tenant_id AND look.subject = own.number
                   AND look.moment = 'order' LIMIT 1),
               (SELECT told.province FROM analytics_fact AS told
                 WHERE told.tenant_id = own.tenant_id AND told.order_id = own.id
                   AND told.at = own.paid_at AND told.kind = 'sold' LIMIT 1), '') AS province
      FROM orders_order AS own
     WHERE own.tenant_id = %(tenant)s AND {which} AND own.paid_at IS NOT NULL),
line AS (
    SELECT paid.*, item.id AS item_id, item.sku_id, item.quantity, item.unit_price_e4,
           sum(item.quantity * item.unit_price_e4::numeric)
               OVER (PARTITION BY paid.id ORDER BY item.position) AS up_to
      FROM paid
      JOIN orders_item AS item ON item.tenant_id = paid.tenant_id AND item.order_id = paid.id)
"""
# Lateral, because the planner knows nothing of the rows before it and would else compare each with
# each; in two, because each half has an index of its own by the order.
_COLUMNS = """each.id, each.tenant_id, each.state, each.paid_e4, each.code_id, each.attempt_id,
                  each.delivered_at, each.shown_at"""
_UNITS = f"""LATERAL (
           SELECT {_COLUMNS}
             FROM fulfillment_unit AS each
            WHERE each.tenant_id = line.tenant_id AND each.order_id = line.id
              AND each.item_id = line.item_id AND each.state <> 'replaced'
            UNION ALL
           SELECT {_COLUMNS}
             FROM fulfillment_unit AS each
            WHERE each.tenant_id = line.tenant_id AND each.order_id = line.id
              AND each.item_id = line.item_id AND each.state = 'replaced') AS unit ON true
"""  # noqa: S608 -- our words
# Goods are bought once a unit: the last attempt is the one that did, if one did. What was bought in
# another currency is no cost here.
_GOODS = f"""
      FROM line
      LEFT JOIN {_UNITS}
      LEFT JOIN inventory_code AS code
        ON code.tenant_id = unit.tenant_id AND code.id = unit.code_id
      LEFT JOIN inventory_batch AS batch
        ON batch.tenant_id = code.tenant_id AND batch.id = code.batch_id
      LEFT JOIN suppliers_attempt AS attempt
        ON attempt.tenant_id = unit.tenant_id AND attempt.id = unit.attempt_id
      LEFT JOIN suppliers_offer AS offer
        ON offer.tenant_id = attempt.tenant_id AND offer.id = attempt.offer_id
      LEFT JOIN suppliers_supplier AS supplier
        ON supplier.tenant_id = offer.tenant_id AND supplier.id = offer.supplier_id
"""
_OF_ORDER = """line.tenant_id, line.id, line.number, line.paid_at, line.channel, line.province,
           line.buyer"""
_LIVE = "unit.state <> 'replaced'"
_SOLD = f"""
part AS (
    SELECT {_OF_ORDER}, line.sku_id, coalesce(offer.supplier_id, 0) AS supplier_id,
           coalesce(sum(CASE WHEN {_LIVE} THEN 1 WHEN unit.state IS NULL THEN line.quantity END), 0)
               AS units,
           coalesce(sum(CASE WHEN {_LIVE} THEN line.unit_price_e4
               WHEN unit.state IS NULL THEN line.quantity * line.unit_price_e4 END), 0) AS list_e4,
           coalesce(sum(CASE WHEN {_LIVE} THEN unit.paid_e4
               WHEN unit.state IS NULL AND line.list_e4 > 0 THEN
                   div(line.total_e4 * line.up_to, line.list_e4) - div(line.total_e4 *
                   (line.up_to - line.quantity * line.unit_price_e4), line.list_e4) END), 0)
               AS revenue_e4,
           coalesce(sum(CASE WHEN unit.code_id IS NOT NULL THEN batch.cost_e4
               WHEN attempt.state = 'success' AND supplier.currency = line.currency
               THEN attempt.cost_e4 END), 0) AS cost_e4,
           coalesce(sum(unit.paid_e4) FILTER (WHERE unit.state = 'refunded'), 0) AS refund_e4,
           count(*) FILTER (WHERE {_LIVE} AND unit.delivered_at IS NOT NULL) AS delivered,
           count(*) FILTER (WHERE unit.state IN ('refunded', 'canceled')
                              AND unit.delivered_at IS NULL) AS failed,
           extract(epoch FROM max(unit.delivered_at) FILTER (WHERE {_LIVE}) - min(line.paid_at))
               AS seconds
    {_GOODS}
     GROUP BY {_OF_ORDER}, line.sku_id, coalesce(offer.supplier_id, 0))
"""  # noqa: S608 -- our words
# Of what came in part, the time until the last that has come so far.
_STEP = """CASE WHEN part.delivered = 0 THEN -1
           ELSE least(200, ceil(4 * log(2, (greatest(part.seconds, 0.1) / 0.1)::numeric))) END"""
_SHOWN = f"""
seen AS (
    SELECT {_OF_ORDER}, line.sku_id, coalesce(offer.supplier_id, 0) AS supplier_id,
           unit.shown_at, count(*) AS units
    {_GOODS}
     WHERE unit.shown_at IS NOT NULL
     GROUP BY {_OF_ORDER}, line.sku_id, coalesce(offer.supplier_id, 0), unit.shown_at)
"""

# Each try to buy, of a unit replaced since, too; how long the one that was delivered took.
_TRIED = f"""
tried AS (
    SELECT {_OF_ORDER}, line.sku_id, offer.supplier_id, attempt.made_at, count(*) AS lines,
           count(*) FILTER (WHERE attempt.state = 'success') AS delivered,
           count(*) FILTER (WHERE attempt.state IN ('failed', 'rejected', 'reversed')) AS failed,
           coalesce(sum(attempt.cost_e4) FILTER (WHERE attempt.state = 'success'
                AND supplier.currency = line.currency), 0) AS cost_e4,
           max(extract(epoch FROM unit.delivered_at - attempt.sent_at))
               FILTER (WHERE attempt.state = 'success' AND attempt.id = unit.attempt_id) AS seconds
      FROM line
      JOIN {_UNITS}
      JOIN LATERAL (
           SELECT each.* FROM suppliers_attempt AS each
            WHERE each.tenant_id = unit.tenant_id AND each.unit_id = unit.id) AS attempt ON true
      JOIN suppliers_offer AS offer
        ON offer.tenant_id = attempt.tenant_id AND offer.id = attempt.offer_id
      JOIN suppliers_supplier AS supplier
        ON supplier.tenant_id = offer.tenant_id AND supplier.id = offer.supplier_id
     GROUP BY {_OF_ORDER}, line.sku_id, offer.supplier_id, attempt.made_at)
"""  # noqa: S608 -- our words
_STEP_OF_TRY = """CASE WHEN tried.seconds IS NULL THEN -1
           ELSE least(200, ceil(4 * log(2, (greatest(tried.seconds, 0.1) / 0.1)::numeric))) END"""

ORDERS_OF_BATCH = f"""
    SELECT DISTINCT unit.tenant_id, unit.order_id
      FROM inventory_code AS code
      JOIN fulfillment_unit AS unit
        ON unit.tenant_id = code.tenant_id AND unit.code_id = code.id
     WHERE code.tenant_id = %(tenant)s AND code.batch_id = %(batch)s
       AND code.state <> '{CodeState.AVAILABLE}'
"""  # noqa: S608 -- our words


def rows_now(*, which: str) -> str:
    """`WITH …` up to `now`: the facts of the orders that `which` says, of `own`."""
    return f"""WITH {_LINES.format(which=which)}, {_SOLD}, {_SHOWN}, {_TRIED},
    now AS MATERIALIZED (
        SELECT part.tenant_id, part.paid_at AS at, part.id AS order_id, 'sold' AS kind, part.sku_id,
               part.supplier_id, part.channel, part.province, part.buyer, ({_STEP})::int AS took,
               (row_number() OVER (PARTITION BY part.id ORDER BY part.units = 0, part.sku_id,
                   part.supplier_id) = 1)::int AS orders,
               1 AS lines, part.units, part.list_e4, part.revenue_e4, part.cost_e4, 0 AS fee_e4,
               part.refund_e4, part.delivered, part.failed
          FROM part
         UNION ALL
        SELECT seen.tenant_id, seen.shown_at, seen.id, 'shown', seen.sku_id, seen.supplier_id,
               seen.channel, coalesce(
                   (SELECT look.facts->>'ip_province' FROM risk_assessment AS look
                     WHERE look.tenant_id = seen.tenant_id AND look.subject = seen.number
                       AND look.moment = 'open' LIMIT 1),
                   (SELECT told.province FROM analytics_fact AS told
                     WHERE told.tenant_id = seen.tenant_id AND told.order_id = seen.id
                       AND told.at = seen.shown_at AND told.kind = 'shown' LIMIT 1),
                   seen.province),
               seen.buyer, -1, 0, 0, seen.units, 0, 0, 0, 0, 0, 0, 0
          FROM seen
         UNION ALL
        SELECT tried.tenant_id, tried.made_at, tried.id, 'tried', tried.sku_id, tried.supplier_id,
               tried.channel, tried.province, 0, ({_STEP_OF_TRY})::int, 0, tried.lines, tried.lines,
               0, 0, tried.cost_e4, 0, 0, tried.delivered, tried.failed
          FROM tried)"""  # noqa: S608 -- our words
