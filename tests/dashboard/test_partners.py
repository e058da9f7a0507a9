"""Partners in the office: the list, the terms, one partner's page."""

import re

import pytest

from channels.models import Partner, PartnerSku
from core.scope import tenant_atomic
from payments.selectors import floored_balance
from tenants.models import User
from tenants.roles import Role
from tests.api.callers import Caller
from tests.catalog.factories import make_sku
from tests.channels.factories import make_keyed, make_partner, make_tier
from tests.conftest import as_tenant, client_of
from tests.dashboard.people import browser_of
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/partners/"
TERMS = {
    "name": "Acme", "contact": "Li", "credit": "500", "daily_limit": "1,000.50",
    "low_balance": "100", "most_per_second": "50", "loss_guard": "wait", "sells_all": "on",
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
    assert made.loss_guard == "wait"
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
    given = {"name": "Acme 2", "most_per_second": "7", "loss_guard": "refuse", "skus": [sku.pk]}
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

    with django_assert_num_queries(11):
        browser.get(LIST)
