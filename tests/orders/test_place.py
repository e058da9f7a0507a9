"""Taking an order: prices from the catalog, limits, goods held, the same form once."""

from datetime import timedelta

import pytest

from catalog.errors import NotForSale
from core.errors import InvalidInput
from core.secrets import Secret
from core.sheets import Sheet
from inventory.errors import OutOfStock, TooManyHeld
from inventory.models import Code, Hold
from inventory.selectors import count_available
from orders import services as orders
from orders.errors import ConsentMissing, TooMany
from orders.models import Item, Order
from orders.selectors import buyer_fields_of, contact_of
from orders.types import Adjustment, Line
from tests.catalog.factories import make_sku, make_template
from tests.orders.factories import PRICE, a_request, pay, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def refused(request, kind=InvalidInput):
    with pytest.raises(kind) as refusal:
        orders.place(request=request, now=NOON)
    assert Order.objects.count() == 0
    assert not Hold.objects.exists()
    return refusal.value


def test_an_order_costs_what_the_catalog_says_and_holds_its_codes():
    sku = stocked_sku(3, price_e4=148_000, name="一个月")

    order = orders.place(request=a_request(sku, 2, buyer_key="anna"), now=NOON)

    order.refresh_from_db()
    assert (order.state, order.list_e4, order.total_e4) == ("placed", 296_000, 296_000)
    assert (order.currency, order.pay_until) == ("CNY", NOON + timedelta(minutes=15))
    item = Item.objects.get()
    assert (item.sku_name, item.quantity, item.unit_price_e4) == ("一个月", 2, 148_000)
    assert (
        list(Hold.objects.values_list("item_id", "state", "until"))
        == [(item.pk, "reserved", order.pay_until)] * 2
    )
    assert count_available(sku_id=sku.pk) == 1


def test_the_order_number_is_the_day_in_the_shops_zone_and_cannot_be_guessed():
    order = placed()

    day, _, tail = order.number.partition("-")
    assert day == "20261122"
    assert len(tail) == 10
    assert len(order.token) >= 22


def test_the_same_form_again_is_the_same_order():
    sku = stocked_sku(5)
    request = a_request(sku, request_key="form-a")

    first = orders.place(request=request, now=NOON)
    second = orders.place(request=request, now=NOON + timedelta(minutes=1))

    assert second.pk == first.pk
    assert Order.objects.count() == 1
    assert count_available(sku_id=sku.pk) == 4


def test_the_same_form_after_it_was_paid_or_left_the_shelf_is_still_that_order():
    sku = stocked_sku(1)
    request = a_request(sku, request_key="form-a")
    first = orders.place(request=request, now=NOON)
    pay(first)
    type(sku).objects.filter(pk=sku.pk).update(is_on_sale=False)

    second = orders.place(request=request, now=NOON)

    assert (second.pk, second.state) == (first.pk, "paid")


def test_the_same_form_with_another_quantity_is_another_order():
    sku = stocked_sku(5)

    first = orders.place(request=a_request(sku, 1, request_key="form-a"), now=NOON)
    second = orders.place(request=a_request(sku, 2, request_key="form-a"), now=NOON)

    assert second.pk != first.pk
    assert second.total_e4 == 2 * PRICE


def test_all_or_nothing_when_one_line_is_short():
    full, short = stocked_sku(5), stocked_sku(1)
    lines = (Line(sku_ref=full.ref, quantity=1), Line(sku_ref=short.ref, quantity=2))

    refusal = refused(a_request(full, lines=lines), OutOfStock)

    assert refusal.data == {"wanted": 2, "found": 1}
    assert not Code.objects.exclude(state="available").exists()


@pytest.mark.parametrize("quantity", [0, -1, 101, 10**12, True, "2", 1.5])
def test_a_quantity_that_makes_no_sense_is_refused(quantity):
    sku = stocked_sku(1)

    refusal = refused(a_request(sku, quantity))

    assert refusal.param == "quantity"


def test_more_than_one_order_may_have_is_refused_over_all_its_lines():
    sku = stocked_sku(5, most_per_order=3)
    lines = (Line(sku_ref=sku.ref, quantity=2), Line(sku_ref=sku.ref, quantity=2))

    refusal = refused(a_request(sku, lines=lines), TooMany)

    assert refusal.data == {"most": 3}


@pytest.mark.parametrize(
    "same",
    [
        {"buyer_key": "anna", "contact_phone": "13911112222"},
        {"buyer_key": "other", "contact_phone": "+86 138-0013-8000"},
        {"buyer_key": "other", "contact_phone": "", "contact_mail": "Anna@Example.com "},
    ],
)
def test_one_buyer_has_so_many_over_all_orders_by_device_phone_or_mail(same):
    sku = stocked_sku(5, most_per_buyer=2)
    placed(sku, 2, buyer_key="anna", contact_mail="anna@example.com")

    with pytest.raises(TooMany) as refusal:
        placed(sku, 1, **same)

    assert refusal.value.data == {"most": 2, "has": 2}


def test_a_closed_order_does_not_count_against_its_buyer():
    sku = stocked_sku(5, most_per_buyer=2)
    first = placed(sku, 2, buyer_key="anna")
    orders.close_unpaid(order_id=first.pk, now=NOON + timedelta(hours=1))

    second = placed(sku, 2, buyer_key="anna", now=NOON + timedelta(hours=1))

    assert second.state == "placed"


def test_what_left_the_shelf_or_never_was_is_not_for_sale():
    sku = stocked_sku(1, is_on_sale=False)

    refused(a_request(sku), NotForSale)
    refused(a_request(sku, lines=(Line(sku_ref="NOPE", quantity=1),)), NotForSale)


