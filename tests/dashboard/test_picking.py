"""The goods that codes are loaded for are found among hundreds, by the server too."""

import pytest

from core.scope import tenant_atomic
from dashboard.views import imports
from tests.catalog.factories import make_product, make_sku
from tests.dashboard.people import browser_of
from tests.dashboard.test_lists import count_queries

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE = "/office/imports/"


def make_goods(number: int, *, product: str = "会员", **fields) -> list[int]:
    with tenant_atomic():
        made = make_product(name=product, name_en="Membership", aliases="vip")
        skus = [make_sku(product=made, name=f"{n:03d} 天", **fields) for n in range(number)]
        return [sku.pk for sku in skus]


def listed(answer) -> list[int]:
    return [row["sku"].pk for row in answer.context["goods"]["rows"]]


def test_all_goods_that_sell_codes_are_listed(shop):
    ids = make_goods(500)
    make_goods(1, product="手动", kind="by_hand")

    answer = browser_of(shop, "operator").get(PAGE)

    assert listed(answer) == ids
    assert answer.content.count(b'name="sku"') == 500


def test_five_hundred_cost_no_more_questions_than_one(shop):
    browser = browser_of(shop, "operator")
    make_goods(1)
    browser.get(PAGE)
    one = count_queries(browser, PAGE)
    make_goods(499, product="游戏")

    assert count_queries(browser, PAGE) == one


@pytest.mark.parametrize(
    "find", ["007", "会员 007", "MEMBERSHIP 007", "vip  007", "007 优酷", "{ref}"]
)
def test_words_find_goods_by_name_brand_other_name_and_ref(shop, find):
    ids = make_goods(12)
    with tenant_atomic():
        other = make_sku(product=make_product(name="别的"), name="008 天")
        wanted = imports.Sku.objects.select_related("product__brand").get(pk=ids[7])
        wanted.product.brand.name = "优酷"
        wanted.product.brand.save()
    browser = browser_of(shop, "operator")

    answer = browser.get(PAGE, {"find": find.format(ref=wanted.ref.lower())})

    assert listed(answer) == [ids[7]]
    assert other.pk not in listed(answer)


def test_what_fits_nothing_is_told_with_a_way_back(shop):
    make_goods(3)

    page = browser_of(shop, "operator").get(PAGE, {"find": "no such goods"}).content.decode()

    assert "No goods fit." in page
    assert f'href="{PAGE}"' in page


def test_what_is_chosen_stays_in_the_list(shop):
    ids = make_goods(3)
    browser = browser_of(shop, "operator")

    linked = browser.get(PAGE, {"sku": ids[1]})
    searched = browser.get(PAGE, {"sku": ids[1], "find": "002"})
    refused = browser.post(PAGE, {"sku": ids[1], "text": ""})

    assert [row["is_chosen"] for row in linked.context["goods"]["rows"]] == [False, True, False]
    assert listed(searched) == ids[1:]
    assert [row["is_chosen"] for row in refused.context["goods"]["rows"]] == [False, True, False]


def test_a_list_that_is_cut_says_so(shop, monkeypatch):
    monkeypatch.setattr(imports, "MOST_LISTED", 4)
    ids = make_goods(6)

    answer = browser_of(shop, "operator").get(PAGE)

    assert listed(answer) == ids[:4]
    assert "There are more goods than this list holds." in answer.content.decode()


def test_goods_of_another_shop_or_kind_are_no_choice(shop):
    (by_hand,) = make_goods(1, kind="by_hand")

    answer = browser_of(shop, "operator").post(PAGE, {"sku": by_hand, "text": "CODE-0001"})

    assert answer.context["form"].errors.keys() == {"sku"}
