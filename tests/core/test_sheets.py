"""Writes of one moment go out together: all that was put on the sheet, or what may be left out."""

from enum import StrEnum

import pytest
from django.db import IntegrityError

from core.keys import new_key
from core.scope import ScopeError, own_connection, tenant_atomic
from core.sheets import Sheet
from orders.models import Item, Order, OrderMove
from orders.states import OrderState
from tests.orders.factories import an_item, an_order, make_order
from tests.times import NOON


def note_move(sheet: Sheet, order: Order, new: str) -> None:
    sheet.note(OrderMove, order=order, old="placed", new=new, by="anna", reason="test", at=NOON)


@pytest.mark.usefixtures("scope")
def test_a_sheet_stores_rows_that_point_at_each_other():
    order = an_order("A")
    item = an_item(order)
    sheet = Sheet()
    sheet.insert(order, item)
    note_move(sheet, order, "paid")

    assert sheet.write()

    assert order.pk == item.order_id
    assert Order.objects.get().pk == order.pk
    assert Item.objects.get(pk=item.pk).order_id == order.pk
    move = OrderMove.objects.get()
    assert (move.order_id, move.old, move.new, move.data) == (order.pk, "placed", "paid", {})


class Odd(StrEnum):
    QUOTED = "it's"


@pytest.mark.usefixtures("scope")
def test_names_of_states_are_the_statements_own_words():
    assert stored(state=OrderState.CLOSED).state == OrderState.CLOSED
    assert any("'closed'" in words for words in own_connection().statements_ready.ready)


@pytest.mark.usefixtures("scope")
def test_what_could_end_the_words_is_none_of_them():
    assert stored(language=Odd.QUOTED).language == "it's"


def stored(**said):
    """An order of which this is said, as a sheet has written it."""
    order, sheet = an_order("A"), Sheet()
    vars(order).update(said)
    sheet.insert(order)
    sheet.write()
    return Order.objects.get()


@pytest.mark.usefixtures("scope")
def test_what_is_there_is_left_alone_with_all_that_points_at_the_new_one():
    make_order(number="A")
    order = an_order("A")
    sheet = Sheet()
    sheet.insert(order, unless_there="order_number_once")
    sheet.insert(an_item(order))
    note_move(sheet, order, "paid")

    assert not sheet.write()

    assert order.pk is None
    assert order._state.adding
    assert Order.objects.count() == 1
    assert not Item.objects.exists()
    assert not OrderMove.objects.exists()


@pytest.mark.usefixtures("scope")
def test_only_what_the_named_constraint_says_is_there_is_left_alone():
    known = make_order(number="A")
    order = an_order("B")
    order.token = known.token
    sheet = Sheet()
    sheet.insert(order, unless_there="order_number_once")

    with pytest.raises(IntegrityError, match="order_token_once"), tenant_atomic():
        sheet.write()


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(("number", "is_new"), [("A", False), ("B", True)])
def test_what_comes_after_is_written_and_asked_only_if_the_row_was_new(number, is_new):
    known = make_order(number="A")
    order, other = an_order(number), an_order("C")
    order.pk = new_key(Order)
    heard = []
    sheet = Sheet()
    sheet.insert(order, unless_there="order_number_once")
    sheet.only_if(order)
    sheet.insert(other)
    note_move(sheet, known, "paid")
    sheet.ask("%s::integer", [7], heard.append)

    assert sheet.write() is is_new

    assert Order.objects.filter(number="C").exists() is is_new
    assert OrderMove.objects.exists() is is_new
    assert heard == ([7] if is_new else [])


@pytest.mark.usefixtures("scope")
def test_a_change_is_not_put_where_it_might_be_left_out():
    known, order = make_order(number="A"), an_order("B")
    sheet = Sheet()
    sheet.insert(order, unless_there="order_number_once")
    sheet.only_if(order)

    with pytest.raises(ValueError, match="never left out"):
        sheet.change(known, channel="api")
    with pytest.raises(ValueError, match="waits for one row"):
        sheet.only_if(order)


@pytest.mark.usefixtures("scope")
def test_a_written_sheet_is_empty_and_can_be_used_again():
    first, second = an_order("A"), an_order("B")
    sheet = Sheet()
    sheet.insert(first)
    sheet.write()
    sheet.insert(second, an_item(first))
    sheet.write()

    assert set(Order.objects.values_list("number", flat=True)) == {"A", "B"}
    assert Item.objects.get().order_id == first.pk


@pytest.mark.usefixtures("scope")
def test_a_new_row_that_is_changed_is_stored_as_it_is_at_last():
    order = an_order("A")
    sheet = Sheet()
    sheet.insert(order)
    sheet.insert(an_item(order))
    sheet.change(order, channel="app", language="en")
    note_move(sheet, order, "paid")
    sheet.change(order, channel="api")

    assert sheet.write()

    stored = Order.objects.get()
    assert (stored.channel, stored.language) == ("api", "en")
    assert Item.objects.get().order_id == OrderMove.objects.get().order_id == stored.pk


@pytest.mark.usefixtures("scope")
def test_a_row_changed_twice_is_written_once_with_its_history():
    order = make_order()
    sheet = Sheet()
    sheet.change(order, channel="app", language="en")
    note_move(sheet, order, "paid")
    sheet.change(order, channel="api")
    note_move(sheet, order, "fulfilling")

    assert sheet.write()

    order.refresh_from_db()
    assert (order.channel, order.language) == ("api", "en")
    assert list(OrderMove.objects.order_by("pk").values_list("new", flat=True)) == [
        "paid",
        "fulfilling",
    ]


@pytest.mark.usefixtures("scope")
def test_a_change_of_a_row_that_is_not_there_is_a_bug_and_writes_nothing():
    sheet = Sheet()
    sheet.change(Order(pk=404), channel="app")

    with pytest.raises(RuntimeError, match="was not there"):
        sheet.write()


@pytest.mark.usefixtures("scope")
def test_a_row_stands_on_a_sheet_once():
    order = an_order("A")
    sheet = Sheet()
    sheet.insert(order)

    with pytest.raises(ValueError, match="writes a row once"):
        sheet.insert(order)


def test_a_sheet_is_not_written_outside_a_scope(shop):
    sheet = Sheet()
    sheet.change(Order(pk=1, tenant_id=shop.pk), channel="api")

    with pytest.raises(ScopeError):
        sheet.write()


@pytest.mark.usefixtures("scope")
def test_a_note_that_says_no_more_the_second_time_is_stored_once():
    orders, sheet = [make_order(), make_order()], Sheet()
    for order in (*orders, *orders):
        sheet.note_once(OrderMove, order_id=order.pk, old="placed", new="paid", by="anna", at=NOON)
    sheet.write()

    assert list(OrderMove.objects.order_by("order_id").values_list("order_id", flat=True)) == [
        order.pk for order in orders
    ]
