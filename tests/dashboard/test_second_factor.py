"""A stolen password opens nothing that costs: codes and money ask for a second factor; and a person
sees where they are signed in."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone

from core.scope import tenant_atomic
from tenants.models import AuditRow, Merchant
from tenants.roles import Role
from tests.authenticator import digits
from tests.channels.factories import make_partner
from tests.conftest import client_of
from tests.dashboard.people import PASSWORD, make_member, sign_in
from tests.inventory.factories import make_codes, make_sku

pytestmark = pytest.mark.django_db(databases="__all__")
FACTOR, CODE = "/office/security/factor/", "/office/security/code/"
AGAIN = f"{CODE}again/"


@pytest.fixture
def user(shop):
    with tenant_atomic():
        Merchant.objects.filter(pk=shop.pk).update(demands_second_factor=True)
    return make_member(Role.OWNER)


@pytest.fixture
def code(shop):
    with tenant_atomic():
        return make_codes(make_sku(), 1)[0]


def signed_in(shop, user):
    browser = client_of(shop)
    sign_in(browser, user)
    return browser


def set_up(browser) -> str:
    """Its key, after the password once more."""
    asked = browser.get(FACTOR)
    assert asked["Location"].startswith("/office/reauthenticate/")
    browser.post(asked["Location"], {"password": PASSWORD, "next": FACTOR})
    secret = browser.get(FACTOR).context["form"].secret
    answer = browser.post(FACTOR, {"code": digits(secret)})
    assert answer["Location"] == "/office/security/recovery/"
    return str(secret)


def reveal(browser, code):
    return browser.post(f"/office/codes/{code.pk}/reveal/", {"reason": "a buyer asks"})


def actions() -> list[str]:
    with tenant_atomic():
        return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


def test_no_code_is_shown_before_there_is_a_second_factor(shop, user, code):
    browser = signed_in(shop, user)
    assert reveal(browser, code)["Location"].startswith(FACTOR)

    secret = set_up(browser)

    assert reveal(browser, code).status_code == 200
    assert Authenticator.objects.get(type="totp").data["secret"] != secret  # enciphered
    assert actions()[1:] == ["login.done", "login.factor_on", "code.reveal"]


def test_setting_it_up_leads_back_to_where_one_was(shop, user, code):
    browser = signed_in(shop, user)
    page = f"/office/codes/{code.pk}/"

    to_factor = reveal(browser, code)["Location"]
    to_password = browser.get(to_factor)["Location"]
    again = browser.post(to_password, {"password": PASSWORD, "next": to_factor})["Location"]
    form = browser.get(again).context
    done = browser.post(FACTOR, {"code": digits(form["form"].secret), "next": page})["Location"]
    codes = browser.get(done).content.decode()

    assert (to_factor, again) == (f"{FACTOR}?next={page}", to_factor)
    assert form["redirect_field_value"] == page
    assert f'href="{page}"' in codes


def test_a_factor_leads_to_no_other_house(shop, user):
    browser = signed_in(shop, user)
    browser.post("/office/reauthenticate/", {"password": PASSWORD})

    form = browser.get(f"{FACTOR}?next=https://evil.example/").context

    assert form["redirect_field_value"] == ""


def test_who_owns_the_account_is_written_to(
    shop, user, mailoutbox, django_capture_on_commit_callbacks
):
    browser = signed_in(shop, user)

    with django_capture_on_commit_callbacks(execute=True):
        set_up(browser)

    [letter] = mailoutbox
    assert (letter.to, letter.subject) == ([user.email], "A second factor was set up")
    assert user.email in letter.body
    assert "127.0.0.1" in letter.body


def test_a_password_alone_signs_nobody_in_any_more_and_opens_nothing_later(shop, user, code):
    first = signed_in(shop, user)
    secret = set_up(first)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        browser = client_of(shop)
        assert sign_in(browser, user)["Location"] == CODE
        assert browser.get("/office/").status_code == 302
        assert browser.post(CODE, {"code": "000000"}).status_code == 422
        assert browser.post(CODE, {"code": digits(secret)})["Location"] == "/office/"
    assert actions()[-2:] == ["login.code_failed", "login.done"]

    with time_machine.travel(timezone.now() + timedelta(minutes=12), tick=False):
        to = reveal(browser, code)["Location"]
        assert browser.get(to)["Location"].startswith(AGAIN)
        removed = browser.post("/office/security/factor/off/")
        assert Authenticator.objects.filter(type="totp").exists()
        assert browser.get(removed["Location"])["Location"].startswith(AGAIN)
        browser.post(AGAIN, {"code": digits(secret)})
        assert reveal(browser, code).status_code == 200


def test_recovery_codes_can_be_copied_and_taken_away_as_a_file(shop, user):
    browser = signed_in(shop, user)
    set_up(browser)
    page = browser.get("/office/security/recovery/").content.decode()

    file = browser.get("/office/security/recovery/file/")

    shown = page.split('<pre class="qy-secret" id="codes">')[1].split("</pre>")[0].split()
    assert 'data-copy="#codes"' in page
    assert 'href="/office/security/recovery/file/"' in page
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert "no-store" in file["Cache-Control"]
    assert file.content.decode().split()[-len(shown) :] == shown
    assert user.email in file.content.decode()


def test_the_file_of_recovery_codes_asks_again_after_a_while(shop, user):
    browser = signed_in(shop, user)
    set_up(browser)

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        answer = browser.get("/office/security/recovery/file/")

    assert answer["Location"].startswith("/office/reauthenticate/")


def test_each_recovery_code_lets_in_once(shop, user):
    browser = signed_in(shop, user)
    set_up(browser)
    shown = browser.get("/office/security/recovery/").content.decode()
    spare = re.search(r'<pre class="qy-secret" id="codes">(\w+)', shown)[1]

    for status in (302, 422):
        other = client_of(shop)
        sign_in(other, user)
        assert other.post(CODE, {"code": spare}).status_code == status


def test_digits_are_guessed_no_faster_than_a_password(shop, user):
    set_up(signed_in(shop, user))
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        browser = client_of(shop)
        sign_in(browser, user)
        said = [browser.post(CODE, {"code": f"00000{n}"}).status_code for n in range(7)]

    assert said == [422] * 6 + [429]


def test_a_person_ends_the_sessions_that_are_elsewhere(shop, user):
    lost, found, here = (signed_in(shop, user) for _browser in range(3))
    rows = here.get("/office/security/").context["sessions"]
    assert sorted(row["is_here"] for row in rows) == [False, False, True]
    assert {row["host"] for row in rows} == {f"{shop.slug}.localhost"}

    here.post(f"/office/security/sessions/{min(row['one'].pk for row in rows)}/end/")
    assert [lost.get("/office/").status_code, found.get("/office/").status_code] == [302, 200]
    here.post("/office/security/sessions/end/")
    assert [found.get("/office/").status_code, here.get("/office/").status_code] == [302, 200]


def test_a_person_knows_his_browsers_by_their_names(shop, user):
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0"
    browser = client_of(shop)
    browser.defaults["HTTP_USER_AGENT"] = edge
    sign_in(browser, user)

    assert "Edge 131 · Windows" in browser.get("/office/security/").content.decode()


def test_who_only_looks_at_a_form_hears_nothing_of_a_second_factor(shop, user):
    with tenant_atomic():
        ref = make_partner().ref
    browser, form = signed_in(shop, user), f"/office/partners/{ref}/keys/new/"

    looked = browser.get(form)
    sent = browser.post(form, {"name": "Key"})

    assert (looked.status_code, "Set it up once" in looked.content.decode()) == (200, False)
    assert sent["Location"] == f"{FACTOR}?next={form}"


def test_nobody_ends_a_strangers_session(shop, user):
    mine = signed_in(shop, user)
    pk = mine.get("/office/security/").context["sessions"][0]["one"].pk
    other = signed_in(shop, make_member(Role.VIEWER))

    other.post(f"/office/security/sessions/{pk}/end/")

    assert mine.get("/office/").status_code == 200


def test_where_one_is_signed_in_since_is_said_by_the_shops_clock(shop, user):
    with time_machine.travel("2026-11-20T20:05:00+00:00", tick=False):
        browser = signed_in(shop, user)

        page = browser.get("/office/security/").content.decode()

    assert "2026-11-21 04:05" in page
