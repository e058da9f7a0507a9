"""Finding an order again: the shopper with what he knows, the staff by anything."""

import pytest

from core.errors import NotFound
from orders.selectors import (
    find_orders,
    fits_contact,
    lookup,
    order_by_token,
    orders_of_device,
)
from tests.orders.factories import placed, stocked_sku

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def order():
    return placed(
        contact_phone="13800138000",
        contact_mail="anna@example.com",
        password="tulip",
        buyer_key="anna",
    )


@pytest.mark.parametrize(
    "known", ["13800138000", "138 0013 8000", "+8613800138000", "ANNA@example.com ", "tulip"]
)
def test_the_number_and_one_thing_the_buyer_knows_find_the_order(order, known):
    assert lookup(number=f" {order.number.lower()} ", contact_or_password=known).pk == order.pk
    assert fits_contact(order=order, contact_or_password=known)


@pytest.mark.parametrize(
    "guess", ["", "13800138001", "8000", "bob@example.com", "Tulip", "x" * 999]
)
def test_a_wrong_answer_and_a_missing_order_sound_the_same(order, guess):
    with pytest.raises(NotFound) as wrong:
        lookup(number=order.number, contact_or_password=guess)
    with pytest.raises(NotFound) as missing:
        lookup(number="20261122-2222222222", contact_or_password=guess)

    assert wrong.value.as_dict() == missing.value.as_dict()
    assert not fits_contact(order=order, contact_or_password=guess)


def test_an_order_without_a_password_is_not_found_by_an_empty_one():
    order = placed(contact_phone="", contact_mail="anna@example.com")

    for guess in ("", " ", "None"):
        with pytest.raises(NotFound):
            lookup(number=order.number, contact_or_password=guess)


def test_a_token_opens_its_order_only(order):
    assert order_by_token(token=order.token).pk == order.pk
    with pytest.raises(NotFound):
        order_by_token(token=order.token[:-1])


def test_staff_find_an_order_by_number_phone_tail_phone_mail_or_code(order):
    other = placed(stocked_sku(1), contact_phone="13911112222")

    for text in (order.number, "8000", "13800138000", "anna@example.com"):
        assert [found.pk for found in find_orders(text=text)] == [order.pk]
    assert [found.pk for found in find_orders(text="CODE", order_ids=(other.pk,))] == [other.pk]
    assert not find_orders(text="nothing")


def test_a_device_sees_its_own_orders_newest_first(order):
    newer = placed(buyer_key="anna")
    placed(buyer_key="bob")

    assert [found.pk for found in orders_of_device(buyer_key="anna")] == [newer.pk, order.pk]
    assert not orders_of_device(buyer_key="")
