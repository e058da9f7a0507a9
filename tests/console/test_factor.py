"""A second factor of a partner's people: asked for on the way in and before live secrets."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from channels import services as channels
from channels.models import Partner, Person, PersonFactor
from channels.services import sandbox
from channels.types import KeyTerms
from core.scope import tenant_atomic
from dashboard.access import FRESH
from tenants.models import AuditRow
from tests.authenticator import digits
from tests.channels.factories import WANG, make_partner
from tests.conftest import client_of
from tests.console.people import ENGLISH, PASSWORD, ROOT, guest_of, invited, join, sign_in
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ANN, CODE = "ann@example.com", f"{ROOT}code/"
KEY = {"scopes": "orders:read", "name": "mine"}
NEXT_CODE = timedelta(seconds=61)  # the authenticator shows another one by then


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme")


def of(partner, page=""):
    return f"{ROOT}live/{partner.ref}/{page}"


def demand(partner, *, is_demanded=True):
    channels.demand_factor(
        partner_id=partner.pk, is_demanded=is_demanded, by=WANG, now=timezone.now()
    )


def set_up(browser, partner, *, then=""):
    """The authenticator's key and the recovery codes."""
    page = of(partner, "security/factor/") + (f"?next={then}" if then else "")
    shown = browser.get(page, headers=ENGLISH)
    secret, form = shown.context["secret"]["text"], shown.context["secret"]["form"]
    done = browser.post(page, {"code": digits(secret), "key": form}, headers=ENGLISH)
    assert done.status_code == 200, done.content.decode()
    return secret, done


def codes_in(page):
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", page.content.decode(), re.DOTALL)
    return shown[1].split() if shown else []


def halfway(shop):
    """A browser in which the password was typed, and the code is asked for."""
    browser = client_of(shop)
    answer = sign_in(browser, ANN)
    assert answer["Location"].startswith(CODE), answer["Location"]
    return browser


def type_code(browser, code):
    return browser.post(CODE, {"code": code}, headers=ENGLISH)


@tenant_atomic
def noted():
    rows = AuditRow.objects.filter(by__contains=ANN).order_by("pk")
    return list(rows.values_list("action", flat=True))


def test_without_being_asked_for_nobody_needs_one(shop, partner):
    browser = guest_of(shop, partner)

    assert "qy_live_" in browser.post(of(partner, "keys/new/"), KEY).content.decode()


def test_where_it_is_asked_for_no_live_key_is_made_before_there_is_one(shop, partner):
    demand(partner)
    browser = guest_of(shop, partner)
    new = of(partner, "keys/new/")

    asked = browser.post(new, KEY)
    assert asked["Location"] == f"{of(partner, 'security/factor/')}?next={new}"
    _secret, done = set_up(browser, partner, then=new)

    assert f'href="{new}"' in done.content.decode()
    assert "qy_live_" in browser.post(new, KEY).content.decode()
    assert "person.factor_on" in noted()


def test_no_webhook_secret_is_shown_either(shop, partner):
    demand(partner)
    browser = guest_of(shop, partner)
    form = {"url": "https://shop.example.com/hooks", "kinds": "order.completed"}

    asked = browser.post(of(partner, "webhooks/new/"), form)

    assert asked["Location"].startswith(of(partner, "security/factor/"))


def test_the_test_mode_asks_for_none(shop, partner):
    now = timezone.now()
    sandbox.issue_test_key(partner_ref=partner.ref, terms=KeyTerms(), by=WANG, now=now)
    demand(partner)
    browser = guest_of(shop, partner)

    made = browser.post(f"{ROOT}test/{partner.ref}/keys/new/", KEY)

    assert "qy_test_" in made.content.decode()


def test_a_password_alone_signs_nobody_in_any_more(shop, partner):
    secret, _done = set_up(guest_of(shop, partner), partner)
    with time_machine.travel(timezone.now() + NEXT_CODE, tick=False):
        browser = halfway(shop)
        assert browser.get(of(partner)).status_code == 302
        assert type_code(browser, "000000").status_code == 422
        assert browser.get(of(partner)).status_code == 302

        answer = type_code(browser, digits(secret))

        assert (answer.status_code, answer["Location"]) == (302, ROOT)
        assert browser.get(of(partner)).status_code == 200
    assert noted()[-2:] == ["person.code_failed", "person.signed_in"]


