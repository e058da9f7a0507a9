"""Few statements a page, and one drawing for everybody for a moment."""

import pytest

from storefront.selectors import orders
from storefront.views import shelf
from tenants import middleware
from tests.conftest import as_tenant, client_of
from tests.storefront.factories import KEY, bought, buy, notify, page_of, path_of, stocked
from tests.storefront.test_files import TOKEN


@pytest.fixture
def client(shop):
    return client_of(shop)


@pytest.fixture
def kept(settings):
    settings.KEPT_SECONDS = 60.0
    yield
    for memory in (shelf._pages, middleware._shops, orders._unpaid):
        memory.forget()


@pytest.mark.parametrize("products", [1, 3])
def test_the_home_page_reads_as_much_for_many_products(client, products, django_assert_num_queries):
    for number in range(products):
        stocked(codes=1, name=f"{number}")
    client.get("/")

    # the host's shop; savepoint and tenant in and out; products, their SKUs, their stock, sales
    with django_assert_num_queries(9):
        client.get("/")


@pytest.mark.parametrize("skus", [1, 3])
def test_a_product_page_reads_as_much_for_many_skus(client, skus, django_assert_num_queries):
    first = stocked(codes=1)
    for _ in range(skus - 1):
        stocked(codes=1, product=first.product)
    client.get(page_of(first))

    with django_assert_num_queries(8):
        client.get(page_of(first))


def test_a_page_drawn_once_still_has_each_visitors_own_form(kept, shop):
    sku = stocked()
    one, other = client_of(shop), client_of(shop)

    pages = [visitor.get(page_of(sku)).content.decode() for visitor in (one, other)]

    keys = {KEY.search(page)[1] for page in pages}
    tokens = {TOKEN.search(page)[1] for page in pages}
    assert (len(keys), len(tokens)) == (2, 2)


def test_a_drawn_page_costs_no_statement(kept, client, django_assert_num_queries):
    sku = stocked()
    client.get(page_of(sku))

    with django_assert_num_queries(0):
        assert client.get(page_of(sku)).status_code == 200


def test_a_drawn_pages_form_is_taken_with_its_own_token(kept, shop):
    sku = stocked()
    client_of(shop).get(page_of(sku))
    strict = client_of(shop, enforce_csrf_checks=True)
    page = strict.get(page_of(sku)).content.decode()
    token = {"csrfmiddlewaretoken": TOKEN.search(page)[1]}

    assert buy(strict, sku, request_key=KEY.search(page)[1], **token).status_code == 302


def test_languages_and_shops_have_drawings_of_their_own(kept, shop, other_shop):
    sku = stocked()
    chinese, english = client_of(shop), client_of(shop)

    pages = [
        chinese.get(page_of(sku), headers={"accept-language": "zh-CN"}),
        english.get(page_of(sku), headers={"accept-language": "en"}),
    ]
    with as_tenant(other_shop.pk):
        elsewhere = client_of(other_shop).get(page_of(sku))

    assert ['lang="zh-Hans"' in page.content.decode() for page in pages] == [True, False]
    assert elsewhere.status_code == 404


@pytest.mark.parametrize("path", ["/", "/search/?q=Youku"])
def test_a_list_of_goods_travels_compressed(client, path):
    stocked()

    answer = client.get(path, headers={"accept-encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(client.get(path).content) / 2


def test_who_waits_to_have_paid_asks_for_a_word_until_it_is_paid(
    kept, client, django_assert_num_queries
):
    order = bought(client, stocked())
    live = path_of(order, "live/")
    shown = f"{live}?v={client.get(live).json()['version']}"
    client.get(shown)

    with django_assert_num_queries(6):
        unpaid = client.get(shown).json()
    notify(client, order)
    paid = client.get(shown).json()

    assert unpaid == {"is_final": False, "is_payable": True}
    assert paid["is_final"]
    assert "data-unit=" in paid["html"]
