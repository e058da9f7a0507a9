"""A price that changes while a shopper fills in the form: told before the order, never after."""

import re

import pytest
from django.utils import timezone

from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import tenant_atomic
from orders.models import Item, Order
from payments.models import Payment
from storefront.views import shelf
from tenants import middleware
from tests.catalog.factories import make_template
from tests.conftest import client_of
from tests.storefront.factories import PHONE, bought, buy, codes_left, page_of, stocked

SEEN = re.compile(r'name="(seen-[^"]+)" value="([^"]*)"')
TOLD = "The price has changed from ¥15.80 to ¥999.00. Look at it again before you pay."
TOLD_ZH = "价格已从 ¥15.80 变为 ¥999.00，请确认后再支付。"
CHOSEN = 'name="sku" value="{}" checked'


@pytest.fixture
def client(shop):
    return client_of(shop)


@pytest.fixture
def english(shop):
    visitor = client_of(shop)
    visitor.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return visitor


@pytest.fixture
def kept(settings):
    settings.KEPT_SECONDS = 60.0
    yield
    for memory in (shelf._pages, middleware._shops):
        memory.forget()


@pytest.fixture
def sku(shop):
    return stocked(price_e4=158_000)


def seen_on(client, sku) -> dict[str, str]:
    """What the product's page carries of the prices it shows."""
    return dict(SEEN.findall(client.get(page_of(sku)).content.decode()))


def make_dearer(sku, price_e4: int = 9_990_000) -> None:
    with tenant_atomic():
        given = {"price_e4": price_e4}
        catalog.change_sku(sku_id=sku.pk, given=given, by=SYSTEM, now=timezone.now())


def stored() -> tuple[int, int, int]:
    with tenant_atomic():
        return Order.objects.count(), Item.objects.count(), Payment.objects.count()


def told(answer) -> str:
    """The notice above the form."""
    alert = answer.content.decode().split("data-alert>")[1].split("</p>")[0]
    return re.sub(r"<[^>]+>", "", alert).strip()


def test_the_page_carries_each_price_that_it_shows(client, sku):
    other = stocked(product=sku.product, price_e4=9_990_000)

    seen = seen_on(client, sku)

    assert seen == {f"seen-{sku.ref}": "158000", f"seen-{other.ref}": "9990000"}


def test_an_order_at_the_price_that_was_shown_is_taken(client, sku):
    order = bought(client, sku, **seen_on(client, sku))

    assert order.total_e4 == 158_000


@pytest.mark.parametrize("quantity", ["1", "2"])
def test_a_price_changed_since_the_page_was_drawn_is_told_and_nothing_is_ordered(
    english, sku, quantity
):
    seen = seen_on(english, sku)
    make_dearer(sku)

    answer = buy(english, sku, quantity=quantity, **seen)

    assert answer.status_code == 409
    assert told(answer) == TOLD
    assert stored() == (0, 0, 0)
    assert codes_left(sku) == 3


def test_it_is_told_in_chinese(client, sku):
    seen = seen_on(client, sku)
    make_dearer(sku)

    answer = buy(client, sku, **seen)

    assert told(answer) == TOLD_ZH


def test_a_lower_price_is_told_as_well(english, sku):
    seen = seen_on(english, sku)
    make_dearer(sku, price_e4=100_000)

    answer = buy(english, sku, **seen)

    assert answer.status_code == 409
    assert "from ¥15.80 to ¥10.00" in told(answer)


def test_the_page_then_shows_the_new_price_and_all_that_was_typed(client):
    with tenant_atomic():
        template = make_template()
    first = stocked(price_e4=50_000)
    sku = stocked(price_e4=158_000, product=first.product, buyer_template=template)
    seen = seen_on(client, sku)
    make_dearer(sku)

    page = buy(client, sku, quantity="2", f_phone="13912345678", **seen).content.decode()

    kept = re.findall(r'name="(contact|quantity|f_phone)"[^>]* value="([^"]*)"', page)
    assert sorted(kept) == [("contact", PHONE), ("f_phone", "13912345678"), ("quantity", "2")]
    assert CHOSEN.format(sku.ref) in page
    assert 'name="consent" value="1" checked' in page
    assert "<small>¥</small>999.00" in page
    assert dict(SEEN.findall(page))[f"seen-{sku.ref}"] == "9990000"


def test_who_has_seen_the_new_price_orders_at_it(client, sku):
    seen = seen_on(client, sku)
    make_dearer(sku)
    again = dict(SEEN.findall(buy(client, sku, **seen).content.decode()))

    order = bought(client, sku, **again)

    assert order.total_e4 == 9_990_000
    assert stored() == (1, 1, 1)


def test_a_page_kept_from_before_the_change_is_no_way_round_it(kept, client, sku):
    seen_on(client, sku)
    make_dearer(sku)
    seen = seen_on(client, sku)

    answer = buy(client, sku, **seen)

    assert seen == {f"seen-{sku.ref}": "158000"}
    assert answer.status_code == 409
    assert stored() == (0, 0, 0)


def test_the_price_of_another_option_changes_nothing(client, sku):
    other = stocked(product=sku.product)
    seen = seen_on(client, sku)
    make_dearer(other)

    order = bought(client, sku, **seen)

    assert order.total_e4 == 158_000


def test_a_form_that_was_an_order_before_the_change_is_still_that_order(client, sku):
    seen = seen_on(client, sku)
    order = bought(client, sku, **seen)
    make_dearer(sku)

    again = bought(client, sku, **seen)

    assert again == order
    assert stored() == (1, 1, 1)


@pytest.mark.parametrize("wrong", [{"contact": "138"}, {"consent": ""}, {"quantity": "9"}])
def test_a_form_with_another_mistake_is_told_of_the_new_price_too(english, sku, wrong):
    seen = seen_on(english, sku)
    make_dearer(sku)

    answer = buy(english, sku, **wrong, **seen)

    assert answer.status_code in {409, 422}
    assert told(answer) == TOLD
    assert stored() == (0, 0, 0)


def test_it_does_not_hide_that_there_is_no_way_to_pay(english, sku, settings):
    seen = seen_on(english, sku)
    make_dearer(sku)
    settings.SANDBOX_PAYMENTS = False

    answer = buy(english, sku, **seen)

    assert told(answer).startswith("This shop cannot take a payment at the moment.")
    assert told(answer).endswith(TOLD)


@pytest.mark.parametrize("seen", [None, "", "abc", "-1", "158000.5", "9" * 40, "²", "\0"])
def test_a_form_that_says_no_price_is_taken_at_todays(client, sku, seen):
    fields = {} if seen is None else {f"seen-{sku.ref}": seen}

    order = bought(client, sku, **fields)

    assert order.total_e4 == 158_000


def test_the_price_in_a_form_is_never_a_price_to_pay(client, sku):
    answer = buy(client, sku, **{f"seen-{sku.ref}": "100"})

    assert answer.status_code == 409
    assert stored() == (0, 0, 0)
