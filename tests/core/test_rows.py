"""The short road to a table does what the ORM does, and asks for a scope as it does."""

from uuid import UUID

import pytest

from core.rows import Sheet, fetch, fetch_with, insert
from core.scope import ScopeError
from orders.models import Item, Order, OrderMove
from tests.catalog.factories import make_sku
from tests.orders.factories import make_order
from tests.times import MORNING, NOON


def an_order(number: str) -> Order:
    return Order(
        number=number, token=number, list_e4=0, total_e4=0, currency="CNY", request_key=number,
        placed_at=NOON, pay_until=NOON, adjustments=[{"kind": "coupon"}], phone_hash=b"\x00\x01",
    )  # fmt: skip


def an_item(order: Order, *, position: int = 1) -> Item:
    return Item(
        order=order, sku=make_sku(), position=position, name="优酷", sku_name="年卡",
        kind="stock_code", promise="instant", quantity=1, unit_price_e4=0,
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


def a_move(order: Order, new: str) -> OrderMove:
    return OrderMove(order=order, old="placed", new=new, by="anna", reason="test", at=NOON)


@pytest.mark.usefixtures("scope")
def test_a_sheet_stores_rows_that_point_at_each_other():
    order = an_order("A")
    item, move = an_item(order), a_move(order, "paid")
    sheet = Sheet()
    sheet.insert(order, item, move)

    assert sheet.write()

    assert order.pk == item.order_id == move.order_id
    assert Order.objects.get().pk == order.pk
    assert Item.objects.get(pk=item.pk).order_id == order.pk
    assert OrderMove.objects.get(pk=move.pk).order_id == order.pk


@pytest.mark.usefixtures("scope")
def test_what_is_there_is_left_alone_with_all_that_points_at_the_new_one():
    make_order(number="A")
    order = an_order("A")
    sheet = Sheet()
    sheet.insert(order, unless_there=True)
    sheet.insert(an_item(order))

    assert not sheet.write()

    assert order.pk is None
    assert not sheet.wrote(order)
    assert Order.objects.count() == 1
    assert not Item.objects.exists()


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(("was", "is_written"), [("placed", True), ("paid", False)])
def test_a_row_is_changed_with_its_history_only_from_the_state_it_was_in(was, is_written):
    order = make_order()
    sheet = Sheet()
    sheet.change(order, was=was, channel="app")
    sheet.insert(a_move(order, "paid"))

    assert sheet.write() is is_written

    order.refresh_from_db()
    assert order.channel == ("app" if is_written else "web")
    assert OrderMove.objects.count() == int(is_written)


@pytest.mark.usefixtures("scope")
def test_rows_come_with_the_row_they_point_at():
    order = an_order("A")
    sheet = Sheet()
    sheet.insert(order, an_item(order, position=1), an_item(order, position=2))
    sheet.write()

    first, second = fetch_with(Item, "order", "above.id = %s ORDER BY own.position", order.pk)

    assert (first.position, second.position) == (1, 2)
    assert first.order.number == "A"
    assert first.order is second.order


def test_nothing_is_touched_outside_a_scope(shop):
    with pytest.raises(ScopeError):
        fetch(Order, "true")
    with pytest.raises(ScopeError):
        insert([an_order("A")])
    with pytest.raises(ScopeError):
        fetch_with(Item, "order", "true")
    sheet = Sheet()
    sheet.change(Order(pk=1, tenant_id=shop.pk), channel="api")
    with pytest.raises(ScopeError):
        sheet.write()
