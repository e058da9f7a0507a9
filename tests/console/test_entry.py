"""The way into a partner's console: invitations, passwords, and out."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from channels import services as channels
from channels.models import Person, PersonSession
from channels.services.people import LINK_GOOD, RESET_GOOD, SIGNED_IN
from core.guards import By
from core.scope import tenant_atomic
from dashboard.access import FRESH
from dashboard.accounts import LOGIN, RESET
from tenants.models import AuditRow, Merchant
from tests.channels.factories import WANG, make_partner
from tests.conftest import as_tenant, client_of
from tests.console.people import (
    ENGLISH,
    PASSWORD,
    ROOT,
    ask_for_password,
    guest_of,
    invited,
    join,
    sign_in,
)
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ANN = "ann@example.com"


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme")


def page_of(partner, mode="live"):
    return f"{ROOT}{mode}/{partner.ref}/"


@tenant_atomic
def noted():
    rows = AuditRow.objects.filter(action__startswith="person.").order_by("pk")
    return list(rows.values_list("action", flat=True))


@tenant_atomic
def person():
    return Person.objects.get(email=ANN)


def test_an_invitation_lets_a_person_in_once(shop, partner):
    link = invited(partner, ANN)
    browser = client_of(shop)

    answer = join(browser, link)

    assert (answer.status_code, answer["Location"]) == (302, page_of(partner))
    assert browser.get(page_of(partner)).status_code == 200
    assert noted() == ["person.invited", "person.joined"]
    again = client_of(shop)
    assert join(again, link, password="another long one").status_code == 404
    assert again.get(page_of(partner)).status_code == 302
    assert sign_in(again, ANN).status_code == 302


def test_looking_at_the_link_does_not_use_it_up(shop, partner):
    link = invited(partner, ANN)
    browser = client_of(shop)

    looked = browser.get(f"{ROOT}join/{link.token.reveal()}/", headers=ENGLISH)

    assert ANN in looked.content.decode()
    assert looked["Referrer-Policy"] == "same-origin"  # its address is its key
    assert join(browser, link).status_code == 302


def test_an_old_link_and_a_guessed_one_are_refused_alike(shop, partner):
    link = invited(partner, ANN, now=timezone.now() - LINK_GOOD)
    browser = client_of(shop)

    old = join(browser, link)
    guessed = browser.post(f"{ROOT}join/guessed/", {"name": "x", "password": PASSWORD})

    assert (old.status_code, guessed.status_code) == (404, 404)
    assert person().password == ""


def test_a_newer_link_ends_the_one_before(shop, partner):
    first = invited(partner, ANN)
    second = channels.link_anew(person_id=first.person_id, by=WANG, now=timezone.now())

    assert join(client_of(shop), first).status_code == 404
    assert join(client_of(shop), second).status_code == 302


def test_a_new_password_signs_out_everywhere_else(shop, partner):
    before = guest_of(shop, partner)
    link = channels.link_anew(person_id=person().pk, by=WANG, now=timezone.now())

    assert join(client_of(shop), link, password="another long one").status_code == 302
    assert before.get(page_of(partner)).status_code == 302


@pytest.mark.parametrize("bad", ["short", "1234567890123", "password123", ANN])
def test_a_weak_password_is_refused_and_the_link_stays(shop, partner, bad):
    link = invited(partner, ANN)

    assert join(client_of(shop), link, password=bad).status_code == 422
    assert join(client_of(shop), link).status_code == 302


def test_the_database_keeps_neither_link_nor_session_nor_password(shop, partner):
    link = invited(partner, ANN)
    browser = client_of(shop)
    join(browser, link)
    cookie = browser.cookies["qy_console"]

    with tenant_atomic():
        stored = repr(list(Person.objects.values())) + repr(list(PersonSession.objects.values()))

    assert link.token.reveal() not in stored
    assert cookie.value not in stored
    assert PASSWORD not in stored
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, ROOT, "Lax")


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(shop, partner):
    guest_of(shop, partner)

    wrong = sign_in(client_of(shop), ANN, password="not this one")
    unknown = sign_in(client_of(shop), "bob@example.com")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    said = "The mail address or the password is not right."
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()
    assert noted()[-2:] == ["person.refused", "person.refused"]


def test_who_has_no_password_yet_cannot_sign_in(shop, partner):
    invited(partner, ANN)

    assert sign_in(client_of(shop), ANN, password="").status_code == 422
    assert sign_in(client_of(shop), ANN, password="!").status_code == 422


def test_guessing_a_password_is_stopped(shop, partner):
    guest_of(shop, partner)
    browser = client_of(shop)
    for _time in range(LOGIN.budgets[By.TARGET].free):
        assert sign_in(browser, ANN, password="not this one").status_code == 422

    answer = sign_in(browser, ANN)

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert noted()[-1] == "person.blocked"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(browser, ANN).status_code == 302


def link_in(letter):
    """The path of the link in a letter."""
    return urlsplit(next(line for line in letter.body.splitlines() if "/join/" in line)).path


def test_a_lost_password_is_set_anew_by_a_letter(shop, partner):
    before = guest_of(shop, partner)
    mail.outbox.clear()
    browser = client_of(shop)

    with as_tenant(None):  # no shop is bound any more when the letter leaves
        asked = ask_for_password(browser, ANN.upper())
    (letter,) = mail.outbox

    assert (asked.status_code, letter.to) == (200, [ANN])
    assert sign_in(client_of(shop), ANN).status_code == 302  # the old one is good until then
    form = {"name": "Ann", "password": "another long one"}
    assert browser.post(link_in(letter), form).status_code == 302
    assert sign_in(client_of(shop), ANN).status_code == 422
    assert sign_in(client_of(shop), ANN, password="another long one").status_code == 302
    assert before.get(page_of(partner)).status_code == 302
    assert browser.post(link_in(letter), form).status_code == 404
    assert "person.lost_password" in noted()


def test_who_asks_for_another_password_is_not_told_who_is_known(shop, partner):
    guest_of(shop, partner)
    invited(partner, "bob@example.com")  # has never had one: the invitation stays good
    mail.outbox.clear()

    said = {
        ask_for_password(client_of(shop), email).content
        for email in (ANN, "bob@example.com", "nobody@example.com")
    }

    assert len(said) == 1
    assert [letter.to for letter in mail.outbox] == [[ANN]]


def test_the_link_of_a_letter_ends_after_an_hour(shop, partner):
    guest_of(shop, partner)
    ask_for_password(client_of(shop), ANN)

    with time_machine.travel(timezone.now() + RESET_GOOD):
        assert client_of(shop).get(link_in(mail.outbox[-1])).status_code == 404


def test_nobodys_mailbox_is_flooded(shop, partner):
    guest_of(shop, partner)
    mail.outbox.clear()
    for _time in range(RESET.budgets[By.TARGET].free):
        assert ask_for_password(client_of(shop), ANN).status_code == 200

    answer = ask_for_password(client_of(shop), ANN)

    assert answer.status_code == 429
    assert len(mail.outbox) == RESET.budgets[By.TARGET].free
    assert noted()[-1] == "person.blocked"


def test_signing_in_leads_to_where_one_was_going(shop, partner):
    guest_of(shop, partner)
    browser = client_of(shop)
    asked = browser.get(f"{page_of(partner)}requests/")

    assert (
        asked["Location"]
        == f"{ROOT}sign-in/?next={page_of(partner).replace('/', '%2F')}requests%2F"
    )
    answer = sign_in(browser, ANN, to=f"{page_of(partner)}requests/")
    assert answer["Location"] == f"{page_of(partner)}requests/"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/office/"])
def test_signing_in_leads_nowhere_else(shop, partner, to):
    guest_of(shop, partner)

    assert sign_in(client_of(shop), ANN, to=to)["Location"] == ROOT


def test_signing_out_ends_the_session_and_not_only_the_cookie(shop, partner):
    browser = guest_of(shop, partner)
    kept = browser.cookies["qy_console"].value
    browser.post(f"{ROOT}sign-out/")

    browser.cookies["qy_console"] = kept

    assert browser.get(page_of(partner)).status_code == 302


def test_a_session_ends_by_itself(shop, partner):
    browser = guest_of(shop, partner)

    with time_machine.travel(timezone.now() + SIGNED_IN):
        assert browser.get(page_of(partner)).status_code == 302


def test_a_removed_person_is_out_at_once_and_may_be_invited_anew(shop, partner):
    browser = guest_of(shop, partner)
    staff = browser_of(shop, "operator")

    staff.post(f"/office/partners/{partner.ref}/people/{person().pk}/remove/")

    assert browser.get(page_of(partner)).status_code == 302
    assert sign_in(browser, ANN).status_code == 422
    assert noted()[2:] == ["person.removed", "person.refused"]
    assert join(client_of(shop), invited(partner, ANN)).status_code == 302


def test_staff_invite_by_a_link_that_is_shown_once_and_mailed(shop, partner):
    staff = browser_of(shop, "operator")
    form = {"email": ANN, "may_edit": "yes"}

    answer = staff.post(f"/office/partners/{partner.ref}/people/new/", form)

    assert "no-store" in answer["Cache-Control"]
    (letter,) = mail.outbox
    link = next(line for line in letter.body.splitlines() if "/join/" in line)
    assert letter.to == [ANN]
    assert link in answer.content.decode()
    shown = client_of(shop).get(urlsplit(link).path)
    assert shown.status_code == 200
    assert link not in staff.get(f"/office/partners/{partner.ref}/").content.decode()
    assert person().may_edit


def test_a_mail_address_is_one_person_at_a_shop(shop, partner):
    with tenant_atomic():
        other = make_partner(name="Other")
    invited(partner, ANN)
    staff = browser_of(shop, "operator")

    answer = staff.post(f"/office/partners/{other.ref}/people/new/", {"email": "ANN@example.com"})

    assert answer.status_code == 422


def test_before_a_secret_an_old_password_is_asked_again(shop, partner):
    browser = guest_of(shop, partner)
    new = f"{page_of(partner)}keys/new/"
    with time_machine.travel(timezone.now() + FRESH, tick=False):
        asked = browser.post(new, {"scopes": "orders:read", "name": "mine"})
        assert asked["Location"] == f"{ROOT}password/?next={new}"
        again = f"{ROOT}password/?next={new}"
        assert browser.post(again, {"password": "not this one"}).status_code == 422
        assert browser.post(again, {"password": PASSWORD})["Location"] == new
        assert browser.post(new, {"scopes": "orders:read", "name": "mine"}).status_code == 200


def test_a_sandbox_has_no_people_of_its_own(shop, partner, other_shop):
    with as_tenant(other_shop.pk):
        with tenant_atomic():
            Merchant.objects.filter(pk=other_shop.pk).update(sandbox_of=shop)
        assert client_of(other_shop).get(f"{ROOT}sign-in/").status_code == 404
