"""What must hold after the drain, each as one statement that returns the rows that break it.

Plain SQL over the tables and over what the shoppers were told (`told`, `seen`, `loaded`: see
chaos.checker). It shares no code with the application: the legal moves are written down again.
"""

from dataclasses import dataclass

LOST, DUPLICATED, UNEXPECTED = "lost", "duplicated", "unexpected"


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` returns a row per violation; each counts as one `verdict` of the `resource`."""

    resource: str
    verdict: str
    sentence: str
    sql: str


def chain(thing: str, moves: str, key: str, start: str, legal: str) -> str:
    """Things whose history has a gap, an illegal step, or another end than where they stand."""
    pairs = ", ".join(
        f"('{old}', '{new}')"
        for line in legal.strip().splitlines()
        for old, _, news in [line.strip().partition(": ")]
        for new in news.split()
    )
    return f"""
        WITH step AS (
            SELECT {key} AS thing, old, new,
                   lag(new, 1, '{start}') OVER (PARTITION BY {key} ORDER BY id) AS before,
                   row_number() OVER (PARTITION BY {key} ORDER BY id DESC) AS from_end
              FROM {moves} WHERE tenant_id = %(tenant)s)
        SELECT thing FROM step
         WHERE old <> before OR (old, new) NOT IN (VALUES {pairs})
         UNION
        SELECT one.id FROM {thing} one
          LEFT JOIN step ON step.thing = one.id AND step.from_end = 1
         WHERE one.tenant_id = %(tenant)s AND coalesce(step.new, '{start}') <> one.state
    """  # noqa: S608 -- constants of this file


_ORDER_MOVES = """
    placed: paid closed
    paid: held fulfilling canceled
    held: fulfilling canceled
    fulfilling: completed canceled
    closed: paid
"""
_UNIT_MOVES = """
    queued: delivered waiting by_hand review refunded canceled
    waiting: queued delivered by_hand review refunded canceled
    by_hand: delivered review refunded canceled
    review: queued delivered by_hand failed refunded canceled
    failed: queued review refunded canceled
    delivered: replaced refunded
"""
_PAYMENT_MOVES = """
    : created
    created: pending captured failed closed
    pending: captured failed closed
    failed: captured
    closed: captured
"""
_REFUND_MOVES = """
    : created
    created: pending
    pending: done waiting_funds needs_person
    waiting_funds: pending
    needs_person: pending failed
"""

INVARIANTS = (
    Invariant("orders", LOST, "An acknowledged order exists.", """
        SELECT told.shopper FROM told
          LEFT JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE told.order_token <> '' AND o.id IS NULL
    """),
    Invariant("orders", LOST, "An order whose payment was acknowledged is at its end.", """
        SELECT o.number FROM told
          JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE told.is_paid AND o.state NOT IN ('completed', 'canceled')
    """),
    Invariant("orders", LOST, "No paid order is still open.", """
        SELECT number FROM orders_order
         WHERE tenant_id = %(tenant)s AND state IN ('paid', 'held', 'fulfilling')
    """),
    Invariant("orders", LOST, "Every fact was heard.", """
        SELECT id, event, listener, last_error FROM core_outboxrow
         WHERE tenant_id = %(tenant)s AND heard_at IS NULL
    """),
    Invariant("orders", DUPLICATED, "One form is one order.", """
        SELECT buyer_key FROM orders_order WHERE tenant_id = %(tenant)s AND buyer_key <> ''
         GROUP BY buyer_key HAVING count(*) > 1
    """),
    Invariant("orders", UNEXPECTED, "There are no more orders than shoppers who asked.", """
        SELECT 1 FROM orders_order WHERE tenant_id = %(tenant)s
         OFFSET (SELECT count(*) FROM told WHERE has_tried)
    """),
    Invariant("orders", UNEXPECTED, "A paid order has a captured payment of its own sum.", """
        SELECT o.number FROM orders_order o
         WHERE o.tenant_id = %(tenant)s AND o.paid_at IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM payments_payment p
                WHERE p.tenant_id = o.tenant_id AND p.id = o.payment_id AND p.payable_id = o.id
                  AND p.state = 'captured' AND p.amount_e4 = o.total_e4)
    """),
    Invariant("orders", UNEXPECTED, "An order's history is legal and complete.",
              chain("orders_order", "orders_ordermove", "order_id", "placed", _ORDER_MOVES)),
    Invariant("orders", UNEXPECTED, "A unit's history is legal and complete.",
              chain("fulfillment_unit", "fulfillment_unitmove", "unit_id", "queued", _UNIT_MOVES)),
    Invariant("codes", LOST, "Each thing paid for is delivered or paid back.", """
        SELECT i.id FROM orders_item i
          JOIN orders_order o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
         WHERE i.tenant_id = %(tenant)s AND o.paid_at IS NOT NULL
           AND i.quantity > (SELECT count(*) FROM fulfillment_unit u
                              WHERE u.tenant_id = i.tenant_id AND u.item_id = i.id
                                AND u.state IN ('delivered', 'refunded'))
    """),
    Invariant("codes", DUPLICATED, "Nothing is delivered more often than it was paid for.", """
        SELECT i.id FROM orders_item i
          JOIN orders_order o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
         WHERE i.tenant_id = %(tenant)s
           AND CASE WHEN o.paid_at IS NULL THEN 0 ELSE i.quantity END
             < (SELECT count(*) FROM fulfillment_unit u
                 WHERE u.tenant_id = i.tenant_id AND u.item_id = i.id
                   AND u.state IN ('delivered', 'refunded'))
    """),
    Invariant("codes", DUPLICATED, "A code goes to one unit.", """
        SELECT code_id FROM fulfillment_unit WHERE tenant_id = %(tenant)s AND code_id IS NOT NULL
         GROUP BY code_id HAVING count(*) > 1
    """),
    Invariant("codes", DUPLICATED, "A code has one live hold.", """
        SELECT code_id FROM inventory_hold
         WHERE tenant_id = %(tenant)s AND state <> 'released' AND code_id IS NOT NULL
         GROUP BY code_id HAVING count(*) > 1
    """),
    Invariant("codes", DUPLICATED, "A code was shown to one shopper, once.", """
        SELECT digest FROM seen GROUP BY digest HAVING count(*) > 1
    """),
    Invariant("codes", LOST, "A shopper whose order was completed saw all he paid for.", """
        SELECT told.shopper FROM told
          JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE told.is_paid AND o.state = 'completed'
           AND told.quantity > (SELECT count(*) FROM seen WHERE seen.shopper = told.shopper)
    """),
    Invariant("codes", UNEXPECTED, "What was shown was loaded.", """
        SELECT digest FROM seen WHERE digest NOT IN (SELECT digest FROM loaded)
    """),
    Invariant("codes", LOST, "Every code that was loaded is there.", """
        SELECT digest FROM loaded
         OFFSET (SELECT count(*) FROM inventory_code
                  WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s)
    """),
    Invariant("codes", DUPLICATED, "No code was loaded twice.", """
        SELECT id FROM inventory_code WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s
         OFFSET (SELECT count(*) FROM loaded)
    """),
    Invariant("codes", UNEXPECTED, "A code, its holds and its unit tell the same.", """
        SELECT c.id, c.state FROM inventory_code c
         CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE h.state = 'sold') AS sold,
                      count(*) FILTER (WHERE h.state IN ('reserved', 'kept')) AS held
                 FROM inventory_hold h WHERE h.tenant_id = c.tenant_id AND h.code_id = c.id) h
         CROSS JOIN LATERAL (
               SELECT count(*) AS units FROM fulfillment_unit u
                WHERE u.tenant_id = c.tenant_id AND u.code_id = c.id) u
         WHERE c.tenant_id = %(tenant)s
           AND (c.state, h.sold, h.held, u.units) NOT IN
               (VALUES ('available', 0, 0, 0), ('reserved', 0, 1, 0), ('sold', 1, 0, 1))
    """),
    Invariant("codes", UNEXPECTED, "What an order holds is what it asked for.", """
        SELECT i.id FROM orders_item i
          JOIN orders_order o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
         WHERE i.tenant_id = %(tenant)s AND o.state IN ('placed', 'completed')
           AND i.quantity <> (SELECT count(*) FROM inventory_hold h
                               WHERE h.tenant_id = i.tenant_id AND h.item_id = i.id
                                 AND h.state <> 'released')
    """),
    Invariant("money", LOST, "What was acknowledged as paid is captured.", """
        SELECT told.shopper FROM told
          LEFT JOIN orders_order o ON o.tenant_id = %(tenant)s AND o.token = told.order_token
         WHERE told.is_paid AND NOT EXISTS (
               SELECT 1 FROM payments_payment p
                WHERE p.tenant_id = o.tenant_id AND p.payable_id = o.id AND p.state = 'captured')
    """),
    Invariant("money", LOST, "What the bank has is captured.", """
        SELECT t.ref FROM payments_sandboxtrade t
          LEFT JOIN payments_payment p
            ON p.tenant_id = t.tenant_id AND p.number = t.payment_number AND p.state = 'captured'
         WHERE t.tenant_id = %(tenant)s AND t.paid_at IS NOT NULL AND p.id IS NULL
    """),
    Invariant("money", UNEXPECTED, "What is captured is at the bank.", """
        SELECT p.number FROM payments_payment p
          LEFT JOIN payments_sandboxtrade t
            ON t.tenant_id = p.tenant_id AND t.payment_number = p.number
           AND t.paid_at IS NOT NULL AND t.amount_e4 = p.amount_e4
         WHERE p.tenant_id = %(tenant)s AND p.state = 'captured' AND t.id IS NULL
    """),
    Invariant("money", LOST, "Every notice was heard, or given up as a lie.", """
        SELECT id, misbehaviour, last_answer FROM payments_sandboxnotice
         WHERE tenant_id = %(tenant)s AND answered_at IS NULL
           AND (given_up_at IS NULL OR misbehaviour NOT IN ('forged', 'wrong_amount'))
    """),
    Invariant("money", DUPLICATED, "An order is paid once.", """
        SELECT payable_id FROM payments_payment
         WHERE tenant_id = %(tenant)s AND state = 'captured'
         GROUP BY payable_id HAVING count(*) > 1
    """),
    Invariant("money", UNEXPECTED, "Every journal sums to zero.", """
        SELECT j.ref FROM payments_journal j
          LEFT JOIN payments_entry e ON e.tenant_id = j.tenant_id AND e.journal_id = j.id
         WHERE j.tenant_id = %(tenant)s
         GROUP BY j.id, j.ref, e.currency HAVING sum(e.amount_e4) IS DISTINCT FROM 0
    """),
    Invariant("money", UNEXPECTED, "The books say what was captured and paid back.", """
        SELECT booked, moved FROM
           (SELECT coalesce(sum(e.amount_e4), 0) AS booked FROM payments_entry e
              JOIN payments_account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
             WHERE e.tenant_id = %(tenant)s AND a.kind = 'provider') b,
           (SELECT coalesce((SELECT sum(amount_e4) FROM payments_refund
                              WHERE tenant_id = %(tenant)s AND state = 'done'), 0)
                 - coalesce((SELECT sum(amount_e4) FROM payments_payment
                              WHERE tenant_id = %(tenant)s AND state = 'captured'), 0) AS moved) m
         WHERE booked <> moved
    """),
    Invariant("money", UNEXPECTED, "No more is paid back than was paid.", """
        SELECT p.number FROM payments_payment p
         WHERE p.tenant_id = %(tenant)s AND (p.refunded_e4 > p.amount_e4 OR p.refunded_e4 <>
               coalesce((SELECT sum(r.amount_e4) FROM payments_refund r
                          WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id
                            AND r.state <> 'failed'), 0))
    """),
    Invariant("money", LOST, "Every refund has arrived.", """
        SELECT r.number, r.state FROM payments_refund r
          LEFT JOIN payments_sandboxrefund s ON s.tenant_id = r.tenant_id AND s.number = r.number
         WHERE r.tenant_id = %(tenant)s AND (r.state <> 'done' OR s.id IS NULL)
    """),
    Invariant("money", DUPLICATED, "The bank paid each refund once, and no other.", """
        SELECT s.number FROM payments_sandboxrefund s
          LEFT JOIN payments_refund r
            ON r.tenant_id = s.tenant_id AND r.number = s.number AND r.amount_e4 = s.amount_e4
         WHERE s.tenant_id = %(tenant)s
         GROUP BY s.number HAVING count(*) > 1 OR count(r.id) <> count(*)
    """),
    Invariant("money", UNEXPECTED, "A payment's history is legal and complete.",
              chain("payments_payment", "payments_paymentmove", "payment_id", "", _PAYMENT_MOVES)),
    Invariant("money", UNEXPECTED, "A refund's history is legal and complete.",
              chain("payments_refund", "payments_refundmove", "refund_id", "", _REFUND_MOVES)),
)  # fmt: skip
