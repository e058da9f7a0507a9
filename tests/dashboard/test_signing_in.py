from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.scope import bind, tenant_atomic
from tenants.models import AuditRow, Domain, Member
from tests.conftest import client_of, make_shop
from tests.dashboard.people import (
    OPS,
    PASSWORD,
    make_member,
    make_user,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db(databases="__all__")


def actions() -> list[str]:
    with tenant_atomic():
        return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


def test_a_member_signs_in_and_it_is_written_down(shop):
    browser = client_of(shop)

    answer = sign_in(browser, make_member("owner"))

    assert (answer.status_code, answer["Location"]) == (302, "/office/")
    assert browser.get("/office/").status_code == 200
    assert actions() == ["login.done"]


def test_the_session_that_other_tests_begin_with_is_the_one_that_the_form_begins(shop):
    user = make_member("viewer")
    by_form, at_once = client_of(shop), signed_in(client_of(shop), user)
    sign_in(by_form, user)

    written, given = dict(by_form.session), dict(at_once.session)

    (ours,), (theirs,) = given.pop(METHODS), written.pop(METHODS)
    assert abs(ours.pop("at") - theirs.pop("at")) < 60
    assert (given, ours) == (written, theirs)


def test_a_wrong_password_says_nothing_of_membership(shop):
    user = make_user("stranger@example.com")

    answer = sign_in(client_of(shop), user, password="wrong")

    assert answer.status_code == 422
    assert "not a member" not in answer.content.decode()
    assert actions() == ["login.failed"]


def test_the_right_password_without_membership_is_told_plainly(shop):
    user = make_user("stranger@example.com")
    browser = client_of(shop)

    answer = sign_in(browser, user)

    assert "not a member of this shop" in answer.content.decode()
    assert browser.get("/office/").status_code == 302
    assert actions() == ["login.no_member"]


def test_a_member_of_another_shop_has_no_place_here(db, other_shop):
    with bind(make_shop("cloud").pk):
        user = make_member("owner")

    answer = sign_in(client_of(other_shop), user)

    assert "not a member of this shop" in answer.content.decode()


def test_the_ninth_try_is_not_heard_even_with_the_right_password(shop):
    user = make_member("owner")
    browser = client_of(shop)
    with time_machine.travel(timezone.now(), tick=False):
        for _unused in range(8):
            sign_in(browser, user, password="wrong")

        answer = sign_in(browser, user)

    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "Please wait 15 minutes" in answer.content.decode()
    assert browser.get("/office/").status_code == 302
    assert actions()[-1] == "login.blocked"


def test_who_is_no_member_any_more_is_out_at_once(shop):
    browser = client_of(shop)
    user = make_member("viewer")
    sign_in(browser, user)
    with tenant_atomic():
        Member.objects.filter(user=user).update(is_active=False)

    answer = browser.get("/office/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/office/login/")
    assert answer.status_code == 200


def test_the_office_speaks_the_language_of_who_reads_it(shop):
    browser = client_of(shop)
    user = make_member("owner")
    sign_in(browser, user)

    browser.post("/office/language/", {"language": "zh-hans", "next": "/office/"})

    user.refresh_from_db()
    assert user.language == "zh-hans"
    assert 'lang="zh-hans"' in browser.get("/office/").content.decode()


def test_a_letter_lets_a_new_member_set_a_password(shop):
    user = make_member("support")
    browser = client_of(shop)

    browser.post("/office/password/reset/", {"email": user.email})

    assert set_by_letter(browser, NEW).status_code == 302
    assert sign_in(client_of(shop), user, password=NEW).status_code == 302


NEW = "quite another one"


def set_by_letter(browser, new):
    """The answer to the password, set at the address that the last letter has."""
    text = mail.outbox[-1].body
    link = next(line for line in text.splitlines() if "/office/password/" in line)
    form = browser.get(link[link.index("/office/") :], follow=True).redirect_chain[-1][0]
    return browser.post(form, {"password1": new, "password2": new})


def test_who_has_set_a_password_from_the_letter_is_signed_in(shop):
    user = make_member("owner")
    browser = client_of(shop)
    browser.post("/office/password/reset/", {"email": user.email})

    answer = set_by_letter(browser, NEW)

    assert answer["Location"] == "/office/"
    assert "Your password is set." in browser.get("/office/").content.decode()
    assert actions() == ["login.reset_asked", "login.password_set", "login.done"]


def test_the_letters_link_signs_in_once(shop):
    user = make_member("owner")
    first, second = client_of(shop), client_of(shop)
    first.post("/office/password/reset/", {"email": user.email})
    text = mail.outbox[-1].body
    link = next(line for line in text.splitlines() if "/office/password/" in line)
    set_by_letter(first, NEW)

    page = second.get(link[link.index("/office/") :], headers={"accept-language": "en"})

    assert "does not work any more" in page.content.decode()
    assert 'action="/office/language/"' in page.content.decode()
    assert second.get("/office/").status_code == 302


def test_a_letter_signs_nobody_in_past_the_second_factor(shop):
    user = make_member("owner")
    TOTP.activate(user, generate_totp_secret())
    browser = client_of(shop)
    browser.post("/office/password/reset/", {"email": user.email})

    answer = set_by_letter(browser, NEW)

    assert answer["Location"] == "/office/security/code/"
    assert browser.get("/office/").status_code == 302
    assert actions() == ["login.reset_asked", "login.password_set"]


def test_a_letter_signs_nobody_in_where_he_has_no_place(shop):
    user = make_member("owner")
    browser = client_of(shop)
    browser.post("/office/password/reset/", {"email": user.email})
    with tenant_atomic():
        Member.objects.filter(user=user).update(is_active=False)

    answer = set_by_letter(browser, NEW)
    page = browser.get(answer["Location"]).content.decode()

    assert answer["Location"] == "/office/password/set/"
    assert 'action="/office/language/"' in page
    assert browser.get("/office/").status_code == 302


@pytest.mark.parametrize(
    ("port", "place"), [("", "cloud.localhost"), ("8020", "cloud.localhost:8020")]
)
def test_a_letter_names_the_shops_own_address_whatever_the_client_says(shop, settings, port, place):
    settings.PUBLIC_PORT = port
    with tenant_atomic():
        Domain.objects.create(host="second.example", merchant=shop)
    user = make_member("support")

    for host in ("cloud.localhost:6666", "CLOUD.localhost:443", "second.example:6666"):
        client_at(host).post("/office/password/reset/", {"email": user.email})

    texts = [letter.body for letter in mail.outbox]
    assert [links_in(text) for text in texts] == [[("http", place)]] * 3
    assert [word for word in (":6666", ":443", "second", "CLOUD") if word in "".join(texts)] == []


def test_an_operators_letter_names_the_operators_host(db, settings):
    settings.PUBLIC_PORT = ""
    user = make_user("ops@example.com", is_operator=True)

    client_at("ops.localhost:6666").post("/office/password/reset/", {"email": user.email})

    assert links_in(mail.outbox[0].body) == [("http", "ops.localhost")]


def test_over_tls_letters_say_so(shop, settings):
    settings.PUBLIC_PORT, settings.SECURE_SSL_REDIRECT = "", True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_PROTO", "https")
    user = make_member("support")

    client_at("cloud.localhost", **{"x-proto": "https"}).post(
        "/office/password/reset/", {"email": user.email}
    )

    assert links_in(mail.outbox[0].body) == [("https", "cloud.localhost")]


def client_at(host: str, **headers: str) -> Client:
    return Client(headers={"host": host, **headers})


def links_in(text: str) -> list[tuple[str, str]]:
    """Scheme and place of each."""
    links = [urlsplit(line) for line in text.splitlines() if "://" in line]
    assert all(link.path.startswith("/office/password/reset/") for link in links)
    return [(link.scheme, link.netloc) for link in links]


def test_no_letter_leaves_for_an_unknown_address(shop):
    answer = client_of(shop).post("/office/password/reset/", {"email": "nobody@example.com"})

    assert answer.status_code == 302
    assert mail.outbox == []


def test_only_operators_enter_the_platform(shop):
    owner = make_member("owner")
    operator = make_user("ops@example.com", is_operator=True)
    one, other = Client(headers=OPS), Client(headers=OPS)

    refused, heard = sign_in(one, owner), sign_in(other, operator)

    assert "not an operator" in refused.content.decode()
    assert heard.status_code == 302
    assert other.get("/office/").status_code == 200


def test_an_operator_is_nobody_at_a_shop(shop):
    operator = make_user("ops@example.com", is_operator=True)

    answer = sign_in(client_of(shop), operator, password=PASSWORD)

    assert "not a member of this shop" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "path", "title"),
    [
        ("en", "login/", "Sign in | Cloud"),
        ("zh-CN", "login/", "登录 | Cloud"),
        ("en", "password/reset/", "Set a new password | Cloud"),
        ("en", "password/reset/done/", "Look into your mailbox | Cloud"),
        ("en", "password/set/", "Your password is set | Cloud"),
    ],
)
def test_a_page_before_signing_in_says_what_it_is(shop, language, path, title):
    answer = client_of(shop).get(f"/office/{path}", headers={"accept-language": language})

    page = " ".join(answer.content.decode().split())
    assert f"<title>{title} </title>" in page.replace("<title> ", "<title>")


