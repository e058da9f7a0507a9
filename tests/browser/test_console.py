"""A partner's own person in its console: every page, narrow and wide, with and without scripts."""

import re

import pytest

from dashboard.demo.people import DEMO_PASSWORD
from tests.browser import pages
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.test_pages import grave_faults, led_to


def sign_in(guest: Visit) -> str:
    """The address of the overview."""
    page = guest.open(pages.CONSOLE)
    page.locator("input[name=email]").fill(pages.GUEST)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"/console/live/[^/]+/$"))
    return re.sub(r"^https?://[^/]+", "", page.url)


@pytest.mark.parametrize(
    ("size", "language", "scripts"),
    [(PHONE, "zh-CN", True), (DESK, "en-GB", True), (PHONE, "en-GB", False)],
)
def test_the_console_is_whole(visit, size, language, scripts):
    guest = visit(size=size, language=language, scripts=scripts)
    places = led_to(guest, {"console": sign_in(guest)}, pages.CONSOLE_LINKS)
    wide, faults = {}, {}

    for name, path in places.items():
        page = guest.open(path)
        wide[name] = page.evaluate(pages.SIDEWAYS)
        faults[name] = grave_faults(guest) if scripts else []
        guest.shot(f"{name}-{language[:2]}", full=True)

    assert {name: by for name, by in wide.items() if by > 0} == {}
    assert {name: found for name, found in faults.items() if found} == {}
