"""A stolen password without the second factor neither lets anybody in nor takes the demand away."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.scope import tenant_atomic
from dashboard.access import FRESH
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from tenants.models import Member, Merchant
from tenants.roles import Role
from tests.conftest import client_of
from tests.dashboard.people import PASSWORD, browser_of, make_member, sign_in
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
FACTOR, AGAIN = "/office/security/factor/", "/office/reauthenticate/"
INVITED = {"email": "thief@example.com", "role": "owner"}


def settings_of(shop, **changes) -> dict[str, str]:
    return {"name": shop.name, "language": "zh-hans", "tagline": "as it was"} | changes


@pytest.fixture
def demanding(shop):
    with tenant_atomic():
        Merchant.objects.filter(pk=shop.pk).update(demands_second_factor=True)
    return shop


@pytest.fixture
def thief(demanding):
    """Who has just typed the owner's password, and no more than that."""
    browser = client_of(demanding)
    sign_in(browser, make_member(Role.OWNER))
    return browser


def members() -> list[tuple[str, str]]:
    with tenant_atomic():
        return list(Member.objects.order_by("pk").values_list("user__email", "role"))


def test_nobody_is_invited_by_who_has_no_second_factor(thief):
    answer = thief.post("/office/members/invite/", INVITED)

    assert answer["Location"].startswith(FACTOR)
    assert members() == [("owner@example.com", "owner")]


def test_nobody_is_given_another_role_by_who_has_no_second_factor(thief):
    make_member(Role.VIEWER)
    with tenant_atomic():
        viewer = Member.objects.get(role="viewer")

    answer = thief.post(f"/office/members/{viewer.pk}/change/", {"role": "owner"})

    assert answer["Location"].startswith(FACTOR)
    assert ("viewer@example.com", "viewer") in members()


def test_the_demand_is_not_taken_away_by_who_has_no_second_factor(thief, demanding):
    kept = thief.post("/office/settings/", settings_of(demanding, demands_second_factor="on"))
    answer = thief.post("/office/settings/", settings_of(demanding))

    demanding.refresh_from_db()
    assert kept["Location"] == "/office/settings/"
    assert answer["Location"].startswith(FACTOR)
    assert demanding.demands_second_factor


def test_no_code_is_given_once_more_by_who_has_no_second_factor(thief):
    """To an order of his own, say, as often as he likes."""
    with tenant_atomic():
        order = paid(stocked_sku(3), quantity=1)
        fulfillment.open_units(order_id=order.pk, now=NOON)
        unit = Unit.objects.get()
        case = open_case(order, unit_id=unit.pk)

    answers = [
        thief.post(f"/office/orders/{order.pk}/units/{unit.pk}/replace/", {"reason": "used"}),
        thief.post(f"/office/cases/{case.pk}/settle/", {"outcome": "replaced", "reason": "used"}),
    ]

    assert {answer["Location"].partition("?")[0] for answer in answers} == {FACTOR}
    with tenant_atomic():
        assert list(Unit.objects.values_list("state", flat=True)) == ["delivered"]


def test_an_invitation_wants_a_new_password_and_what_was_typed_is_back(shop):
    browser = browser_of(shop, "owner")
    with time_machine.travel(timezone.now() + FRESH + timedelta(seconds=1), tick=False):
        asked = browser.post("/office/members/invite/", INVITED)
        browser.post(AGAIN, {"password": PASSWORD, "next": "/office/members/invite/"})
        form = browser.get("/office/members/invite/").content.decode()
        done = browser.post("/office/members/invite/", INVITED)

    assert asked["Location"] == f"{AGAIN}?next=/office/members/invite/"
    assert 'value="thief@example.com"' in form
    assert done["Location"] == "/office/tenants/member/"


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_neither_signing_in_nor_the_password_once_more_leads_to_another_host(shop, after):
    browser, user = client_of(shop), make_member(Role.OWNER)
    given = {"login": user.email, "password": PASSWORD, "next": after}

    answers = [browser.post("/office/login/", given), browser.post(AGAIN, given)]

    assert [answer["Location"] for answer in answers] == ["/office/", "/office/"]


def test_a_session_that_somebody_else_chose_is_not_the_one_that_is_signed_in(shop, settings):
    browser, user = client_of(shop), make_member(Role.OWNER)
    browser.cookies[settings.SESSION_COOKIE_NAME] = chosen = "a" * 32

    assert sign_in(browser, user)["Location"] == "/office/"

    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != chosen
