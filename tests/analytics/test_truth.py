"""How the figures' rows are asked for."""

import re

import pytest
from django.db import connection

from analytics.services.truth import rows_now
from core.scope import require_tenant, tenant_atomic
from tests.emptying import new_tables


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("shop")
def test_units_are_found_by_their_orders_whatever_the_shop_has():
    """Else each order counted reads all units of the shop: minutes for a batch of a large one."""
    now = rows_now(which="own.id = ANY(%(orders)s)")
    given = {"tenant": require_tenant(), "orders": [1]}
    with new_tables(), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {now} SELECT count(*) FROM now", given)  # noqa: S608 -- ours
        plan = "\n".join(line for (line,) in cursor.fetchall())

    used = set(re.findall(r"using (\w+) on fulfillment_unit", plan))
    assert used == {"unit_position_once", "unit_replaced"}, plan
