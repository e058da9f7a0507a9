"""Facts summed up: each goes into one row of every cut that it belongs to."""

from analytics.services.truth import MEASURES

_SUMS = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
_ADDED = ", ".join(f"{name} = analytics_bucket.{name} + excluded.{name}" for name in MEASURES)
_NOT_ALL_ZERO = " OR ".join(f"sum({name}) <> 0" for name in MEASURES)
_CUT_COLUMNS = "cut, at, sku_id, supplier_id, channel, province, took"
_CUTS = """
    CROSS JOIN LATERAL (VALUES
        (date_trunc('hour', delta.at, %(zone)s), date_trunc('day', delta.at, %(zone)s),
         date_trunc('month', delta.at, %(zone)s))
    ) AS clock (hour, day, month)
    CROSS JOIN LATERAL (VALUES
        ('hour', 'sold', hour, 0::bigint, 0::bigint, delta.channel, '', -1),
        ('day', 'sold', day, 0, 0, delta.channel, '', -1),
        ('sku', 'sold', day, delta.sku_id, 0, '', '', -1),
        ('skus', 'sold', month, delta.sku_id, 0, '', '', -1),
        ('supplier', 'sold', day, delta.sku_id, delta.supplier_id, '', '', -1),
        ('place', 'sold', day, 0, 0, '', delta.province, -1),
        ('places', 'sold', month, 0, 0, '', delta.province, -1),
        ('speed', 'sold', hour, 0, delta.supplier_id, '', '', delta.took),
        ('pace', 'sold', day, 0, 0, '', '', delta.took),
        ('shown', 'shown', hour, 0, 0, '', delta.province, -1),
        ('tried', 'tried', day, delta.sku_id, delta.supplier_id, '', '', delta.took),
        ('tries', 'tried', month, delta.sku_id, delta.supplier_id, '', '', delta.took)
    ) AS one (cut, of_kind, at, sku_id, supplier_id, channel, province, took)
"""


def add_to_buckets(*, source: str) -> str:
    """Adds the rows of `source` (facts, or differences of facts) to their buckets."""
    named = ", ".join(f"one.{name}" for name in _CUT_COLUMNS.split(", "))
    return f"""
    INSERT INTO analytics_bucket (tenant_id, {_CUT_COLUMNS}, {", ".join(MEASURES)})
    SELECT %(tenant)s, {named}, {_SUMS}
      FROM {source} AS delta {_CUTS}
     WHERE one.of_kind = delta.kind AND (one.cut NOT IN ('speed', 'pace') OR one.took >= 0)
     GROUP BY {named} HAVING {_NOT_ALL_ZERO}
     ORDER BY {named}
        ON CONFLICT (tenant_id, {_CUT_COLUMNS}) DO UPDATE SET {_ADDED}"""  # noqa: S608 -- our words


def add_to_buyers(*, source: str) -> str:
    return f"""
    INSERT INTO analytics_buyerday (tenant_id, at, buyer, orders, revenue_e4)
    SELECT %(tenant)s, date_trunc('day', delta.at, %(zone)s) AS day, delta.buyer, sum(delta.orders),
           sum(delta.revenue_e4)
      FROM {source} AS delta
     WHERE delta.kind = 'sold' AND delta.buyer <> 0
     GROUP BY day, delta.buyer HAVING sum(delta.orders) <> 0 OR sum(delta.revenue_e4) <> 0
     ORDER BY day, delta.buyer
        ON CONFLICT (tenant_id, at, buyer) DO UPDATE SET
           orders = analytics_buyerday.orders + excluded.orders,
           revenue_e4 = analytics_buyerday.revenue_e4 + excluded.revenue_e4"""  # noqa: S608
