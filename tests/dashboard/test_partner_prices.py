"""Price tiers, and what each partner pays, in the office."""

from html import unescape

import pytest

from channels import services as channels
from channels.models import PriceTier, TierPrice
from core.scope import tenant_atomic
from tenants.models import User
from tenants.roles import Role
from tests.catalog.factories import make_sku
from tests.channels.factories import WANG, make_partner, make_tier
from tests.dashboard.people import browser_of
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/partners/"


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


@tenant_atomic
def rows(found, *names):
    return list(found.values_list(*names, flat=len(names) == 1))


def page_of(partner):
    return f"{LIST}{partner.ref}/"


def test_a_tier_is_made_and_its_prices_are_pasted(shop, browser):
    with tenant_atomic():
        one, two = make_sku(price_e4=200_000), make_sku(price_e4=300_000)
    made = browser.post(
        "/office/tiers/new/",
        {"name": "Gold", "way": "discount", "rate": "98.5", "floor_rate": "100"},
    )
    lines = f"{one.ref}\t9.8750\n\n{two.ref}, 12"

    answer = browser.post(made["Location"], {"lines": lines})

    assert answer.status_code == 302
    assert rows(PriceTier.objects.all(), "way", "rate", "floor_rate") == [
        ("discount", 9_850, 10_000)
    ]
    assert dict(rows(TierPrice.objects.all(), "sku_id", "price_e4")) == {
        one.pk: 98_750,
        two.pk: 120_000,
    }
    page = browser.get(made["Location"]).content.decode()
    assert "98.5 % of the list price, never below 100 % of the cost" in page


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("{ref}", ("Line 1: write a SKU's number and a price", "第 1 行：请填写规格编号和价格")),
        ("{ref} 1\nNOSUCH 1", ("Line 2: no SKU has the number NOSUCH", "第 2 行：没有编号为")),
        ("{ref} 1.23456", ("Line 1: An amount is not negative", "第 1 行：")),
        ("{ref} 0", ("Line 1: Write an amount above zero.", "第 1 行：")),
        ("", ("", "")),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_paste_that_cannot_be_read_sets_nothing(shop, browser, lines, words, language):
    with tenant_atomic():
        sku, tier = make_sku(), make_tier()
    User.objects.update(language=language)

    answer = browser.post(f"/office/tiers/{tier.ref}/", {"lines": lines.format(ref=sku.ref)})

    assert answer.status_code == 422
    assert words[language != "en"] in unescape(answer.content.decode())
    assert rows(TierPrice.objects.all(), "pk") == []


def test_a_price_is_taken_out_and_an_empty_tier_removed(shop, browser):
    with tenant_atomic():
        sku, tier = make_sku(), make_tier()
        channels.set_tier_price(tier_id=tier.pk, sku_id=sku.pk, price_e4=1, by=WANG, now=NOON)

    browser.post(f"/office/tiers/{tier.ref}/drop-price/", {"sku": sku.pk})
    left = rows(TierPrice.objects.all(), "pk")
    answer = browser.post(f"/office/tiers/{tier.ref}/drop/")

    assert (left, answer.status_code, rows(PriceTier.objects.all(), "pk")) == ([], 302, [])


def test_a_tier_with_partners_is_not_removed(shop, browser):
    with tenant_atomic():
        tier = make_tier()
        make_partner(tier_id=tier.pk)

    answer = browser.post(f"/office/tiers/{tier.ref}/drop/")

    assert (answer.status_code, rows(PriceTier.objects.all(), "pk")) == (409, [tier.pk])


def test_what_a_partner_pays_is_shown_with_what_is_left(shop, browser):
    with tenant_atomic():
        sku = make_sku(price_e4=200_000, cost_hint_e4=190_000)
        tier = make_tier(rate=9_000)
        partner = make_partner(tier_id=tier.pk, sells_all=False, sku_ids=(sku.pk,))
        make_sku()

    page = browser.get(f"{page_of(partner)}prices/")

    (row,) = page.context["rows"]
    assert [str(row[name]) for name in ("list", "price", "cost", "left", "off")] == [
        "¥20.00", "¥18.00", "¥19.00", "-¥1.00", "10",
    ]  # fmt: skip
    assert "Refused: below the cost" in page.content.decode()
