"""Guessers from everywhere spend what a shop has; who has signed in here before is heard."""

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from core.errors import TooManyTries
from core.guards import Asker, By, attempt
from dashboard.accounts import LOGIN, RESET
from tests.conftest import client_of
from tests.dashboard.people import make_member, sign_in

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(timezone.now(), tick=False):
        yield


def crowd(guard, shop):
    """Each from a network of his own, at a person of his own; returns how many were heard."""
    for number in range(1_000):
        address = f"198.{number // 250}.{number % 250}.1"
        asker = Asker(address=address, shop=str(shop.pk), target=f"nobody{number}@example.com")
        try:
            attempt(guard=guard, asker=asker, now=timezone.now())
        except TooManyTries:
            return number
    raise AssertionError("nobody was refused")


def test_a_shops_budget_ends_and_a_known_browser_is_heard(shop):
    user, other = make_member("owner"), make_member("viewer")
    known = client_of(shop)
    sign_in(known, user)
    known.post("/office/logout/")

    heard = crowd(LOGIN, shop)
    stranger, somebody_else = sign_in(client_of(shop), user), sign_in(known, other)

    assert heard == LOGIN.budgets[By.SHOP].free
    assert (stranger.status_code, somebody_else.status_code) == (429, 429)
    assert int(stranger["Retry-After"]) <= LOGIN.budgets[By.SHOP].longest
    assert sign_in(known, user).status_code == 302
    elsewhere = Asker(address="203.0.113.1", shop="another", target=user.email)
    attempt(guard=LOGIN, asker=elsewhere, now=timezone.now())


def test_a_made_up_cookie_is_no_evidence(shop):
    user = make_member("owner")
    crowd(LOGIN, shop)
    browser = client_of(shop)

    for made_up in ("x" * 43, f"{user.email}", ".", "é.|", "x" * 5_000):
        browser.cookies["qy_known"] = made_up
        assert sign_in(browser, user).status_code == 429


def test_a_known_browser_is_still_no_way_to_guess(shop):
    user = make_member("owner")
    known = client_of(shop)
    sign_in(known, user)
    known.post("/office/logout/")
    crowd(LOGIN, shop)

    answers = [sign_in(known, user, password="wrong").status_code for _each in range(9)]

    assert answers == [422] * 8 + [429]


def test_letters_have_a_shops_budget_too_and_a_known_browser_gets_one(shop):
    user = make_member("owner")
    known = client_of(shop)
    sign_in(known, user)
    known.post("/office/logout/")

    heard = crowd(RESET, shop)
    path, given = "/office/password/reset/", {"email": user.email}

    assert heard == RESET.budgets[By.SHOP].free
    assert client_of(shop).post(path, given).status_code == 429
    assert mail.outbox == []
    assert known.post(path, given).status_code == 302
    assert [letter.to for letter in mail.outbox] == [[user.email]]
