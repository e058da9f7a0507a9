"""Partners, their keys, tiers and prices in the office."""

import re
from html import unescape

import pytest

from channels import services as channels
from channels.models import ApiKey, Partner, PartnerSku, PriceTier, TierPrice
from core.scope import tenant_atomic
from payments.selectors import floored_balance
from tenants.models import User
from tenants.roles import Role
from tests.api.callers import Caller
from tests.catalog.factories import make_sku
from tests.channels.factories import WANG, make_keyed, make_partner, make_tier
from tests.conftest import as_tenant, client_of
from tests.dashboard.people import browser_of
from tests.orders.factories import stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/partners/"
KEY = re.compile(r"qy_live_[\w-]+")
TERMS = {
    "name": "Acme", "contact": "Li", "credit": "500", "daily_limit": "1,000.50",
    "low_balance": "100", "most_per_second": "50", "sells_all": "on",
}  # fmt: skip


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


@pytest.fixture
def keyed(shop):
    with tenant_atomic():
        return make_keyed(name="Acme")


@tenant_atomic
def rows(found, *names):
    return list(found.values_list(*names, flat=len(names) == 1))


def page_of(partner):
    return f"{LIST}{partner.ref}/"


def test_a_partner_is_made_on_the_terms_that_were_typed(shop, browser):
    with tenant_atomic():
        tier = make_tier()

    answer = browser.post(f"{LIST}new/", TERMS | {"tier": tier.pk})

    with tenant_atomic():
        made = Partner.objects.get()
        floor = floored_balance(account_id=made.account_id)
    assert answer["Location"] == page_of(made)
    assert (made.name, made.tier_id, made.sells_all, made.most_per_second) == (
        "Acme", tier.pk, True, 50,
    )  # fmt: skip
    assert (floor, made.daily_limit_e4, made.low_balance_e4) == (
        (0, -5_000_000), 10_005_000, 1_000_000,
    )  # fmt: skip
    assert "Make a key for its program." in browser.get(page_of(made)).content.decode()


def test_its_terms_stand_in_the_form_and_follow_what_is_saved(shop, browser):
    browser.post(f"{LIST}new/", TERMS)
    with tenant_atomic():
        made, sku = Partner.objects.get(), make_sku()
    path = f"{page_of(made)}edit/"

    form = browser.get(path).context["form"]
    shown = {name: form[name].value() for name in ("credit", "daily_limit", "low_balance")}
    given = {"name": "Acme 2", "most_per_second": "7", "skus": [sku.pk]}
    answer = browser.post(path, given)

    assert shown == {"credit": "500.00", "daily_limit": "1000.50", "low_balance": "100.00"}
    assert answer.status_code == 302
    assert rows(Partner.objects.all(), "name", "sells_all", "daily_limit_e4") == [
        ("Acme 2", False, 0)
    ]
    assert rows(PartnerSku.objects.all(), "sku_id") == [sku.pk]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"name": ""}, "name", None),
        ({"name": "Taken"}, "name", ("Another partner has this name.", "已有同名的合作方。")),
        ({"credit": "x"}, "credit", ("Write an amount such as 12.50.", None)),
        ({"daily_limit": "-1"}, "daily_limit", None),
        ({"low_balance": "1.234"}, "low_balance", None),
        ({"most_per_second": "0"}, "most_per_second", None),
        ({"tier": "999999"}, "tier", None),
        ({"sells_all": ""}, "skus", ("Choose what it may buy", "请选择可采购的规格")),
        ({"sells_all": "", "skus": ["999999"]}, "skus", None),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_cannot_be_taken_is_told_at_its_field(shop, browser, more, field, words, language):
    User.objects.update(language=language)
    with tenant_atomic():
        make_partner(name="Taken")

    answer = browser.post(f"{LIST}new/", {key: v for key, v in (TERMS | more).items() if v})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    said = words and words[language != "en"]
    assert said is None or said in answer.content.decode()
    assert rows(Partner.objects.all(), "name") == ["Taken"]


def test_credit_that_is_owed_already_is_not_taken_away(shop, browser):
    with tenant_atomic():
        owing = make_keyed(balance_e4=0, credit_e4=1_000_000)
        sku = stocked_sku(1)
    Caller(owing).order(sku)

    answer = browser.post(f"{page_of(owing.partner)}edit/", TERMS | {"credit": ""})

    assert answer.status_code == 422
    assert "More than that is owed already." in answer.content.decode()


def test_the_list_tells_who_is_low(shop, browser):
    with tenant_atomic():
        make_partner(name="Low", balance_e4=99_9900, low_balance_e4=1_000_000)
        make_partner(name="Fine", balance_e4=1_000_000, low_balance_e4=1_000_000)

    page = browser.get(LIST)

    assert [(row["partner"].name, row["is_low"]) for row in page.context["rows"]] == [
        ("Fine", False),
        ("Low", True),
    ]
    assert "below ¥100.00" in page.content.decode()
    todo = browser.get("/office/").context["todo"]
    assert [(one.count, str(one.words)) for one in todo] == [(1, "partners' balances are low")]


def test_a_key_is_shown_once_and_works(shop, browser, keyed):
    path = f"{page_of(keyed.partner)}keys/new/"

    answer = browser.post(path, {"name": "web", "scopes": ["orders:read"], "networks": "127.0.0.1"})

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (key,) = set(KEY.findall(answer.content.decode()))
    caller = Caller(key)
    caller.get("/api/v1/orders")
    assert caller.status == 200
    caller.get("/api/v1/balance")
    assert caller.status == 403
    page = browser.get(page_of(keyed.partner)).content.decode()
    assert KEY.findall(page) == []
    assert "127.0.0.1/32" in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"networks": "here"}, "networks"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
    ],
)
def test_a_key_that_cannot_be_is_told_at_its_field(shop, browser, keyed, more, field):
    path = f"{page_of(keyed.partner)}keys/new/"

    answer = browser.post(path, {"name": "web", "scopes": ["orders:read"]} | more)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert rows(ApiKey.objects.all(), "pk") == [keyed.key_id]


