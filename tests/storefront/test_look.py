"""What the eye meets: nothing stands alone in a row, nothing is offered before it can be used."""

import re

import pytest
from django.utils import timezone, translation

from catalog import services as catalog
from catalog.models import Brand, Sku
from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from storefront.selectors.shelf import brand_tile
from storefront.templatetags.storefront import columns
from tests.catalog.factories import make_product
from tests.conftest import client_of
from tests.inventory.factories import make_content
from tests.storefront.factories import bought, delivered, notify, page_of, path_of, stocked
from tests.suppliers.factories import make_offer


@pytest.fixture
def client(shop):
    buyer = client_of(shop)
    buyer.cookies["qy_language"] = "en"
    return buyer


@pytest.mark.parametrize("count", range(2, 31))
def test_no_row_of_categories_on_a_phone_holds_a_lonely_one(count):
    assert count % columns(count) != 1
    assert columns(count) <= 5


@pytest.mark.parametrize(
    ("name_en", "language", "shown"),
    [
        ("NetEase Cloud Music", "en", "NetEase"),
        ("Mango TV", "en", "Mango TV"),
        ("Incomprehensibilities", "en", "云音乐"),
        ("", "en", "云音乐"),
        ("NetEase Cloud Music", "zh-hans", "云音乐"),
    ],
)
def test_a_tile_speaks_the_readers_language_where_it_has_room(name_en, language, shown):
    brand = Brand(name="网易云音乐", name_en=name_en, glyph="云音乐")

    with translation.override(language):
        tile = brand_tile(brand)

    assert f">{shown}</text>" in tile


@pytest.fixture
def product(shop):
    with tenant_atomic():
        return make_product(
            name="优酷会员",
            redeem_url="https://redeem.example/youku",
            how_to_use="打开兑换中心\n粘贴兑换码",
            how_to_use_en="Open the redeem page\nPaste the code",
        )


def test_how_to_use_it_is_told_with_the_goods_and_not_before(client, product):
    sku = stocked(product=product)
    unpaid = bought(client, sku)
    there = delivered(client, sku, request_key="another-form")

    before, after = (client.get(path_of(one)).content.decode() for one in (unpaid, there))

    told = ["https://redeem.example/youku", "Paste the code"]
    assert [text in before for text in told] == [False, False]
    assert [text in after for text in told] == [True, True]


def test_an_edited_product_does_not_change_what_an_old_buyer_was_told(client, product):
    sku = stocked(product=product, min_days_left=30)
    change(product, refund_rule="七天可退", refund_rule_en="Seven days", where_works_en="On TV")
    old = delivered(client, sku)
    change(product, refund_rule="不可退", refund_rule_en="", where_works_en="On phones",
           how_to_use_en="Corrected")  # fmt: skip
    with tenant_atomic():
        Sku.objects.filter(pk=sku.pk).update(min_days_left=1, promise="slow")
    new = bought(client, sku, request_key="another-form")

    before, after = (client.get(path_of(one)).content.decode() for one in (old, new))

    assert told_in(before) == {
        "Works on": "On TV",
        "Delivery": "Usually in a second",
        "Use by": "Days left when you buy: at least 30",
        "Refunds": "Seven days",
    }
    assert "Corrected" in before
    assert told_in(after) == {
        "Works on": "On phones",
        "Delivery": "Time as stated",
        "Use by": "Days left when you buy: at least 1",
        "Refunds": "不可退",
    }


@pytest.mark.parametrize("kind", ["top_up", "stock_code"])
def test_how_long_a_slow_one_may_take_is_told_before_it_is_paid(client, product, kind):
    sku = stocked(product=product, kind=kind, slow_hours=24)
    if kind == "top_up":
        with tenant_atomic():
            make_offer(sku=sku, slow_hours=24)

    page, shelf = (client.get(path).content.decode() for path in (page_of(sku), "/"))

    is_slow = kind == "top_up"
    assert ("<dd data-promise>May take up to 24 hours</dd>" in page) == is_slow
    assert ("up to 24 hours" in shelf) == is_slow


def test_what_the_shop_may_not_sell_here_is_sold_out(client, product):
    sku = stocked(product=product, codes=0, kind="supplier_code")
    with tenant_atomic():
        offer = make_offer(sku=sku)
    assert "Sold out" not in client.get(page_of(sku)).content.decode()

    with tenant_atomic():
        type(offer).objects.update(forbidden_channels=["web"])

    assert "Sold out" in client.get(page_of(sku)).content.decode()


def change(product, **given):
    with tenant_atomic():
        catalog.change_product(product_id=product.pk, given=given, by=SYSTEM, now=timezone.now())


def told_in(page: str) -> dict[str, str]:
    terms = page.split('id="terms"')[1].split("</details>")[0]
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", terms))


def test_the_step_that_is_waited_for_is_not_called_done(client):
    order = bought(client, stocked(codes=0, kind="by_hand"))
    unpaid = client.get(path_of(order)).content.decode()
    notify(client, order)
    fulfillment.open_units(order_id=order.pk, now=timezone.now())

    paid = client.get(path_of(order)).content.decode()

    assert "<b>Payment</b><span>to be paid</span>" in unpaid
    assert "<b>Being delivered</b><span>in progress</span>" in paid


@pytest.mark.parametrize("text", ["", "no such thing"])
def test_a_search_that_finds_nothing_leads_to_the_categories(client, text):
    sku = stocked()

    page = client.get("/search/", {"q": text}).content.decode()

    assert f'href="/c/{sku.product.category_id}/"' in page


@pytest.mark.parametrize(
    ("body", "leads"),
    [("https://files.example/pack?t=9", True), ("javascript:alert(1)//pack", False)],
)
def test_a_link_opens_once_it_is_shown_and_only_into_the_web(client, body, leads):
    sku = stocked(codes=0, kind="reusable")
    with tenant_atomic():
        make_content(sku, text=body, kind="link")
    order = delivered(client, sku)

    masked = client.get(path_of(order)).content.decode()
    shown = client.post(path_of(order, "codes/")).content.decode()

    assert "data-open" in masked
    assert f'href="{body}"' not in masked
    assert (f'href="{body}"' in shown) is leads
