"""The checker of `make chaos` finds what is planted, and nothing where nothing is wrong."""

import pytest
from django.db import connection

from chaos.checker import Checker, ToldRow
from fulfillment import services as fulfillment
from inventory.models import Code
from payments.models import SandboxTrade
from tests.orders.factories import paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def execute(*statements, **given):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, given)


def copy_of(table):
    """A copy that hides the table and has none of its constraints and triggers: they would refuse
    what is planted."""
    return f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT * FROM public.{table}"  # noqa: S608


@pytest.fixture
def sale(shop):
    """An order of two codes, paid and delivered, with everything heard."""
    sku = stocked_sku(3)
    order = paid(sku, 2)
    SandboxTrade.objects.update(paid_at=NOON)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    execute("UPDATE core_outboxrow SET heard_at = now()")
    return order, sku


@pytest.fixture
def look(shop, sale):
    """What the checker says of the sale, told as given."""
    order, sku = sale

    def found(**told):
        given = {"order_token": order.token, "is_paid": True, "quantity": 2, "digests": ("a", "b")}
        row = ToldRow(shopper=1, has_tapped=True, **(given | told))
        checker = Checker(connection.connection, tenant_id=shop.pk, sku_id=sku.pk)
        checker.remember([row], loaded=["a", "b", "c"])
        violations = checker.violations()
        return {(v.resource, v.verdict, v.sentence) for v in violations}, checker.seven(violations)

    return found


def test_a_sale_that_went_well_has_nothing_wrong(look):
    found, seven = look()

    assert found == set()
    assert not any(one.unclean for one in seven.values())
    assert (seven["orders"].ok, seven["codes"].ok, seven["money"].ok) == (1, 2, 1)


def test_an_acknowledged_order_that_is_not_there_is_lost(look):
    found, seven = look(order_token="never-written")

    assert ("orders", "lost", "An acknowledged order exists.") in found
    assert ("money", "lost", "What was acknowledged as paid is captured.") in found
    assert seven["orders"].lost == 1


def test_a_unit_that_vanished_is_a_lost_code(look):
    execute(
        "DELETE FROM fulfillment_unitmove WHERE unit_id = (SELECT min(id) FROM fulfillment_unit)",
        "DELETE FROM fulfillment_unit WHERE id = (SELECT min(id) FROM fulfillment_unit)",
    )

    found, seven = look()

    assert ("codes", "lost", "Each thing paid for is delivered or paid back.") in found
    assert seven["codes"].lost == 1


def test_a_code_in_two_units_is_a_duplicate(look):
    execute(
        copy_of("fulfillment_unit"),
        "UPDATE fulfillment_unit SET code_id = (SELECT min(code_id) FROM fulfillment_unit)",
    )

    found, _seven = look()

    assert ("codes", "duplicated", "A code goes to one unit.") in found


def test_a_code_that_two_shoppers_saw_is_a_duplicate(look):
    found, seven = look(digests=("a", "a"))

    assert ("codes", "duplicated", "A code was shown to one shopper, once.") in found
    assert seven["codes"].duplicated == 1


def test_a_sold_code_that_looks_free_is_found(look):
    sold = Code.objects.filter(state="sold").order_by("pk").first()
    Code.objects.filter(pk=sold.pk).update(state="available")

    found, seven = look()

    assert ("codes", "unexpected", "A code, its holds and its unit tell the same.") in found
    assert seven["codes"].unexpected == 1


def test_a_journal_that_does_not_sum_to_zero_is_found(look):
    execute(
        copy_of("payments_entry"),
        "UPDATE payments_entry SET amount_e4 = amount_e4 + 1"
        " WHERE id = (SELECT max(id) FROM payments_entry)",
    )

    found, seven = look()

    assert ("money", "unexpected", "Every journal sums to zero.") in found
    assert seven["money"].unexpected == 1


def test_a_second_order_of_one_form_is_a_duplicate(look, sale):
    order, sku = sale
    other = paid(sku)
    execute(
        "UPDATE core_outboxrow SET heard_at = now()",
        "UPDATE orders_order SET buyer_key = 'one' WHERE id IN (%(one)s, %(other)s)",
        one=order.pk,
        other=other.pk,
    )

    found, _seven = look()

    assert ("orders", "duplicated", "One form is one order.") in found
    assert ("orders", "lost", "No paid order is still open.") in found


def test_a_step_without_history_is_found(look, sale):
    order, _sku = sale
    execute(
        "DELETE FROM orders_ordermove WHERE order_id = %(one)s AND new = 'fulfilling'",
        one=order.pk,
    )

    found, _seven = look()

    assert ("orders", "unexpected", "An order's history is legal and complete.") in found


def test_a_fact_that_nobody_heard_is_lost(look):
    execute("UPDATE core_outboxrow SET heard_at = NULL")

    found, _seven = look()

    assert ("orders", "lost", "Every fact was heard.") in found
