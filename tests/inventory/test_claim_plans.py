"""How the server goes about a claim, once it knows how much there is to sell."""

import re
from typing import Any

import pytest
from django.db import connection, connections

from core.scope import bind, tenant_atomic
from inventory.models import LANES, NEVER
from inventory.services import claim
from inventory.states import HoldState
from tests.emptying import new_tables
from tests.inventory.factories import a_hold, make_codes, make_sku
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

_TAKEN = (
    "tenant", "sku", "lane", "first_day", "item", "buyer", "min_days", "state", "until", "now",
)  # fmt: skip


@pytest.fixture
def never_filled(transactional_db):
    """Before the shop is made. Of two keys that find one row the planner takes that of fewer pages,
    and what tests before this one left empty still counts as pages."""
    with new_tables():
        yield


@pytest.fixture
def given(never_filled, shop):
    """A claim on a SKU of 20,000 codes, half of them sold, all known to the planner."""
    with bind(shop.pk), tenant_atomic():
        sku = make_sku()
        make_codes(sku, 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inventory_code (tenant_id, uid, sku_id, batch_id, lane, state, secret,"
                " index_hash, secret_hash, expires_on, loaded_at) "
                "SELECT tenant_id, gen_random_uuid(), sku_id, batch_id, n %% 16, "
                "CASE WHEN n <= 10000 THEN 'sold' ELSE 'available' END, secret, "
                "sha256(n::text::bytea), secret_hash, expires_on, loaded_at "
                "FROM inventory_code, generate_series(1, 20000) AS n WHERE sku_id = %s",
                [sku.pk],
            )
    with connections["owner"].cursor() as cursor:  # nobody else may
        cursor.execute("ANALYZE inventory_code, inventory_batch, inventory_shelf")
    with bind(shop.pk), tenant_atomic():
        yield claim.needs_of(a_hold(sku), state=HoldState.RESERVED, now=MORNING) | {
            "lane": LANES - 1,
            "day": NEVER,
        }


@pytest.mark.parametrize("sql", [claim._CLAIM_FIRST, claim._CLAIM_DAY, claim._HEADS])
def test_a_claim_walks_the_shelf_and_never_the_sold(sql, given):
    assert_it_walks_the_shelf(_plan(sql, given))


@pytest.mark.parametrize(
    ("function", "ends_at"),
    [("inventory_claim_one", "RETURNING code_id INTO"), ("inventory_sell_one", "SELECT taken.id")],
)
def test_the_function_that_takes_one_walks_the_shelf(function, ends_at, given):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        (body,) = cursor.fetchone()
    statement = body.split("BEGIN")[1].split("RETURN QUERY")[-1].split(ends_at)[0]
    if ends_at.startswith("SELECT"):
        statement += "SELECT id FROM taken"
    for name in _TAKEN:
        statement = re.sub(rf"\b_{name}\b", f"%({name})s", statement)

    plan = _plan(statement, given)

    assert "Index Scan using code_on_the_shelf on inventory_code" in plan, plan
    assert_it_walks_the_shelf(plan)


def assert_it_walks_the_shelf(plan: str) -> None:
    """In the index's own order, and no further than it must: nothing is fetched to be sorted."""
    assert "Scan using code_on_the_shelf on inventory_code" in plan, plan
    assert "Bitmap" not in plan, plan
    assert "inventory_code_pkey" not in plan, plan
    assert "Seq Scan on inventory_code" not in plan, plan


def _plan(sql: str, given: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", given)
        return "\n".join(line for (line,) in cursor.fetchall())
