"""A partner's API keys in the office."""

import re

import pytest

from channels.models import ApiKey
from core.scope import tenant_atomic
from tenants.roles import Role
from tests.api.callers import Caller
from tests.channels.factories import make_keyed, make_partner
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/partners/"
KEY = re.compile(r"qy_live_[\w-]+")


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


def test_a_key_that_ends_is_good_through_its_last_day(shop, browser, keyed):
    path = f"{page_of(keyed.partner)}keys/new/"

    browser.post(path, {"scopes": ["orders:read"], "ends_on": "2099-12-31"})

    (end,) = rows(ApiKey.objects.exclude(pk=keyed.key_id), "expires_at")
    assert end.isoformat() == "2099-12-31T16:00:00+00:00"  # midnight in Shanghai
