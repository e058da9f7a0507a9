"""The statements that write a year: first when, then who and what, then the rows themselves."""

TABLES = (
    "orders_order",
    "orders_item",
    "payments_payment",
    "inventory_code",
    "suppliers_attempt",
    "fulfillment_unit",
    "suppliers_call",
)
MONTHS = """
    SELECT analytics_make_month(month)
      FROM generate_series(%(now)s - interval '13 months', %(now)s + interval '1 month',
                           interval '1 month') AS month
"""
# How many orders each hour has: few before dawn, most in the evening and on Friday and Saturday, a
# third more at the end of the year than at its beginning, and four times as many on the 18th of
# June and the 11th of November. The orders' numbers follow the time.
SLOTS = """
    CREATE TEMP TABLE slot AS
    WITH hour AS (
        SELECT at, at AT TIME ZONE 'Asia/Shanghai' AS here
          FROM generate_series(date_trunc('hour', %(now)s) - interval '364 days', %(now)s,
                               interval '1 hour') AS at),
    weighed AS (
        SELECT at, (ARRAY[8,5,3,2,2,3,6,12,20,28,34,38,40,36,34,36,38,40,46,56,64,60,42,20])
                       [1 + extract(hour FROM here)::int]
               * (ARRAY[10,10,10,11,13,14,12])[extract(isodow FROM here)::int]
               * (1 + extract(epoch FROM at - %(now)s + interval '364 days') / 94e6)
               * CASE WHEN to_char(here, 'MMDD') IN ('0618', '1111') THEN 4 ELSE 1 END AS weight
          FROM hour),
    counted AS (
        SELECT at, round(%(orders)s * (sum(weight) OVER (ORDER BY at)) / sum(weight) OVER ())
                   ::int AS up_to
          FROM weighed)
    SELECT at, coalesce(lag(up_to) OVER (ORDER BY at), 0) + 1 AS first, up_to AS last FROM counted
"""
CHUNK_OF = "SELECT max(last) FROM slot"
# A few buyers buy often. `kind` 0 is from stock, 1 shared, 2 from a supplier. Of a hundred orders
# four are never paid, one fails and one is paid back later.
PLAN = """
    CREATE TEMP TABLE plan AS
    WITH drawn AS MATERIALIZED (
        SELECT n, least(slot.at + interval '1 hour' * ((n - slot.first + random())
                        / (slot.last - slot.first + 1)), %(now)s - interval '1 second') AS at,
               1 + floor(60 * power(random(), 1.7))::int AS place,
               (ARRAY['web','web','web','web','mini','mini','mini','taobao','taobao','api'])
                   [1 + floor(10 * random())::int] AS channel,
               CASE WHEN random() < 0.8 THEN 1 WHEN random() < 0.75 THEN 2 ELSE 3 END AS quantity,
               floor(power(random(), 2) * %(orders)s / 6)::bigint AS buyer,
               1 + floor(4 * power(random(), 1.5))::int AS supplier,
               (ARRAY['广东','广东','广东','江苏','江苏','浙江','浙江','山东','河南','四川','湖北','福建',
                      '湖南','北京','上海','河北','安徽','陕西','辽宁','重庆','江西','广西','云南','黑龙江',
                      '天津','吉林','贵州','山西','内蒙古','新疆','甘肃','海南','宁夏','青海','西藏'])
                   [1 + floor(35 * power(random(), 1.4))::int] AS province,
               random() AS fate, random() AS luck, random() < 0.85 AS is_seen
          FROM slot CROSS JOIN LATERAL generate_series(
               greatest(slot.first, %(first)s), least(slot.last, %(last)s)) AS n
         WHERE slot.last >= %(first)s AND slot.first <= %(last)s)
    SELECT drawn.*, (place - 1) %% 3 AS kind, (%(skus)s::bigint[])[place] AS sku_id,
           (15 + 7 * ((place - 1) / 3)) * 10000::bigint AS price,
           CASE WHEN luck < 0.08 THEN 10000 ELSE 0 END::bigint AS discount,
           CASE WHEN fate < 0.04 THEN 'closed' WHEN fate < 0.05 THEN 'failed'
                WHEN fate < 0.06 THEN 'refunded' ELSE 'delivered' END AS outcome,
           at + interval '1 second' * CASE (place - 1) %% 3
               WHEN 2 THEN 1 - ln(greatest(luck, 1e-6)) * (4 + 3 * supplier) ELSE 0 END AS came_at
      FROM drawn
"""
_PAID = "outcome <> 'closed'"
_ORDERS = f"""
    INSERT INTO orders_order (id, tenant_id, uid, number, token, state, channel, buyer_key,
        phone_tail, phone_hash, password_hash, language, list_e4, discount_e4, total_e4, currency,
        adjustments, request_key, placed_at, pay_until, paid_at, payment_id, ended_at)
    SELECT %(base_orders_order)s + n, %(tenant)s, gen_random_uuid(),
           to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || lpad(n::text, 10, '0'),
           lpad(n::text, 10, '0') || substr(md5(n::text || random()), 1, 22),
           CASE outcome WHEN 'closed' THEN 'closed' WHEN 'failed' THEN 'canceled'
                ELSE 'completed' END,
           channel, CASE WHEN channel = 'web' THEN md5('device' || buyer) ELSE '' END,
           CASE WHEN channel = 'api' THEN '' ELSE lpad((buyer * 7919 %% 10000)::text, 4, '0') END,
           CASE WHEN channel <> 'api' THEN sha256(('phone' || buyer)::bytea) END, '', 'zh-hans',
           quantity * price, discount, quantity * price - discount, 'CNY', '[]',
           'year-' || lpad(n::text, 10, '0'), at - interval '40 seconds',
           at + interval '14 minutes',
           CASE WHEN {_PAID} THEN at END,
           CASE WHEN {_PAID} THEN %(base_payments_payment)s + n END, came_at
      FROM plan
"""  # noqa: S608 -- our words
_ITEMS = """
    INSERT INTO orders_item (id, tenant_id, uid, order_id, sku_id, position, name, name_en,
        sku_name, sku_name_en, kind, promise, quantity, unit_price_e4, min_days_left,
        buyer_fields_shown)
    SELECT %(base_orders_item)s + n, %(tenant)s, gen_random_uuid(), %(base_orders_order)s + n,
           sku_id, 0, '会员', '', 'VIP', '',
           (ARRAY['stock_code','reusable','supplier_code'])[kind + 1], 'instant', quantity,
           price, 0, '{}'
      FROM plan
"""
_PAYMENTS = f"""
    INSERT INTO payments_payment (id, tenant_id, number, payable_ref, payable_id, title, provider,
        amount_e4, currency, state, provider_ref, pay_url, refunded_e4, made_at, expires_at,
        paid_at)
    SELECT %(base_payments_payment)s + n, %(tenant)s, 'YEARP' || lpad(n::text, 10, '0'),
           to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || lpad(n::text, 10, '0'),
           %(base_orders_order)s + n, '会员', 'sandbox', quantity * price - discount, 'CNY',
           'captured', '', '',
           CASE WHEN outcome IN ('failed', 'refunded') THEN quantity * price - discount ELSE 0 END,
           at - interval '30 seconds', at + interval '14 minutes', at
      FROM plan WHERE {_PAID}
"""  # noqa: S608 -- our words
# A unit's key is made of its order's; its code and its attempt have keys at the same distance.
_EACH = "plan CROSS JOIN LATERAL generate_series(1, quantity) AS k"
_CODES = f"""
    INSERT INTO inventory_code (id, tenant_id, uid, sku_id, batch_id, lane, state, secret,
        index_hash, secret_hash, expires_on, loaded_at)
    SELECT %(base_inventory_code)s + n * 3 + k, %(tenant)s, gen_random_uuid(), sku_id,
           (%(batches)s::bigint[])[1 + (place - 1) / 3], n %% 16, 'sold',
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
           int8send(n * 3 + k) || uuid_send(gen_random_uuid()), sha256(int8send(n * 3 + k)),
           '9999-12-31', at
      FROM {_EACH} WHERE kind = 0 AND outcome IN ('delivered', 'refunded')
"""  # noqa: S608 -- our words
_OFFER = "(%(offers)s::bigint[])[(supplier - 1) * 20 + 1 + (place - 1) / 3]"
_ATTEMPTS = f"""
    INSERT INTO suppliers_attempt (id, tenant_id, offer_id, unit_id, number, state, choice,
        supplier_ref, reason, cost_e4, absences, asked, made_at, sent_at)
    SELECT %(base_suppliers_attempt)s + n * 3 + k, %(tenant)s, {_OFFER},
           %(base_fulfillment_unit)s + n * 3 + k, 'YEARA' || lpad((n * 3 + k)::text, 11, '0'),
           CASE outcome WHEN 'failed' THEN 'failed' ELSE 'success' END, '', '', '',
           CASE outcome WHEN 'failed' THEN NULL ELSE price * 8 / 10 END, 0, 0, at, at
      FROM {_EACH} WHERE kind = 2 AND {_PAID}
"""  # noqa: S608 -- our words
_UNITS = f"""
    INSERT INTO fulfillment_unit (id, tenant_id, uid, order_id, item_id, position, state, source,
        paid_e4, code_id, content_id, attempt_id, reason, opened_at, fence, delivered_at, shown_at)
    SELECT %(base_fulfillment_unit)s + n * 3 + k, %(tenant)s, gen_random_uuid(),
           %(base_orders_order)s + n, %(base_orders_item)s + n, k,
           CASE outcome WHEN 'delivered' THEN 'delivered' ELSE 'refunded' END,
           (ARRAY['own','content','supplier'])[kind + 1],
           price - CASE WHEN k = 1 THEN discount ELSE 0 END,
           CASE WHEN kind = 0 AND outcome <> 'failed' THEN %(base_inventory_code)s + n * 3 + k END,
           CASE WHEN kind = 1 AND outcome <> 'failed'
                THEN (%(contents)s::bigint[])[1 + (place - 1) / 3] END,
           CASE WHEN kind = 2 THEN %(base_suppliers_attempt)s + n * 3 + k END, '', at, 0,
           CASE WHEN outcome <> 'failed' THEN came_at END,
           CASE WHEN outcome <> 'failed' AND is_seen THEN came_at + interval '20 seconds' END
      FROM {_EACH} WHERE {_PAID}
"""  # noqa: S608 -- our words
_CALLS = f"""
    INSERT INTO suppliers_call (tenant_id, supplier_id, attempt_id, kind, outcome, is_bad, took_ms,
        said, at)
    SELECT %(tenant)s, (%(suppliers)s::bigint[])[supplier],
           %(base_suppliers_attempt)s + n * 3 + k, 'buy',
           CASE outcome WHEN 'failed' THEN 'failed' ELSE 'success' END, false,
           (200 + 900 * luck)::int, '', at
      FROM {_EACH} WHERE kind = 2 AND {_PAID} AND at > %(now)s - interval '8 days'
"""  # noqa: S608 -- our words
_PROVINCES = f"""
    INSERT INTO analytics_fact (tenant_id, at, order_id, kind, sku_id, supplier_id, channel,
        province, buyer)
    SELECT %(tenant)s, at, %(base_orders_order)s + n, 'sold', sku_id,
           CASE kind WHEN 2 THEN (%(suppliers)s::bigint[])[supplier] ELSE 0 END, channel,
           CASE WHEN channel = 'api' THEN '' ELSE province END, 0
      FROM plan WHERE {_PAID}
"""  # noqa: S608 -- our words
ROWS = (_ORDERS, _ITEMS, _PAYMENTS, _CODES, _ATTEMPTS, _UNITS, _CALLS, _PROVINCES)
