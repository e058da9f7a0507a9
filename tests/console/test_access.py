"""Whose console it is: a partner's own people see that partner's things, and nothing else."""

import pytest
from django.utils import timezone

from channels.models import ApiCall, ApiKey, WebhookEndpoint
from channels.services import sandbox
from channels.types import KeyTerms
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tenants.selectors import partner_address
from tests.channels.factories import WANG, make_endpoint, make_keyed, make_partner
from tests.conftest import as_tenant, client_of
from tests.console.people import ROOT, guest_of
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
URL = "https://shop.example.com/hooks"
FORMS = {
    "keys/new/": {"scopes": "orders:read"},
    "webhooks/new/": {"url": URL, "kinds": "order.completed"},
}


def call_of(partner):
    with tenant_atomic():
        return ApiCall.objects.create(
            partner=partner, at=timezone.now(), method="GET", path="/api/v1/balance", status=409,
            ms=7, key_hint="abcdefgh", ip="192.0.2.7", request_id=f"{partner.name}-request",
        )  # fmt: skip


@pytest.fixture
def acme(shop):
    with tenant_atomic():
        return make_keyed(name="Acme")


@pytest.fixture
def other(shop):
    with tenant_atomic():
        return make_keyed(name="Other")


def pages_of(keyed):
    """Every page about something of this partner's."""
    partner = keyed.partner
    hook = make_endpoint(partner, URL, now=timezone.now()).ref
    root = f"{ROOT}live/{partner.ref}/"
    looked = ["", "keys/", "requests/", f"requests/{call_of(partner).pk}/", "webhooks/"]
    looked += [f"webhooks/{hook}/", "balance/", "balance/csv/"]
    edited = [f"keys/{keyed.key_id}/roll/", f"keys/{keyed.key_id}/revoke/", "keys/new/"]
    edited += ["webhooks/new/", *(f"webhooks/{hook}/{verb}/" for verb in HOOKED)]
    return [root + page for page in looked], [root + page for page in edited]


HOOKED = ("edit", "secret", "remove", "sample", "again", "off")


@tenant_atomic
def rows():
    """What a guest could have changed."""
    hooks = list(WebhookEndpoint.objects.order_by("pk").values())
    return hooks, list(ApiKey.objects.order_by("pk").values()), AuditRow.objects.count()


def is_out(answer):
    return answer.status_code == 302 and answer["Location"].startswith(f"{ROOT}sign-in/")


def test_a_person_looks_at_all_of_its_own_partner(shop, acme):
    looked, _edited = pages_of(acme)
    browser = guest_of(shop, acme.partner)

    assert {page: browser.get(page).status_code for page in looked} == dict.fromkeys(looked, 200)
    assert {browser.get(page)["Cache-Control"] for page in looked} <= {
        "private, no-store",
        "no-store",
    }


def test_another_partners_things_are_not_there(shop, acme, other):
    looked, edited = pages_of(other)
    browser = guest_of(shop, acme.partner)
    before = rows()

    got = {page: browser.get(page).status_code for page in looked + edited}
    posted = {page: browser.post(page).status_code for page in looked + edited}

    assert set(got.values()) == set(posted.values()) == {404}
    assert rows() == before


def test_another_partners_things_are_not_there_under_the_own_name_either(shop, acme, other):
    looked, edited = pages_of(other)
    browser = guest_of(shop, acme.partner)
    swapped = [page.replace(other.partner.ref, acme.partner.ref) for page in looked + edited]
    things = [page for page in swapped if page.strip("/").count("/") > 4]
    about_a_thing = [page for page in things if not page.endswith(("new/", "csv/"))]
    before = rows()

    found = {page: browser.post(page, {"hours": "0"}).status_code for page in about_a_thing}

    assert set(found.values()) - {405} == {404}, found
    assert browser.get(about_a_thing[0]).status_code == 404
    assert rows() == before


def test_a_read_only_person_changes_nothing(shop, acme):
    looked, edited = pages_of(acme)
    browser = guest_of(shop, acme.partner, may_edit=False)
    before = rows()

    assert {browser.get(page).status_code for page in looked} == {200}
    assert {browser.post(page).status_code for page in edited} == {403}
    assert rows() == before
    shown = browser.get(f"{ROOT}live/{acme.partner.ref}/keys/").content.decode()
    assert "keys/new/" not in shown
    assert "revoke" not in shown


def test_staff_have_no_place_at_the_console(shop, acme):
    looked, edited = pages_of(acme)
    staff = browser_of(shop, "owner")

    assert all(is_out(staff.get(page)) for page in looked + edited)
    assert all(is_out(staff.post(page)) for page in looked + edited)


def test_a_person_has_no_place_in_the_office(shop, acme):
    browser = guest_of(shop, acme.partner)
    browser.cookies["qy_session"] = browser.cookies["qy_console"].value

    for page in ("/office/", f"/office/partners/{acme.partner.ref}/"):
        answer = browser.get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/office/login/")


