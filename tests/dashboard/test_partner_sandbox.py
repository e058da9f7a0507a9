"""A partner's test mode in the office: the shop's sandbox and the keys that open it."""

import re

import pytest

from catalog.selectors import skus_for_sale
from channels.models import ApiKey
from channels.services import sandbox
from core.scope import tenant_atomic
from dashboard.action_words import ACTIONS
from tenants.models import AuditRow, Merchant, User
from tenants.roles import Role
from tests.api.callers import Caller
from tests.channels.factories import make_keyed, make_partner
from tests.channels.sandboxes import open_twin
from tests.conftest import as_tenant, client_of, make_shop
from tests.dashboard.people import PASSWORD, browser_of, sign_in
from tests.orders.factories import stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
KEY = re.compile(r"qy_test_[\w-]+")


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OWNER)


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        stocked_sku(1)
        return make_partner(name="Acme")


def home(partner):
    return f"/office/partners/{partner.ref}/test/"


def made_key(browser, partner, **more):
    answer = browser.post(f"{home(partner)}keys/new/", {"scopes": ["orders:read"]} | more)
    (key,) = set(KEY.findall(answer.content.decode()))
    return answer, key


def status_of(key, path="/api/v1/orders"):
    caller = Caller(key)
    caller.get(path)
    return caller.status


def sandbox_keys():
    with sandbox.in_sandbox():
        return list(ApiKey.objects.order_by("pk"))


@tenant_atomic
def noted():
    wanted = ("sandbox.filled", "partner.test_key")
    rows = AuditRow.objects.order_by("pk").values_list("action", "target")
    return [row for row in rows if row[0].startswith(wanted)]


def test_a_sandbox_is_opened_by_one_click(shop, browser, partner):
    assert "no sandbox yet" in browser.get(home(partner)).content.decode()

    answer = browser.post(f"{home(partner)}open/")

    assert (answer.status_code, answer["Location"]) == (302, home(partner))
    page = browser.get(home(partner)).content.decode()
    assert "http://cloud-test.localhost" in page
    assert "¥10,000.00" in page
    assert "TEST_PARTIAL" in page
    assert "Success after ten seconds" in page
    assert noted() == [("sandbox.filled", "cloud")]


def test_the_accounts_that_force_an_end_are_there_to_be_copied(shop, browser, partner):
    browser.post(f"{home(partner)}open/")

    page = browser.get(home(partner))

    told = {one.name: (one.verdict, one.text) for one in page.context["twin"]["accounts"]}
    assert {account: verdict for account, (verdict, _text) in told.items()} == {
        "13800000000": "yes", "13800000001": "no", "13800000002": "yes", "13800000003": "unknown",
    }  # fmt: skip
    shown = page.content.decode()
    assert all(f">{account}</span>" in shown for account in told)
    assert shown.count('data-copy="#account') == 4
    assert '"buyer": {"phone": "13800000001"}' in shown.replace("&quot;", '"')


def test_a_test_key_is_shown_once_and_works_in_the_sandbox_only(shop, browser, partner):
    answer, key = made_key(browser, partner, networks="127.0.0.1")

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert (status_of(key), status_of(key, "/api/v1/balance")) == (200, 403)
    assert len(sandbox_keys()) == 1
    with tenant_atomic():
        assert not ApiKey.objects.exists()
    page = browser.get(home(partner)).content.decode()
    assert KEY.findall(page) == []
    assert "127.0.0.1/32" in page
    assert noted() == [("sandbox.filled", "cloud"), ("partner.test_key", partner.ref)]


def test_a_key_that_cannot_be_is_told_at_its_field(shop, browser, partner):
    answer = browser.post(
        f"{home(partner)}keys/new/", {"scopes": ["orders:read"], "networks": "here"}
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["networks"])
    assert sandbox_keys() == []