def test_a_code_works_once(shop, partner):
    secret, _done = set_up(guest_of(shop, partner), partner)
    with time_machine.travel(timezone.now() + NEXT_CODE, tick=False):
        code = digits(secret)

        assert type_code(halfway(shop), code).status_code == 302
        assert type_code(halfway(shop), code).status_code == 422


def test_the_code_that_set_it_up_is_used(shop, partner):
    with time_machine.travel(timezone.now(), tick=False):
        secret, _done = set_up(guest_of(shop, partner), partner)

        assert type_code(halfway(shop), digits(secret)).status_code == 422


def test_a_slow_hand_has_the_half_minute_before(shop, partner):
    secret, _done = set_up(guest_of(shop, partner), partner)
    with time_machine.travel(timezone.now() + 2 * NEXT_CODE, tick=False):
        late = digits(secret, at=timezone.now() - timedelta(seconds=30))
        old = digits(secret, at=timezone.now() - timedelta(seconds=60))

        assert type_code(halfway(shop), old).status_code == 422
        assert type_code(halfway(shop), late).status_code == 302


def test_each_recovery_code_lets_in_once_and_is_shown_once(shop, partner):
    browser = guest_of(shop, partner)
    _secret, done = set_up(browser, partner)
    codes = codes_in(done)

    assert (len(set(codes)), done["Cache-Control"]) == (10, "no-store")
    assert codes_in(browser.get(of(partner, "security/"))) == []
    assert type_code(halfway(shop), codes[0].upper().replace("-", " ")).status_code == 302
    assert type_code(halfway(shop), codes[0]).status_code == 422
    shown = browser.get(of(partner, "security/"), headers=ENGLISH).content.decode()
    assert "codes left: 9" in shown


def test_new_recovery_codes_end_the_old(shop, partner):
    browser = guest_of(shop, partner)
    old = codes_in(set_up(browser, partner)[1])

    new = codes_in(browser.post(of(partner, "security/recovery/")))

    assert len(set(new) - set(old)) == 10
    assert type_code(halfway(shop), old[0]).status_code == 422
    assert type_code(halfway(shop), new[0]).status_code == 302


def test_the_database_keeps_neither_key_nor_code(shop, partner):
    secret, done = set_up(guest_of(shop, partner), partner)

    with tenant_atomic():
        stored = repr(list(PersonFactor.objects.values()))

    assert secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes_in(done))


def test_digits_are_guessed_no_faster_than_a_password(shop, partner):
    set_up(guest_of(shop, partner), partner)
    browser = halfway(shop)

    said = [type_code(browser, f"00000{n}").status_code for n in range(7)]

    assert said == [422] * 6 + [429]
    assert noted()[-1] == "person.blocked"


def test_later_the_code_is_asked_again_and_not_the_password(shop, partner):
    browser = guest_of(shop, partner)
    secret, _done = set_up(browser, partner)
    new = of(partner, "keys/new/")
    with time_machine.travel(timezone.now() + FRESH, tick=False):
        asked = browser.post(new, KEY)["Location"]
        assert asked == f"{ROOT}password/?next={new}"
        assert browser.post(asked, {"password": PASSWORD}).status_code == 422

        assert browser.post(asked, {"code": digits(secret)})["Location"] == new

        assert "qy_live_" in browser.post(new, KEY).content.decode()


def test_a_link_for_a_lost_password_is_no_way_past_it(shop, partner):
    browser = guest_of(shop, partner)
    _secret, done = set_up(browser, partner)
    with tenant_atomic():
        person = Person.objects.get(email=ANN)
    link = channels.link_anew(person_id=person.pk, by=WANG, now=timezone.now())

    anew = client_of(shop)
    answer = join(anew, link, password="another long one")

    assert answer["Location"].startswith(CODE)
    assert anew.get(of(partner)).status_code == 302
    assert type_code(anew, codes_in(done)[0]).status_code == 302
    assert anew.get(of(partner)).status_code == 200