def test_a_rolled_key_and_the_old_one_both_work_for_a_while(shop, browser, keyed):
    path = f"{page_of(keyed.partner)}keys/{keyed.key_id}/roll/"

    answer = browser.post(path, {"hours": "24"})

    (fresh,) = set(KEY.findall(answer.content.decode()))
    for key in (fresh, keyed.key):
        caller = Caller(key)
        caller.get("/api/v1/balance")
        assert caller.status == 200


def test_a_key_that_is_rolled_at_once_is_refused(shop, browser, keyed):
    browser.post(f"{page_of(keyed.partner)}keys/{keyed.key_id}/roll/", {"hours": "0"})

    caller = Caller(keyed.key)
    caller.get("/api/v1/balance")
    assert caller.status == 401


def test_a_revoked_key_is_refused_and_has_no_button_any_more(shop, browser, keyed):
    path = f"{page_of(keyed.partner)}keys/{keyed.key_id}/revoke/"

    browser.post(path)

    caller = Caller(keyed.key)
    caller.get("/api/v1/balance")
    assert caller.status == 401
    assert path not in browser.get(page_of(keyed.partner)).content.decode()


def test_a_key_of_another_partner_is_not_there(shop, browser, keyed):
    with tenant_atomic():
        other = make_partner()

    answers = [
        browser.post(f"{page_of(other)}keys/{keyed.key_id}/{verb}/", {"hours": "0"})
        for verb in ("roll", "revoke")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_key_is_not_made_long_after_the_password(shop, browser, keyed):
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()

    answer = browser.post(f"{page_of(keyed.partner)}keys/new/", {"scopes": ["orders:read"]})

    assert answer["Location"].startswith("/office/reauthenticate/")
    assert rows(ApiKey.objects.all(), "pk") == [keyed.key_id]


def test_a_suspended_partner_is_refused_until_it_is_open_again(shop, browser, keyed):
    path, caller = page_of(keyed.partner), Caller(keyed.key)

    silent = browser.post(f"{path}suspend/", {"reason": "late"})
    caller.get("/api/v1/balance")
    closed = caller.status
    again = browser.post(f"{path}suspend/", {"reason": "late"})
    browser.post(f"{path}reopen/", {"reason": "paid"})
    caller.get("/api/v1/balance")

    assert (silent.status_code, closed, again.status_code, caller.status) == (302, 403, 409, 200)
    assert re.search(r"late.*?wang|late", browser.get(path).content.decode(), re.S)


def test_an_unknown_verb_is_not_there(browser, keyed):
    assert browser.post(f"{page_of(keyed.partner)}destroy/").status_code == 404


def test_an_order_is_listed_with_the_partners_number(shop, browser, keyed):
    with tenant_atomic():
        sku = stocked_sku(1)
    told = Caller(keyed).order(sku, "P-77")

    page = browser.get(page_of(keyed.partner)).content.decode()

    assert "P-77" in page
    assert told["ref"] in page
    assert "Latest movements" not in page  # the operator sees no entries


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
        "¥20.00", "¥18.00", "¥19.00", "¥-1.00", "10",
    ]  # fmt: skip
    assert "Refused: below the cost" in page.content.decode()


@pytest.mark.parametrize("path", ["", "edit/", "prices/", "statement/", "correction/", "keys/new/"])
def test_a_partner_of_another_shop_is_not_there(shop, other_shop, path):
    with as_tenant(other_shop.pk), tenant_atomic():
        foreign = make_partner()

    answer = browser_of(shop, Role.OWNER).get(f"{page_of(foreign)}{path}")

    assert answer.status_code == 404


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(
    ("path", "roles"),
    [
        (LIST, {Role.OWNER, Role.OPERATOR, Role.FINANCE}),
        (f"{LIST}new/", {Role.OWNER, Role.OPERATOR}),
        ("/office/tiers/", {Role.OWNER, Role.OPERATOR, Role.FINANCE}),
        ("/office/tiers/new/", {Role.OWNER, Role.OPERATOR}),
        ("/office/claims/", {Role.OWNER, Role.FINANCE}),
    ],
)
def test_a_page_opens_for_its_roles_only(shop, role, path, roles):
    answer = browser_of(shop, role).get(path)

    assert (answer.status_code == 200) == (role in roles)


def test_without_signing_in_it_is_the_login_page(shop):
    assert client_of(shop).get(LIST)["Location"].startswith("/office/login/")


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_however_many_there_are(
    shop, browser, count, django_assert_num_queries
):
    with tenant_atomic():
        for _ in range(count):
            make_keyed()
    browser.get(LIST)

    with django_assert_num_queries(10):
        browser.get(LIST)


def test_a_key_that_ends_is_good_through_its_last_day(shop, browser, keyed):
    path = f"{page_of(keyed.partner)}keys/new/"

    browser.post(path, {"scopes": ["orders:read"], "ends_on": "2099-12-31"})

    (end,) = rows(ApiKey.objects.exclude(pk=keyed.key_id), "expires_at")
    assert end.isoformat() == "2099-12-31T16:00:00+00:00"  # midnight in Shanghai
