"""Wrong forms: told at the field, in the reader's language, the typed values kept."""

import pytest

from core.scope import tenant_atomic
from orders.models import Order
from tests.catalog.factories import make_template
from tests.conftest import client_of
from tests.storefront.factories import buy, codes_left, page_of, stocked


@pytest.fixture
def client(shop):
    return client_of(shop)


def orders_made() -> int:
    with tenant_atomic():
        return Order.objects.count()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"quantity": "0"}, "e-quantity"),
        ({"quantity": "-1"}, "e-quantity"),
        ({"quantity": "999999999999999999999"}, "e-quantity"),
        ({"quantity": "1.5"}, "e-quantity"),
        ({"quantity": "²"}, "e-quantity"),
        ({"quantity": "11"}, "e-quantity"),
        ({"contact": ""}, "e-contact"),
        ({"contact": "not a phone"}, "e-contact"),
        ({"contact": "a@b"}, "e-contact"),
        ({"contact": "1" * 5000}, "e-contact"),
        ({"consent": ""}, "e-consent"),
        ({"password": "abc"}, "e-password"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_ordered(client, wrong, place):
    sku = stocked(codes=20, most_per_order=10)

    answer = buy(client, sku, **wrong)

    page = answer.content.decode()
    told = page.split(f'id="{place}" role="alert">')[1].split("<")[0]
    assert answer.status_code == 422
    assert told != ""
    assert orders_made() == 0
    assert codes_left(sku) == 20


LIMITS = [
    ({}, 10, "At most 10 in one order"),
    ({"most_per_order": 4}, 4, "At most 4 in one order"),
    ({"most_per_buyer": 3}, 3, "At most 3 for one buyer"),
    ({"hold_cap_per_buyer": 2}, 2, "At most 2 in one order"),
    ({"codes": 1}, 1, "Only 1 left"),
    ({"codes": 0, "kind": "by_hand", "hold_cap_per_buyer": 2}, 10, "At most 10 in one order"),
]


@pytest.mark.parametrize(("fields", "most", "said"), LIMITS)
def test_the_form_says_how_many_it_takes(client, fields, most, said):
    sku = stocked(**{"codes": 20} | fields)

    page = client.get(page_of(sku), headers={"accept-language": "en"}).content.decode()
    answer = buy(client, sku, quantity="101")

    assert f'min="1" max="{most}"' in page
    assert f"data-limit>{said}<" in page
    assert f"1 到 {most} 的整数" in answer.content.decode()
    assert buy(client, sku, quantity=str(most)).status_code == 302


@pytest.mark.parametrize("sku_ref", ["", "NOSUCH", "\0", "S" * 5000])
def test_an_unknown_option_is_told(client, sku_ref):
    sku = stocked()

    answer = buy(client, sku, sku=sku_ref)

    assert answer.status_code in {404, 422}
    assert 'role="alert"' in answer.content.decode()
    assert orders_made() == 0


def test_typed_values_are_kept_and_the_password_is_not_sent_back(client):
    answer = buy(client, stocked(), contact="138", password="hunter22")

    page = answer.content.decode()
    assert 'value="138"' in page
    assert "hunter22" not in page


def test_a_field_of_the_goods_is_told_at_its_place(client, shop):
    with tenant_atomic():
        template = make_template()
    sku = stocked(buyer_template=template)

    answer = buy(client, sku, f_phone="12")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12"' in page
    assert page.split('id="e-phone" role="alert">')[1].split("<")[0] != ""
    assert orders_made() == 0


def test_sold_out_is_told_on_the_form(client):
    sku = stocked(codes=0)

    answer = buy(client, sku)

    assert answer.status_code == 409
    assert orders_made() == 0


def test_more_than_there_is_says_how_many_there_are(client):
    sku = stocked(codes=2)

    answer = buy(client, sku, quantity="3")

    told = answer.content.decode().split('id="e-quantity" role="alert">')[1].split("<")[0]
    assert answer.status_code == 409
    assert "2" in told
    assert codes_left(sku) == 2


def test_markup_in_a_field_is_shown_as_text(client):
    answer = buy(client, stocked(), contact='"><script>alert(1)</script>')

    assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/p/NOSUCH/", "/c/999999/", "/o/nosuch/", "/media/nosuch"])
def test_what_is_not_there_is_a_page_with_the_way_home(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "优" * 500, "<b>", "a b c d e"])
def test_any_search_is_answered(client, text):
    stocked()

    assert client.get("/search/", {"q": text}).status_code == 200


def test_an_address_that_no_text_can_be_is_refused_with_a_page(client):
    answer = client.get("/search/", {"q": "\0"})

    assert answer.status_code == 400
    assert 'href="/"' in answer.content.decode()
