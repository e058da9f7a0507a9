import pytest

from catalog.selectors import search_on_sale
from catalog.states import ProductState
from core.scope import tenant_atomic
from tests.catalog.factories import make_product, make_sku
from tests.conftest import as_tenant
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def listed(name, **fields):
    return make_sku(product=make_product(name=name, **fields)).product


def test_two_chinese_characters_find_every_product_that_has_them():
    year = listed("优酷会员年卡")
    month = listed("优酷会员月卡")
    listed("爱奇艺黄金会员")

    assert search_on_sale(text=" 优酷 ", now=NOON) == [year, month]


def test_the_product_of_exactly_this_name_comes_first():
    listed("腾讯视频会员年卡")
    same = listed("腾讯视频会员")

    assert search_on_sale(text="腾讯视频会员", now=NOON)[0] == same


def test_all_words_must_be_there_in_any_order():
    year = listed("优酷会员年卡")
    listed("优酷会员月卡")

    assert search_on_sale(text="年卡 优酷", now=NOON) == [year]


def test_latin_letters_find_without_regard_to_case():
    steam = listed("Steam 钱包充值")

    assert search_on_sale(text="STEAM", now=NOON) == [steam]


def test_a_slip_of_the_finger_still_finds():
    listed("优酷会员")
    spotify = listed("Netflix 会员")

    assert search_on_sale(text="netflx", now=NOON) == [spotify]


@pytest.mark.parametrize("text", ["", "   ", "\0", "没有这样的东西", "%", "_", "\\"])
def test_what_is_not_there_is_not_found(text):
    listed("优酷会员")

    assert search_on_sale(text=text, now=NOON) == []


def test_a_draft_is_not_found():
    listed("优酷会员", state=ProductState.DRAFT)

    assert search_on_sale(text="优酷", now=NOON) == []


def test_another_shops_products_are_not_found(other_shop, shop):
    listed("优酷会员")

    with as_tenant(other_shop.pk), tenant_atomic():
        assert search_on_sale(text="优酷", now=NOON) == []
