"""What a margin leaves out."""

from datetime import date, datetime

from analytics.selectors.sums import days
from analytics.states import Cut
from analytics.types import Numbers
from core.scope import require_tenant
from core.statements import run

_SUM = f"""
    SELECT coalesce(sum(delivered), 0), coalesce(sum(revenue_e4), 0) FROM analytics_bucket
     WHERE tenant_id = %(tenant)s AND cut = '{Cut.SUPPLIER}' AND at >= %(since)s AND at < %(until)s
       AND delivered > 0 AND cost_e4 = 0
"""  # noqa: S608 -- our words


def costless(*, since: date, until: date, now: datetime) -> Numbers:
    """Of what was delivered, that of which no cost is known: batches without one, deliveries by
    hand, suppliers of another currency. At least so much: it is seen by SKU, supplier and day."""
    first, after = days(since=since, until=until, now=now)
    given = {"tenant": require_tenant(), "since": first, "until": after}
    ((units, revenue_e4),) = run(_SUM, given, comes_again=False).rows
    return Numbers(delivered=int(units), revenue_e4=int(revenue_e4))
