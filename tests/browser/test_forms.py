"""Forms that answer with more than a page: what they show once, and what they fill in."""

import pytest
from playwright.sync_api import expect

from tests.browser import pages, steps
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything


def test_a_key_that_is_shown_is_made_no_second_time_by_loading_the_page_again(visit):
    member = visit(size=DESK)
    office = steps.sign_in(member)
    member.open("/office/partners/")
    office.locator("a.qy-link[href^='/office/partners/']").first.click()
    partner = office.url.rstrip("/")
    office.goto(f"{partner}/keys/new/")
    office.locator(".qy-form button.qy-primary").click()
    expect(office.locator("#key")).to_be_visible()

    office.reload()

    assert office.url == f"{partner}/"
    expect(office.locator("#key")).to_have_count(0)
    made = office.content().count("qy_live_")
    office.go_back()
    expect(office.locator(".qy-form button.qy-primary")).to_be_visible()
    office.goto(f"{partner}/")
    assert office.content().count("qy_live_") == made


def test_another_template_keeps_the_place_and_what_was_typed(visit):
    member = visit(size=PHONE)
    office = steps.sign_in(member)
    member.open(pages.OFFICE["guide_product"])
    office.locator("#id_price").fill("12.50")
    office.locator("#id_codes").fill("MINE-1")
    second = office.locator(".qy-starts a").nth(1)
    second.scroll_into_view_if_needed()
    before, name = office.evaluate("scrollY"), office.locator("#id_name").input_value()

    second.click()

    expect(office.locator("#start h2")).to_have_text(second.locator("b").inner_text())
    assert office.locator("#id_name").input_value() != name
    assert office.locator("#id_price").input_value() == "12.50"
    assert office.locator("#id_codes").input_value() == "MINE-1"
    assert office.evaluate("scrollY") == before
    expect(second).to_have_attribute("aria-current", "true")
    office.locator("[name=source][value=played]").check()
    expect(office.locator("#id_codes")).to_be_hidden()
    assert office.evaluate(pages.SIDEWAYS) <= 0
    member.shot("guide-product-played", full=True)
