"""The statements behind `figures`: each follows an index, which is named beside it.

What is newest is looked for shop by shop where the index begins with the shop: some thousand
quick looks at most, and no row of another time.
"""

# order_to_close, order_to_decide, unit_unfinished
ORDERS_OPEN = """
    SELECT 'placed', count(*) FROM orders_order WHERE state = 'placed'
     UNION ALL
    SELECT 'held', count(*) FROM orders_order WHERE state = 'held'
     UNION ALL
    SELECT 'fulfilling', count(DISTINCT order_id) FROM fulfillment_unit
     WHERE state NOT IN ('delivered', 'replaced', 'refunded', 'canceled')
"""

# order_newest
ORDERS_RECENT = """
    SELECT newest.state, count(*)
      FROM tenants_merchant AS shop
     CROSS JOIN LATERAL (
           SELECT state FROM orders_order
            WHERE tenant_id = shop.id AND placed_at > %(recent)s) AS newest
     WHERE shop.sandbox_of_id IS NULL
     GROUP BY newest.state
"""

# order_newest, unit_position_once
DELIVERY = """
    SELECT unnest(ARRAY['0.5', '0.95', '1']), unnest(found.seconds)
      FROM (SELECT percentile_disc(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (
                   ORDER BY extract(epoch FROM unit.delivered_at - newest.paid_at)) AS seconds
              FROM tenants_merchant AS shop
             CROSS JOIN LATERAL (
                   SELECT id, paid_at FROM orders_order
                    WHERE tenant_id = shop.id AND placed_at > %(recent)s
                      AND paid_at IS NOT NULL) AS newest
              JOIN fulfillment_unit AS unit
                ON unit.tenant_id = shop.id AND unit.order_id = newest.id
               AND unit.state = 'delivered'
             WHERE shop.sandbox_of_id IS NULL) AS found
     WHERE found.seconds IS NOT NULL
"""

# unit_unfinished
UNITS = """
    SELECT state, count(*), extract(epoch FROM %(now)s - min(opened_at))
      FROM fulfillment_unit
     WHERE state NOT IN ('delivered', 'replaced', 'refunded', 'canceled') GROUP BY state
"""

# unit_due; who has a lease is at work
UNITS_STUCK = """
    SELECT count(*) FROM fulfillment_unit
     WHERE next_at < %(late)s AND (lease_until IS NULL OR lease_until < %(now)s)
"""

# calls_of_supplier
SUPPLIERS = """
    SELECT supplier.protocol, newest.kind, newest.outcome, count(*),
           percentile_disc(0.95) WITHIN GROUP (ORDER BY newest.took_ms) / 1000.0
      FROM suppliers_supplier AS supplier
     CROSS JOIN LATERAL (
           SELECT kind, outcome, took_ms FROM suppliers_call
            WHERE tenant_id = supplier.tenant_id AND supplier_id = supplier.id
              AND at > %(recent)s) AS newest
     GROUP BY supplier.protocol, newest.kind, newest.outcome
"""

# outbox_unheard
OUTBOX = """
    SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(next_at)), 0),
           count(*) FILTER (WHERE tries >= 3)
      FROM core_outboxrow WHERE heard_at IS NULL AND next_at <= %(now)s
"""

SWEEPER = "SELECT extract(epoch FROM %(now)s - at) FROM core_pulse WHERE name = 'sweeper'"

# webhook_event_old, webhook_delivery_of_event
WEBHOOKS = """
    SELECT delivery.state, count(*)
      FROM channels_webhookevent AS event
      JOIN channels_webhookdelivery AS delivery
        ON delivery.tenant_id = event.tenant_id AND delivery.event_id = event.id
     WHERE event.at > %(recent)s
     GROUP BY delivery.state
"""

# webhook_delivery_due
WEBHOOKS_DUE = """
    SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(next_at)), 0)
      FROM channels_webhookdelivery AS delivery
      JOIN channels_webhookendpoint AS endpoint
        ON endpoint.tenant_id = delivery.tenant_id AND endpoint.id = delivery.endpoint_id
     WHERE delivery.state IN ('failed', 'pending') AND delivery.next_at <= %(now)s
       AND endpoint.state = 'active'
"""

# assessment_oldest
RISK = """
    SELECT moment, action, count(*) FROM risk_assessment
     WHERE at > %(recent)s GROUP BY moment, action
"""

# refund_due
REFUNDS = """
    SELECT state, count(*), count(*) FILTER (WHERE next_at < %(late)s)
      FROM payments_refund WHERE state IN ('created', 'pending', 'waiting_funds') GROUP BY state
"""

# one row a shop
FIGURES = """
    SELECT count(*) FILTER (WHERE differing > 0),
           count(*) FILTER (WHERE mended_at > %(now)s - interval '1 day'),
           count(*) FILTER (WHERE checked_at < %(now)s - interval '2 days')
      FROM analytics_progress
"""

MERCHANTS = """
    SELECT state, count(*) FROM tenants_merchant WHERE sandbox_of_id IS NULL GROUP BY state
"""

CONNECTIONS = """
    SELECT coalesce(usename, 'other'), count(*) FROM pg_stat_activity
     WHERE datname = current_database() GROUP BY 1
"""
CONNECTIONS_MOST = "SELECT current_setting('max_connections')::int"