def test_half_in_is_another_password_or_five_minutes_long(shop, partner):
    _secret, done = set_up(guest_of(shop, partner), partner)
    spare = codes_in(done)
    browser, late = halfway(shop), halfway(shop)
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        assert type_code(late, spare[0])["Location"] == f"{ROOT}sign-in/"
    with tenant_atomic():
        Person.objects.filter(email=ANN).update(password="another")

    assert type_code(browser, spare[1])["Location"] == f"{ROOT}sign-in/"


def test_setting_it_up_ends_the_sessions_elsewhere_and_is_written_of(shop, partner):
    first = guest_of(shop, partner)
    second = client_of(shop)
    sign_in(second, ANN)
    mail.outbox.clear()

    set_up(second, partner)

    assert first.get(of(partner)).status_code == 302
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([ANN], "A second factor was set up")


def test_a_session_left_open_does_not_set_one_up(shop, partner):
    browser = guest_of(shop, partner)
    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.get(of(partner, "security/factor/"))

    assert answer["Location"].startswith(f"{ROOT}password/")


def test_a_key_of_another_person_or_of_long_ago_is_not_taken(shop, partner):
    ann, bob = guest_of(shop, partner), guest_of(shop, partner, "bob@example.com")
    page = of(partner, "security/factor/")
    shown = ann.get(page).context["secret"]
    form = {"code": digits(shown["text"]), "key": shown["form"]}

    assert bob.post(page, form).status_code == 422
    assert bob.post(page, form | {"key": "made up"}).status_code == 422
    assert ann.post(page, form).status_code == 200


def test_it_is_removed_with_a_code(shop, partner):
    browser = guest_of(shop, partner)
    secret, _done = set_up(browser, partner)
    off = of(partner, "security/factor/off/")
    with time_machine.travel(timezone.now() + FRESH, tick=False):
        asked = browser.post(off)["Location"]
        assert asked == f"{ROOT}password/?next={off}"
        browser.post(asked, {"code": digits(secret)})

        assert browser.post(off)["Location"] == of(partner, "security/")

    assert noted()[-1] == "person.factor_off"
    assert sign_in(client_of(shop), ANN)["Location"] == ROOT


def test_who_has_none_does_not_end_that_it_is_asked_for(shop, partner):
    browser = guest_of(shop, partner)
    browser.post(of(partner, "security/demand/on/"))

    asked = browser.post(of(partner, "security/demand/off/"))

    assert asked["Location"].startswith(of(partner, "security/factor/"))
    with tenant_atomic():
        assert Partner.objects.get(pk=partner.pk).demands_second_factor


def test_a_read_only_person_does_not_decide_it(shop, partner):
    browser = guest_of(shop, partner, may_edit=False)

    assert browser.post(of(partner, "security/demand/on/")).status_code == 403


def test_the_shop_asks_for_it_and_removes_a_lost_one(shop, partner):
    set_up(guest_of(shop, partner), partner)
    staff = browser_of(shop, "operator")
    office = f"/office/partners/{partner.ref}/people/"
    with tenant_atomic():
        person = Person.objects.get(email=ANN)

    staff.post(f"{office}factor/on/")
    staff.post(f"{office}{person.pk}/factor/off/")

    with tenant_atomic():
        assert Partner.objects.get(pk=partner.pk).demands_second_factor
    assert sign_in(client_of(shop), ANN)["Location"] == ROOT
    with tenant_atomic():
        rows = AuditRow.objects.order_by("-pk")[:3]
        assert {row.action for row in rows} >= {"person.factor_off", "partner.factor_demanded"}


def test_a_removed_persons_factor_is_gone_with_it(shop, partner):
    set_up(guest_of(shop, partner), partner)
    with tenant_atomic():
        person = Person.objects.get(email=ANN)

    channels.remove_person(person_id=person.pk, by=WANG, now=timezone.now())

    with tenant_atomic():
        assert not PersonFactor.objects.exists()
    assert join(client_of(shop), invited(partner, ANN)).status_code == 302
