"""What each buyer's facts say of him, and how many buyers are alike: made anew for those of whom a
fact changed, exactly, so that it does not matter how often.

What is counted over buyers (`Cohort`, `Standing`) follows by the difference: what they counted as
is taken off before, what they count as is added after. The shop's lock is the caller's.
"""

from collections.abc import Collection
from typing import Any

from core.scope import require_tenant
from core.statements import run

SLICES = 64  # of all buyers, by their digests: a step of a rebuild each
_LOWEST, _WIDTH = -(2**63), 2**64 // SLICES
MOST_ORDERS = 10  # in a standing

_WORTH = "CASE WHEN net_e4 < 1 THEN -1 ELSE floor(log(2, net_e4))::int END"
_COHORTS = """
    INSERT INTO analytics_cohort (tenant_id, first, month, buyers, net_e4)
    SELECT tenant_id, months[1], month, {sign} count(*), {sign} sum(net)
      FROM analytics_buyer, unnest(months, nets_e4) AS monthly (month, net)
     WHERE tenant_id = %(tenant)s AND {which}
     GROUP BY tenant_id, months[1], month ORDER BY 2, 3
        ON CONFLICT (tenant_id, first, month) DO UPDATE SET
           buyers = analytics_cohort.buyers + excluded.buyers,
           net_e4 = analytics_cohort.net_e4 + excluded.net_e4"""
_STANDINGS = """
    INSERT INTO analytics_standing (tenant_id, last_on, orders, worth, buyers, net_e4)
    SELECT tenant_id, (last_at AT TIME ZONE %(zone)s)::date, least(orders, {most}), {worth},
           {sign} count(*), {sign} sum(net_e4)
      FROM analytics_buyer
     WHERE tenant_id = %(tenant)s AND {which}
     GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
        ON CONFLICT (tenant_id, last_on, orders, worth) DO UPDATE SET
           buyers = analytics_standing.buyers + excluded.buyers,
           net_e4 = analytics_standing.net_e4 + excluded.net_e4"""
_COLUMNS = """first_at, last_at, last_order_id, orders, units, revenue_e4, refund_e4, net_e4, skus,
           channels, province, months, nets_e4"""
_KEEP = ", ".join(f"{name.strip()} = excluded.{name.strip()}" for name in _COLUMNS.split(","))
_RESTATE = """
    WITH own AS MATERIALIZED (
        SELECT buyer AS digest, order_id, at, sku_id, channel, province, orders, units, revenue_e4,
               refund_e4, date_trunc('month', at AT TIME ZONE %(zone)s)::date AS month
          FROM analytics_fact
         WHERE tenant_id = %(tenant)s AND kind = 'sold' AND buyer <> 0 AND {facts}),
    monthly AS (
        SELECT digest, array_agg(month ORDER BY month) AS months,
               array_agg(net ORDER BY month) AS nets
          FROM (SELECT digest, month, sum(revenue_e4 - refund_e4)::bigint AS net FROM own
                 GROUP BY digest, month) AS each
         GROUP BY digest),
    whole AS (
        SELECT digest, min(at) AS first_at, max(at) AS last_at,
               (array_agg(order_id ORDER BY at DESC, order_id DESC))[1] AS last_order_id,
               sum(orders) AS orders, sum(units) AS units, sum(revenue_e4) AS revenue,
               sum(refund_e4) AS refund, array_agg(DISTINCT sku_id) AS skus,
               array_agg(DISTINCT channel) AS channels,
               coalesce((array_agg(province ORDER BY at DESC)
                             FILTER (WHERE province <> ''))[1], '') AS province
          FROM own GROUP BY digest HAVING sum(orders) > 0),
    gone AS (
        DELETE FROM analytics_buyer AS was
         WHERE was.tenant_id = %(tenant)s AND {which}
           AND NOT EXISTS (SELECT FROM whole WHERE whole.digest = was.digest))
    INSERT INTO analytics_buyer (tenant_id, digest, {columns})
    SELECT %(tenant)s, digest, first_at, last_at, last_order_id, orders, units, revenue, refund,
           revenue - refund, skus, channels, province, months, nets
      FROM whole JOIN monthly USING (digest)
     ORDER BY digest
        ON CONFLICT (tenant_id, digest) DO UPDATE SET {keep}"""
_THOSE = "{name} = ANY(%(digests)s)"
_SLICE = "{name} BETWEEN %(lowest)s AND %(highest)s"
_OF_ORDERS = """
    SELECT DISTINCT buyer FROM analytics_fact
     WHERE tenant_id = %(tenant)s AND order_id = ANY(%(orders)s) AND at >= %(since)s
       AND kind = 'sold' AND buyer <> 0
"""
_EMPTY = "DELETE FROM {table} WHERE tenant_id = %(tenant)s"


def digests_of_orders(given: dict[str, Any]) -> set[int]:
    """Whose facts those of these orders are; `given` as for counting them."""
    return {digest for (digest,) in run(_OF_ORDERS, given).rows}


def restate_buyers(*, digests: Collection[int], zone: str) -> None:
    """Make these buyers, and what is counted over buyers, say what their facts are now."""
    if digests:
        _restate(_THOSE, {"digests": sorted(digests)}, zone)


def restate_slice(number: int, *, zone: str) -> None:
    """All buyers of a slice, from 0 on."""
    lowest = _LOWEST + number * _WIDTH
    _restate(_SLICE, {"lowest": lowest, "highest": lowest + _WIDTH - 1}, zone)


def recount_buyers(*, zone: str) -> None:
    """What is counted over buyers, from all of them, whatever it was."""
    given = {"tenant": require_tenant(), "zone": zone}
    for table in ("analytics_cohort", "analytics_standing"):
        run(_EMPTY.format(table=table), given, comes_again=False)
    _count("", "true", given)


def _restate(those: str, which: dict[str, Any], zone: str) -> None:
    given = {"tenant": require_tenant(), "zone": zone, **which}
    own = those.format(name="digest")
    _count("-", own, given)
    facts, was = those.format(name="buyer"), those.format(name="was.digest")
    said = _RESTATE.format(facts=facts, which=was, columns=_COLUMNS, keep=_KEEP)
    run(said, given, comes_again=False)
    _count("", own, given)


def _count(sign: str, which: str, given: dict[str, Any]) -> None:
    run(_COHORTS.format(sign=sign, which=which), given, comes_again=False)
    said = _STANDINGS.format(sign=sign, which=which, most=MOST_ORDERS, worth=_WORTH)
    run(said, given, comes_again=False)