def test_another_shop_knows_nobody_of_this_one(shop, other_shop, acme):
    browser = guest_of(shop, acme.partner)
    there = client_of(other_shop)
    there.cookies["qy_console"] = browser.cookies["qy_console"].value

    with as_tenant(other_shop.pk):
        assert is_out(there.get(f"{ROOT}live/{acme.partner.ref}/"))
        with tenant_atomic():
            foreign = make_partner(name="Foreign")
    assert browser.get(f"{ROOT}live/{foreign.ref}/").status_code == 404


def test_what_is_done_says_who_did_it(shop, acme):
    browser = guest_of(shop, acme.partner)
    root = f"{ROOT}live/{acme.partner.ref}/"

    made = browser.post(f"{root}keys/new/", FORMS["keys/new/"])
    told = browser.post(f"{root}webhooks/new/", FORMS["webhooks/new/"])
    browser.post(f"{root}keys/{acme.key_id}/revoke/")

    assert "qy_live_" in made.content.decode()
    assert "whsec_" in told.content.decode()
    assert {made["Cache-Control"], told["Cache-Control"]} == {"no-store"}
    with tenant_atomic():
        found = AuditRow.objects.filter(by__startswith="person:").order_by("pk")
        named = [(row.action, row.by.partition(" ")[2], row.user_id) for row in found]
    assert named == [
        ("person.joined", "ann@example.com", None),
        ("key.issued", "ann@example.com", None),
        ("webhook.made", "ann@example.com", None),
        ("key.revoked", "ann@example.com", None),
    ]
    assert "qy_live_" not in browser.get(f"{root}keys/").content.decode()


def test_staff_are_not_named_to_the_partner(shop, acme):
    browser = guest_of(shop, acme.partner)

    assert (
        "wang@example.com"
        not in browser.get(f"{ROOT}live/{acme.partner.ref}/keys/").content.decode()
    )


def test_a_form_without_its_token_is_refused(shop, acme):
    cookie = guest_of(shop, acme.partner).cookies["qy_console"].value
    strict = client_of(shop, enforce_csrf_checks=True)
    strict.cookies["qy_console"] = cookie
    before = rows()

    answer = strict.post(f"{ROOT}live/{acme.partner.ref}/keys/{acme.key_id}/revoke/")

    assert answer.status_code == 403
    assert rows() == before


def test_a_request_is_copied_with_the_shops_own_host(shop, acme):
    call = call_of(acme.partner)
    browser = guest_of(shop, acme.partner)

    shown = browser.get(f"{ROOT}live/{acme.partner.ref}/requests/{call.pk}/").content.decode()

    with tenant_atomic():
        assert partner_address(path="/api/v1/balance") in shown


def test_the_days_calls_and_errors_are_counted(shop, acme):
    call_of(acme.partner)
    browser = guest_of(shop, acme.partner)

    shown = browser.get(f"{ROOT}live/{acme.partner.ref}/", headers={"accept-language": "en"})

    assert shown.context["day"].count == 1
    assert (shown.context["day"].refused, shown.context["day"].broken) == (1, 0)


class TestTestMode:
    def test_without_a_sandbox_it_says_who_opens_it(self, shop, acme):
        browser = guest_of(shop, acme.partner)

        answer = browser.get(f"{ROOT}test/{acme.partner.ref}/", headers={"accept-language": "en"})

        assert "The shop has no sandbox yet" in answer.content.decode()

    def test_it_shows_the_sandbox_and_only_that(self, shop, acme):
        now = timezone.now()
        sandbox.issue_test_key(
            partner_ref=acme.partner.ref, terms=KeyTerms(name="trial"), by=WANG, now=now
        )
        make_endpoint(acme.partner, "https://live.example.com/", now=now)
        browser = guest_of(shop, acme.partner)
        root = f"{ROOT}test/{acme.partner.ref}/"

        pages = ["", "keys/", "requests/", "webhooks/", "balance/", "balance/csv/"]
        assert {browser.get(root + page).status_code for page in pages} == {200}
        keys = browser.get(f"{root}keys/").content.decode()
        assert "trial" in keys
        assert keys.count('data-copy="#account') == 4
        live = browser.get(f"{ROOT}live/{acme.partner.ref}/keys/").content.decode()
        assert 'data-copy="#account' not in live
        assert acme.key[8:16] not in keys
        assert "live.example.com" not in browser.get(f"{root}webhooks/").content.decode()

    def test_keys_and_webhooks_made_there_are_the_sandboxs(self, shop, acme):
        now = timezone.now()
        sandbox.issue_test_key(partner_ref=acme.partner.ref, terms=KeyTerms(), by=WANG, now=now)
        browser = guest_of(shop, acme.partner)
        root = f"{ROOT}test/{acme.partner.ref}/"

        key = browser.post(f"{root}keys/new/", FORMS["keys/new/"])
        hook = browser.post(f"{root}webhooks/new/", FORMS["webhooks/new/"])

        assert "qy_test_" in key.content.decode()
        assert "whsec_" in hook.content.decode()
        with tenant_atomic():
            assert WebhookEndpoint.objects.count() == 0
            assert ApiKey.objects.count() == 1
        with sandbox.in_sandbox():
            assert WebhookEndpoint.objects.count() == 1
            row = AuditRow.objects.filter(action="webhook.made").get()
            assert row.by.startswith("person:")
