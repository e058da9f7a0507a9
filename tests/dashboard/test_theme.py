"""Light, dark, or as the system says: a person's own, on every page from its first byte."""

import pytest

from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(databases="__all__")


def look(browser, path="/office/"):
    page = browser.get(path).content.decode()
    scheme = page.split('name="color-scheme" content="')[1].split('"')[0]
    return page.split("<html", 1)[1].split('class="', 1)[1].split('"')[0], scheme


def test_it_follows_the_system_until_somebody_chooses(shop):
    browser = browser_of(shop, "viewer")
    first = look(browser)

    answer = browser.post("/office/theme/", {"theme": "dark", "next": "/office/security/"})

    assert first == ("auto", "light dark")
    assert answer.headers["Location"] == "/office/security/"
    assert look(browser) == look(browser, "/office/orders/order/") == ("dark", "dark")


def test_what_is_no_theme_changes_nothing_and_leads_nowhere_else(shop):
    browser = browser_of(shop, "viewer")

    answer = browser.post("/office/theme/", {"theme": "pink", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/office/"
    assert look(browser)[0] == "auto"
