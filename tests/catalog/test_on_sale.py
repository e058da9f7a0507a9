from datetime import timedelta

import pytest
from django.utils.translation import override

from catalog.errors import NotForSale
from catalog.selectors import find_on_sale, get_sku_for_sale, shop_home
from catalog.states import Kind, ProductState
from tests.catalog.factories import make_category, make_product, make_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def test_a_product_on_the_shelf_comes_with_what_is_on_sale_of_it():
    sku = make_sku()
    make_sku(product=sku.product, is_on_sale=False)
    make_sku(product=sku.product, kind=Kind.VOUCHER)

    found = find_on_sale(ref=sku.product.ref, now=NOON)

    assert found == sku.product
    assert list(found.skus.all()) == [sku]


@pytest.mark.parametrize("state", [ProductState.DRAFT, ProductState.UNPUBLISHED])
def test_a_product_off_the_shelf_is_not_found(state):
    product = make_product(state=state)
    sku = make_sku(product=product)

    with pytest.raises(NotForSale):
        get_sku_for_sale(sku_ref=sku.ref, now=NOON)

    assert find_on_sale(ref=product.ref, now=NOON) is None


def test_a_product_past_its_end_is_not_for_sale_even_before_the_sweeper_came():
    product = make_product(unpublish_at=NOON)
    sku = make_sku(product=product)

    with pytest.raises(NotForSale):
        get_sku_for_sale(sku_ref=sku.ref, now=NOON)

    assert get_sku_for_sale(sku_ref=sku.ref, now=NOON - timedelta(seconds=1)) == sku


@pytest.mark.parametrize("kind", [Kind.VOUCHER])
def test_what_nobody_can_deliver_is_not_for_sale(kind):
    sku = make_sku(kind=kind)

    with pytest.raises(NotForSale):
        get_sku_for_sale(sku_ref=sku.ref, now=NOON)


def test_a_product_page_costs_two_queries(django_assert_num_queries):
    sku = make_sku()
    make_sku(product=sku.product)

    with django_assert_num_queries(2):
        found = find_on_sale(ref=sku.product.ref, now=NOON)
        assert [one.name for one in found.skus.all()]
        assert found.brand.name
        assert found.category.name


def test_a_product_with_nothing_on_sale_is_not_on_the_shelf():
    sku = make_sku(is_on_sale=False)

    assert find_on_sale(ref=sku.product.ref, now=NOON) is None
    assert shop_home(now=NOON) == []


def test_the_home_page_shows_shelves_in_order_without_hidden_ones():
    music = make_category(name="音乐", position=2)
    video = make_category(name="影视", position=1)
    hidden = make_category(is_shown=False)
    second = make_sku(product=make_product(category=video, position=2)).product
    first = make_sku(product=make_product(category=video, position=1)).product
    song = make_sku(product=make_product(category=music)).product
    make_sku(product=make_product(category=hidden))

    home = shop_home(now=NOON)

    assert [(shelf.category, shelf.products) for shelf in home] == [
        (video, [first, second]),
        (music, [song]),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_home_page_costs_two_queries(rows, django_assert_num_queries):
    for _ in range(rows):
        make_sku()

    with django_assert_num_queries(2):
        home = shop_home(now=NOON)
        shown = [(p.brand.name, p.skus.all()[0].price_e4) for s in home for p in s.products]

    assert len(shown) == rows


def test_the_reader_of_english_sees_english_where_there_is_any():
    product = make_product(name="优酷会员", name_en="Youku VIP", summary="一年")

    with override("en"):
        assert (product.shown.name, product.shown.summary) == ("Youku VIP", "一年")
    with override("zh-hans"):
        assert product.shown.name == "优酷会员"
