"""The short road to a table does what the ORM does, and asks for a scope as it does."""

from uuid import UUID

import pytest

from core.rows import draft, fetch, fetch_with, insert
from core.scope import ScopeError
from orders.models import Item, Order
from tests.orders.factories import an_item, an_order, make_order
from tests.times import MORNING


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
def test_a_draft_is_what_the_model_would_make():
    order = make_order(number="A")
    given = {"order": order, "sku_id": 7, "position": 1, "name": "优酷", "quantity": 2}

    made, drafted = Item(**given), draft(Item, **given)

    own = {"uid", "_state"}
    assert {k: v for k, v in vars(drafted).items() if k not in own} == {
        k: v for k, v in vars(made).items() if k not in own
    }
    assert drafted.order is order
    assert drafted._state.adding
    assert drafted.uid != draft(Item, **given).uid
    assert drafted.buyer_fields_shown is not draft(Item, **given).buyer_fields_shown
    with pytest.raises(TypeError, match="has no colour"):
        draft(Item, colour="red")


@pytest.mark.usefixtures("scope")
def test_rows_come_with_the_row_they_point_at():
    order = an_order("A")
    insert([order])
    insert([an_item(order, position=1), an_item(order, position=2)])

    first, second = fetch_with(Item, "order", "above.id = %s ORDER BY own.position", order.pk)

    assert (first.position, second.position) == (1, 2)
    assert first.order.number == "A"
    assert first.order is second.order


@pytest.mark.usefixtures("shop")
def test_nothing_is_touched_outside_a_scope():
    with pytest.raises(ScopeError):
        fetch(Order, "true")
    with pytest.raises(ScopeError):
        insert([an_order("A")])
    with pytest.raises(ScopeError):
        fetch_with(Item, "order", "true")
