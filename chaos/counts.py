"""What is counted of the main road besides what must hold there: plain SQL, as chaos.invariants."""

# What is still on its way, while the drain waits for it to be nothing.
OPEN = {
    "facts unheard": "SELECT count(*) FROM core_outboxrow"
    " WHERE tenant_id = %(tenant)s AND heard_at IS NULL",
    "paid orders open": "SELECT count(*) FROM orders_order"
    " WHERE tenant_id = %(tenant)s AND state IN ('paid', 'held', 'fulfilling')",
    "notices on their way": "SELECT count(*) FROM payments_sandboxnotice"
    " WHERE tenant_id = %(tenant)s AND answered_at IS NULL AND given_up_at IS NULL",
    "refunds on their way": "SELECT count(*) FROM payments_refund"
    " WHERE tenant_id = %(tenant)s AND state NOT IN ('done', 'failed', 'needs_person')",
    "imports at work": "SELECT count(*) FROM inventory_importjob"
    " WHERE tenant_id = %(tenant)s AND state IN ('checking', 'running')",
}

# What went well, and what went well only at the second try.
OK = {
    "orders": """
        SELECT count(*) FROM told
          JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE CASE WHEN told.is_paid THEN o.state IN ('completed', 'canceled')
                    ELSE o.state IN ('placed', 'closed', 'completed', 'canceled') END
    """,
    "codes": """
        SELECT count(*) FROM fulfillment_unit u
          JOIN inventory_code c ON c.tenant_id = u.tenant_id AND c.id = u.code_id
         WHERE u.tenant_id = %(tenant)s AND u.state IN ('delivered', 'refunded')
           AND c.state = 'sold'
    """,
    "money": """
        SELECT count(*) FROM payments_payment p
          JOIN payments_journal j
            ON j.tenant_id = p.tenant_id AND j.ref = 'capture:' || p.number
         WHERE p.tenant_id = %(tenant)s AND p.state = 'captured'
    """,
}
RECOVERED = {
    "orders": """
        SELECT count(*) FROM told
          JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE told.tries_again > 0
    """,
    "codes": """
        SELECT count(*) FROM fulfillment_unit u
         WHERE u.tenant_id = %(tenant)s AND u.code_id IS NOT NULL AND EXISTS (
               SELECT 1 FROM payments_payment p
                 JOIN payments_sandboxtrade t
                   ON t.tenant_id = p.tenant_id AND t.payment_number = p.number
                 JOIN payments_sandboxnotice n
                   ON n.tenant_id = t.tenant_id AND n.trade_id = t.id
                WHERE p.tenant_id = u.tenant_id AND p.payable_id = u.order_id
                  AND n.answered_at IS NOT NULL AND n.tries > 1)
    """,
    "money": """
        SELECT count(DISTINCT trade_id) FROM payments_sandboxnotice
         WHERE tenant_id = %(tenant)s AND answered_at IS NOT NULL AND tries > 1
    """,
}