def test_a_rolled_test_key_and_the_old_one_work_for_a_while(shop, browser, partner):
    _answer, old = made_key(browser, partner)
    (row,) = sandbox_keys()

    answer = browser.post(f"{home(partner)}keys/{row.pk}/roll/", {"hours": "24"})

    (fresh,) = set(KEY.findall(answer.content.decode()))
    assert (status_of(fresh), status_of(old)) == (200, 200)
    assert noted()[-1] == ("partner.test_key_rolled", partner.ref)


def test_a_revoked_test_key_is_refused_and_has_no_button_any_more(shop, browser, partner):
    _answer, key = made_key(browser, partner)
    path = f"{home(partner)}keys/{sandbox_keys()[0].pk}/revoke/"

    browser.post(path)

    assert status_of(key) == 401
    assert path not in browser.get(home(partner)).content.decode()
    assert noted()[-1] == ("partner.test_key_revoked", partner.ref)


def test_a_live_key_is_not_reached_by_the_way_of_test_keys(shop, browser):
    with tenant_atomic():
        keyed = make_keyed(name="Acme")
    browser.post(f"{home(keyed.partner)}open/")

    answers = [
        browser.post(f"{home(keyed.partner)}keys/{keyed.key_id}/{verb}/", {"hours": "0"})
        for verb in ("roll", "revoke")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert status_of(keyed.key) == 200


def test_a_test_key_of_another_partner_is_not_there(shop, browser, partner):
    made_key(browser, partner)
    (row,) = sandbox_keys()
    with tenant_atomic():
        other = make_partner()

    answers = [
        browser.post(f"{home(other)}keys/{row.pk}/{verb}/", {"hours": "0"})
        for verb in ("roll", "revoke")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_where_there_is_no_sandbox_there_is_no_key(shop, browser, partner):
    for verb in ("roll", "revoke"):
        answer = browser.post(f"{home(partner)}keys/1/{verb}/", {"hours": "0"})
        assert answer.status_code == 404


def test_bringing_it_up_to_date_takes_new_goods_over_and_keeps_keys(shop, browser):
    twin = open_twin(name="Acme")
    with tenant_atomic():
        fresh = stocked_sku(1)

    browser.post(f"{home(twin.partner)}open/")

    with twin.scope():
        assert fresh.ref in {sku.ref for sku in skus_for_sale(now=NOON)}
    assert status_of(twin.key) == 200


def test_a_partner_that_the_sandbox_does_not_know_yet_is_shown(shop, browser):
    open_twin()
    with tenant_atomic():
        late = make_partner(name="Late")

    page = browser.get(home(late)).content.decode()

    assert "given with the first test key" in page
    _answer, key = made_key(browser, late)
    assert status_of(key) == 200


def test_a_name_that_is_taken_is_told_and_nothing_is_opened(shop, browser, partner):
    make_shop("cloud-test")

    answer = browser.post(f"{home(partner)}open/")

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "short name is taken" in page
    assert not Merchant.objects.filter(sandbox_of=shop).exists()


def test_a_sandbox_has_no_test_mode_of_its_own(shop, browser):
    twin = open_twin(name="Acme")
    twin_shop = Merchant.objects.get(pk=twin.pk)
    inside = client_of(twin_shop)
    owner = User.objects.get(email="owner@example.com")
    browser.post(f"{home(twin.partner)}open/")  # takes the staff over

    with as_tenant(twin.pk):
        assert sign_in(inside, owner, password=PASSWORD).status_code == 302
        assert inside.get(home(twin.partner)).status_code == 404
        page = inside.get(f"/office/partners/{twin.partner.ref}/").content.decode()

    assert "Acme" in page
    assert home(twin.partner) not in page


def test_who_may_only_look_has_no_buttons(shop, partner):
    looker = browser_of(shop, Role.FINANCE)

    page = looker.get(home(partner)).content.decode()

    assert f"{home(partner)}open/" not in page
    assert looker.post(f"{home(partner)}open/").status_code == 403


def test_what_is_written_down_has_its_words():
    assert {"partner.test_key", "partner.test_key_rolled", "partner.test_key_revoked"} <= set(
        ACTIONS
    )