def test_no_order_without_consent():
    refusal = refused(a_request(stocked_sku(1), has_consented=False), ConsentMissing)

    assert refusal.param == "consent"


def test_consent_is_kept_with_its_moment():
    assert placed().consent_at == NOON


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"contact_phone": "12"}, "contact_phone"),
        ({"contact_phone": "call me"}, "contact_phone"),
        ({"contact_phone": "", "contact_mail": ""}, "contact_phone"),
        ({"contact_mail": "nobody"}, "contact_mail"),
        ({"password": "abc"}, "password"),
        ({"password": "x" * 65}, "password"),
        ({"request_key": ""}, "form"),
        ({"request_key": "k" * 201}, "form"),
        ({"lines": ()}, "lines"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_at_its_field(fields, param):
    refusal = refused(a_request(stocked_sku(1), **fields))

    assert refusal.param == param


def test_the_contact_is_sealed_and_found_again_by_its_owner():
    order = placed(contact_phone="138 0013 8000", contact_mail="Anna@Example.com")

    order.refresh_from_db()
    assert b"13800138000" not in bytes(order.contact_phone or b"13800138000")
    assert order.phone_tail == "8000"
    contact = contact_of(order=order)
    assert contact.phone == Secret("+8613800138000")
    assert contact.mail == Secret("anna@example.com")
    assert (contact.phone_shown, contact.mail_shown) == ("138****8000", "a***@example.com")


def test_buyer_fields_are_checked_sealed_and_masked():
    sku = make_sku(kind="by_hand", buyer_template=make_template())

    order = placed(sku, buyer_fields={"phone": "13800138000"})

    item = Item.objects.get(order=order)
    assert item.buyer_fields_shown == {"phone": "138****8000"}
    assert b"13800138000" not in bytes(item.buyer_fields or b"13800138000")
    assert "13800138000" in buyer_fields_of(item=item)["phone"].reveal()


def test_buyer_fields_that_do_not_fit_are_refused_at_their_field():
    sku = make_sku(kind="by_hand", buyer_template=make_template())

    refusal = refused(a_request(sku, buyer_fields={"phone": "12"}))

    assert refusal.param == "phone"


def test_a_discount_of_a_higher_floor_lowers_the_total():
    coupon = Adjustment(kind="coupon", ref="SPRING", amount_e4=30_000)

    order = placed(adjustments=(coupon,))

    assert (order.list_e4, order.discount_e4, order.total_e4) == (PRICE, 30_000, PRICE - 30_000)
    assert order.adjustments == [{"kind": "coupon", "ref": "SPRING", "amount_e4": 30_000}]


@pytest.mark.parametrize("amount_e4", [-100, PRICE + 100])
def test_a_discount_below_zero_or_above_the_price_is_refused(amount_e4):
    off = Adjustment(kind="coupon", ref="X", amount_e4=amount_e4)

    refusal = refused(a_request(stocked_sku(1), adjustments=(off,)))

    assert refusal.param == "adjustments"


def test_an_unknown_language_becomes_the_first_one():
    assert placed(language="xx").language == "zh-hans"
    assert placed(language="en").language == "en"


def test_a_sale_is_placed_in_few_statements(django_assert_num_queries, unprepared, settings):
    """The SKU with its product; the order with its item, its code and its look; one counts what the
    buyer holds, and a savepoint."""
    settings.KEPT_SECONDS = 2.0  # the shop's rules are read once in a moment
    sku = stocked_sku(200)
    placed(sku)  # the tenant's keys and day are at hand from here on
    request = a_request(sku, buyer_key="anna")

    with django_assert_num_queries(5):
        orders.place(request=request, now=NOON)


@pytest.mark.parametrize("make_sheet", [Sheet, lambda: None])
def test_who_holds_as_many_as_he_may_is_refused_and_told_so(make_sheet):
    sku = stocked_sku(3, hold_cap_per_buyer=1)
    placed(sku, buyer_key="anna")

    with pytest.raises(TooManyHeld):
        orders.place(request=a_request(sku, buyer_key="anna"), now=NOON, sheet=make_sheet())


@pytest.mark.parametrize("make_sheet", [Sheet, lambda: None])
def test_the_form_that_took_the_last_allowed_one_is_its_order_when_it_comes_again(make_sheet):
    sku = stocked_sku(3, hold_cap_per_buyer=1)
    request = a_request(sku, buyer_key="anna", request_key="form-a")
    first = orders.place(request=request, now=NOON)

    assert orders.place(request=request, now=NOON, sheet=make_sheet()).pk == first.pk


def test_lines_of_the_same_sku_count_together_against_what_one_may_hold():
    sku = stocked_sku(3, hold_cap_per_buyer=1)
    line = Line(sku_ref=sku.ref, quantity=1)

    with pytest.raises(TooManyHeld):
        orders.place(request=a_request(sku, buyer_key="anna", lines=(line, line)), now=NOON)


def test_an_order_on_a_sheet_is_stored_with_it_or_is_the_one_its_form_made_before():
    sku = stocked_sku(3)
    request = a_request(sku, request_key="form-a")
    sheet, late = Sheet(), Sheet()

    order = orders.place(request=request, now=NOON, sheet=sheet)
    twin = orders.place(request=request, now=NOON, sheet=late)
    is_stored = not Order.objects.exists() and sheet.write()

    assert is_stored
    assert not late.write()
    assert orders.placed_before(twin).pk == order.pk
    assert [hold.item_id for hold in Hold.objects.all()] == [order.items.get().pk]
