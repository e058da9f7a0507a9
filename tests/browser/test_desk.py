"""Held orders decided at the desk: by keys, by buttons alone, and many at once."""

import pytest
from playwright.sync_api import expect

from tests.browser import pages, steps
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything
ROW = "tr[data-row]"


def test_keys_walk_the_queue_and_open_a_case(visit):
    member = visit(size=DESK)
    office = steps.sign_in(member)
    member.open(pages.OFFICE["held"])
    rows = office.locator(ROW)
    second = rows.nth(1).locator("a.qy-link").inner_text()

    for key in "jj":
        office.keyboard.press(key)
    expect(office.locator(f"{ROW}.qy-at")).to_contain_text(second)
    office.keyboard.press("x")
    expect(office.locator("[data-count-of=bulk] b")).to_have_text("1")
    office.keyboard.press("?")
    expect(office.locator("[data-keys-help]")).to_have_attribute("open", "")
    office.keyboard.press("o")
    expect(office.locator("h1")).to_contain_text(second)

    office.keyboard.press("b")
    expect(office.locator("[name=block]").first).to_be_focused()
    office.locator("[name=reason]").fill("ajk")
    expect(office.locator("h1")).to_contain_text(second)


def test_a_case_is_let_go_on_without_scripts_and_the_next_one_is_led_to(visit):
    member = visit(size=PHONE, scripts=False)
    office = steps.sign_in(member)
    member.open(pages.OFFICE["held"])
    office.locator(f"{ROW} a.qy-link").first.click()
    expect(office.locator("#decide")).to_be_visible()
    assert office.evaluate(pages.SIDEWAYS) <= 0
    office.locator("[name=judgement][value=honest]").check()

    office.locator("#decide button[formaction$='/release/']").click()

    expect(office.locator(".qy-note").first).to_contain_text("放行")
    office.locator("a[rel=next]").click()
    expect(office.locator("#decide")).to_be_visible()


def test_many_are_decided_without_scripts(visit):
    member = visit(size=PHONE, scripts=False)
    office = steps.sign_in(member)
    member.open(pages.OFFICE["held"])
    office.locator("[name=order]").first.check()
    office.locator("#bulk button").click()
    sure = office.get_by_role("button", name="确认处理")
    expect(sure).to_be_visible()
    assert office.evaluate(pages.SIDEWAYS) <= 0

    sure.click()

    expect(office.locator(".qy-note")).to_contain_text("已处理：1")
    assert office.evaluate(pages.SIDEWAYS) <= 0
