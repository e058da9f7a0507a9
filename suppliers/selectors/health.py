"""How suppliers do: reckoned from the calls of the last minutes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from core.scope import require_tenant
from core.statements import run

LOOKED_BACK = timedelta(minutes=10)
LAST, FEWEST = 20, 5
# A supplier rests when the last order went wrong and half of the last ones did. The first order
# that goes well ends it. Queries are never held back: they buy nothing.
_LAST_ORDERS = """
    SELECT own.id, own.probe_at IS NULL OR own.probe_at <= %(now)s
      FROM suppliers_supplier AS own, LATERAL (
           SELECT count(*) AS orders, count(*) FILTER (WHERE last.is_bad) AS bad,
                  (array_agg(last.is_bad))[1] AS is_down
             FROM (SELECT is_bad FROM suppliers_call
                    WHERE tenant_id = %(tenant)s AND supplier_id = own.id AND kind = 'buy'
                      AND at > %(since)s
                    ORDER BY at DESC, id DESC LIMIT %(last)s) AS last) AS found
     WHERE own.tenant_id = %(tenant)s AND own.id = ANY(%(suppliers)s)
       AND found.is_down AND found.orders >= %(fewest)s AND found.bad * 2 >= found.orders
"""


class Rest(StrEnum):
    RESTS = "rests"
    PROBE = "probe"  # the next order may find out whether it is back


def resting(*, supplier_ids: Collection[int], now: datetime) -> dict[int, Rest]:
    """Those of them that are given a rest, or whose rest is to be tried."""
    given = {
        "tenant": require_tenant(),
        "suppliers": list(supplier_ids),
        "now": now,
        "since": now - LOOKED_BACK,
        "last": LAST,
        "fewest": FEWEST,
    }
    rows = run(_LAST_ORDERS, given).rows if supplier_ids else []
    return {supplier: Rest.PROBE if is_due else Rest.RESTS for supplier, is_due in rows}
