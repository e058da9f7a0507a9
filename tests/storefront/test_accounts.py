"""The account of a top-up is looked up while the form is filled in, and again when it is sent."""

import pytest
from django.core.cache import cache

from core.scope import tenant_atomic
from orders.models import Order
from payments.models import Payment
from storefront import accounts
from storefront.accounts import MOST_OF_A_BROWSER, MOST_OF_AN_ADDRESS
from tests.catalog.factories import make_template
from tests.conftest import client_of
from tests.storefront.factories import PHONE, buy, page_of, stocked
from tests.suppliers.factories import at_the_judge, make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NO_SUCH = {"no_phones": ["138"]}
REASON = "暂时不支持此类号码的充值"


@pytest.fixture
def client(shop):
    cache.clear()
    return client_of(shop, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


@pytest.fixture
def sku(shop, judge, desk):
    return sold(judge)


def sold(judge, *, faults=(), **given):
    with tenant_atomic():
        template = make_template()
    sku = stocked(codes=0, kind="top_up", buyer_template=template, price_e4=1_000_000)
    with tenant_atomic():
        supplier = at_the_judge(judge, "ofpay", faults=faults)
        make_offer(supplier=supplier, sku=sku, product="140101", face_value=50, **given)
    return sku


def refuse_it(desk):
    (found,) = desk.accounts()
    desk.account(protocol="ofpay", id=found["id"], options=NO_SUCH)


def look(client, sku, *, phone=PHONE):
    given = {"sku": sku.ref, "f_phone": phone}
    return client.post(f"{page_of(sku)}account/", given)


def checks(desk):
    return sum("telcheck" in one["path"] for one in desk.requests())


def orders_made():
    with tenant_atomic():
        return Order.objects.count()


def error_at_the_field(answer):
    return answer.content.decode().split('id="e-phone" role="alert">')[1].split("<")[0]


def test_what_was_found_is_told_while_the_form_is_filled_in(client, sku):
    answer = look(client, sku)

    assert answer.json() == {"verdict": "yes", "field": "phone", "text": "广东深圳"}
    assert "no-store" in answer["Cache-Control"]


def test_a_no_is_told_with_its_reason(client, sku, desk):
    refuse_it(desk)

    assert look(client, sku).json() == {
        "verdict": "no",
        "field": "phone",
        "text": f"This number cannot be topped up with this product: {REASON}",
    }


def test_a_definite_no_is_an_error_of_the_field_and_nothing_is_ordered(client, sku, desk):
    refuse_it(desk)

    answer = buy(client, sku, f_phone=PHONE)

    assert answer.status_code == 422
    assert REASON in error_at_the_field(answer)
    assert f'name="f_phone" value="{PHONE}"' in answer.content.decode()
    assert orders_made() == 0


def test_a_yes_lets_the_order_through_without_asking_again(client, sku, desk):
    look(client, sku)

    answer = buy(client, sku, f_phone=PHONE)

    assert answer.status_code == 302
    assert orders_made() == 1
    assert checks(desk) == 1


@pytest.mark.parametrize("fault", ["query:http_502_after", "query:reply_lost_before"])
def test_what_nobody_knows_lets_the_order_through(client, judge, desk, fault):
    answer = buy(client, sold(judge, faults=[fault]), f_phone=PHONE)

    assert answer.status_code == 302
    assert orders_made() == 1


def test_a_slow_suppliers_no_is_not_waited_for(client, judge, desk):
    sku = sold(judge, faults=["query:delay:5"])
    refuse_it(desk)

    answer = buy(client, sku, f_phone=PHONE)

    assert answer.status_code == 302
    assert orders_made() == 1


def test_a_double_click_on_a_verified_form_is_one_order(client, sku):
    first, second = (buy(client, sku, f_phone=PHONE) for _ in range(2))

    assert first["Location"] == second["Location"]
    with tenant_atomic():
        assert Payment.objects.count() == 1


def test_what_is_wrong_with_the_form_is_told_before_anybody_is_asked(client, sku, desk):
    answers = [buy(client, sku, f_phone=PHONE, consent=""), buy(client, sku, f_phone="12")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert checks(desk) == 0


@pytest.mark.parametrize("phone", ["", "12", "not a phone", "1" * 5000])
def test_an_account_that_is_none_is_not_asked_about(client, sku, desk, phone):
    assert look(client, sku, phone=phone).json()["verdict"] == "unknown"
    assert checks(desk) == 0


def test_a_browser_that_looks_for_ever_hears_nothing_more(client, sku, desk):
    client.get(page_of(sku))
    phones = [f"1380013{number:04}" for number in range(MOST_OF_A_BROWSER + 1)]

    said = [look(client, sku, phone=phone).json()["verdict"] for phone in phones]

    assert said == ["yes"] * MOST_OF_A_BROWSER + ["unknown"]
    assert checks(desk) == MOST_OF_A_BROWSER


def test_an_address_that_changes_its_browsers_hears_nothing_more(client, shop, sku, desk):
    phones = [f"1380013{number:04}" for number in range(MOST_OF_AN_ADDRESS + 1)]

    said = [look(client_of(shop), sku, phone=phone).json()["verdict"] for phone in phones]

    assert said == ["yes"] * MOST_OF_AN_ADDRESS + ["unknown"]


def test_a_subscriber_of_ipv6_is_one_address(shop, sku, desk, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_OF_AN_ADDRESS", 2)
    said = [
        look(client_of(shop, REMOTE_ADDR=f"2001:db8::{n}"), sku, phone=f"1380013800{n}").json()
        for n in range(3)
    ]

    assert [one["verdict"] for one in said] == ["yes", "yes", "unknown"]


def test_who_has_looked_too_often_can_order_all_the_same(client, sku, desk):
    client.get(page_of(sku))
    for number in range(MOST_OF_A_BROWSER):
        look(client, sku, phone=f"1380013{number:04}")
    refuse_it(desk)

    answer = buy(client, sku, f_phone=PHONE)

    assert answer.status_code == 302


def test_an_answer_that_is_remembered_is_counted_as_well(client, sku, desk):
    client.get(page_of(sku))

    said = [look(client, sku).json()["verdict"] for _ in range(MOST_OF_A_BROWSER + 1)]

    assert said == ["yes"] * MOST_OF_A_BROWSER + ["unknown"]


def test_a_page_says_which_field_is_looked_up_and_for_which_choice(client, sku):
    page = client.get(page_of(sku)).content.decode()

    assert f'data-verified="{sku.ref}"' in page


def test_a_page_whose_goods_nobody_verifies_asks_nobody(client, judge, desk):
    with tenant_atomic():
        template = make_template()
    sku = stocked(buyer_template=template)

    assert "data-verified" not in client.get(page_of(sku)).content.decode()
    assert look(client, sku).json()["verdict"] == "unknown"


def test_a_choice_of_another_product_is_not_looked_up(client, sku, desk):
    with tenant_atomic():
        template = make_template()
    other = stocked(buyer_template=template)

    answer = client.post(f"{page_of(other)}account/", {"sku": sku.ref, "f_phone": PHONE})

    assert answer.status_code == 404
    assert checks(desk) == 0


def test_a_look_needs_the_pages_own_form(client, shop, sku, desk):
    strict = client_of(shop, enforce_csrf_checks=True)

    assert look(strict, sku).status_code == 403
    assert strict.get(f"{page_of(sku)}account/").status_code == 405
    assert checks(desk) == 0
