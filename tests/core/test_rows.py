"""The short road to a table does what the ORM does, and asks for a scope as it does."""

from uuid import UUID

import pytest

from core.rows import change, fetch, insert
from core.scope import ScopeError
from orders.models import Order
from tests.orders.factories import make_order
from tests.times import MORNING, NOON


def an_order(number: str) -> Order:
    return Order(
        number=number, token=number, list_e4=0, total_e4=0, currency="CNY", request_key=number,
        placed_at=NOON, pay_until=NOON, adjustments=[{"kind": "coupon"}], phone_hash=b"\x00\x01",
    )  # fmt: skip


@pytest.mark.usefixtures("scope")
def test_rows_are_stored_with_their_keys_and_read_back_the_same():
    rows = [an_order("A"), an_order("B")]

    insert(rows)

    assert [row.pk for row in rows] == list(
        Order.objects.order_by("pk").values_list("pk", flat=True)
    )
    (found,) = fetch(Order, "number = %s", "B")
    kept = Order.objects.get(number="B")
    for field in Order._meta.concrete_fields:
        told = getattr(found, field.attname), getattr(kept, field.attname)
        assert (
            bytes(told[0]) == bytes(told[1])
            if field.attname == "phone_hash"
            else told[0] == told[1]
        )
    assert isinstance(found.uid, UUID)
    assert found.adjustments == [{"kind": "coupon"}]


@pytest.mark.usefixtures("scope")
def test_a_fetched_row_can_be_saved():
    make_order(number="A")
    (found,) = fetch(Order, "number = %s", "A")

    found.placed_at = MORNING
    found.save(update_fields=["placed_at"])

    assert Order.objects.get().placed_at == MORNING


@pytest.mark.usefixtures("scope")
def test_a_row_is_changed_only_from_the_state_it_was_in():
    order = make_order()

    assert not change(order, was="paid", channel="api")
    assert change(order, was="placed", channel="app")

    order.refresh_from_db()
    assert order.channel == "app"


def test_nothing_is_touched_outside_a_scope(shop):
    with pytest.raises(ScopeError):
        fetch(Order, "true")
    with pytest.raises(ScopeError):
        insert([an_order("A")])
    with pytest.raises(ScopeError):
        change(Order(pk=1, tenant_id=shop.pk), channel="api")
