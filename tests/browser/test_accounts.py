"""A phone is looked up while it is typed, in a real browser and at a simulated supplier."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything

LOOKS = [(PHONE, "zh-CN", "话费快充"), (DESK, "en-GB", "Phone credit, fast")]


@pytest.mark.parametrize(("size", "language", "name"), LOOKS, ids=["phone", "desk"])
def test_a_phone_is_looked_up_as_soon_as_it_is_whole(visit, size, language, name):
    shopper = visit(size=size, language=language)
    page = steps.find_product(shopper, name)
    found = page.locator("[data-found]")
    unfilled = found.text_content()

    page.locator("#f-phone").press_sequentially("1380013800")
    expect(found).to_have_text(unfilled)
    page.locator("#f-phone").press_sequentially("0")

    expect(found).to_have_text("广东深圳")
    expect(page.locator("[data-ok]").first).to_have_text("")
    shopper.shot("account", full=True)
    page.locator("#f-phone").press("Backspace")
    expect(found).to_have_text(unfilled)


def test_another_choice_is_looked_up_again(visit):
    shopper = visit()
    page = steps.find_product(shopper, "话费快充")
    page.locator("#f-phone").fill("13800138000")
    expect(page.locator("[data-found]")).to_have_text("广东深圳")

    with page.expect_response("**/account/"):
        page.locator("[name=sku]:not(:checked)").first.check()

    expect(page.locator("[data-found]")).to_have_text("广东深圳")