def test_a_field_says_its_name_once(shop):
    page = client_of(shop).get("/office/login/").content.decode()

    assert "placeholder" not in page.split("<form")[1]


@pytest.mark.parametrize("host", ["cloud.localhost", "ops.localhost"])
def test_each_office_has_an_icon(shop, host):
    browser = Client(headers={"host": host})

    page = browser.get("/office/login/").content.decode()
    asked = browser.get("/favicon.ico")

    assert '<link rel="icon" href="' in page
    assert asked.status_code == 302
    assert asked["Location"].endswith(".svg")


def test_guessing_the_password_that_is_asked_again_is_stopped_too(shop):
    browser = client_of(shop)
    sign_in(browser, make_member("owner"))

    answers = [
        browser.post("/office/reauthenticate/", {"password": "wrong"}).status_code
        for _unused in range(9)
    ]

    assert answers == [422] * 8 + [429]


def test_a_mailbox_is_not_flooded_and_it_is_said_when_to_come_back(shop):
    user = make_member("owner")

    with time_machine.travel(timezone.now(), tick=False):
        for _unused in range(3):
            client_of(shop).post("/office/password/reset/", {"email": user.email})
        answer = client_of(shop).post(
            "/office/password/reset/", {"email": user.email}, headers={"accept-language": "en"}
        )

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Please wait about an hour" in answer.content.decode()
