"""From a link that the office makes to money on a partner's balance, on real pages."""

import pytest
from playwright.sync_api import expect

from tests.browser import pages, steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import grave_faults, partner_pages

pytestmark = pytest.mark.timeout(900)  # the first one starts everything


def whole(visitor, name: str) -> None:
    assert visitor.page.evaluate(pages.SIDEWAYS) <= 0
    assert grave_faults(visitor) == []
    visitor.shot(name, full=True)


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-CN"), (DESK, "en-GB")])
def test_a_bookkeeper_pays_by_a_link_of_the_office(visit, size, language):
    merchant, bookkeeper = visit(size=size), visit(size=size, language=language)
    office = steps.sign_in(merchant)
    path = partner_pages(merchant)["payments-in"]
    merchant.open(path)
    office.locator("[name=amount]").fill("1,200.50")
    office.locator("[name=reference]").fill(f"REF-{language}")
    office.locator(".qy-form button.qy-primary").click()
    row = office.locator("tbody tr", has_text=f"REF-{language}").first
    link = row.locator("[id^=pay]").inner_text()
    whole(merchant, f"office-payments-{language[:2]}")

    page = bookkeeper.open("/balance/" + link.split("/balance/")[1])
    expect(page.locator(".due")).to_contain_text("1200.50")
    expect(page.locator(".receipt")).to_contain_text(f"REF-{language}")
    assert page.evaluate(pages.LACKS) == []
    whole(bookkeeper, f"balance-{language[:2]}")
    steps.pay(page)

    expect(page.locator(".state.good")).to_contain_text("1200.50")
    whole(bookkeeper, f"balance-paid-{language[:2]}")
    merchant.open(path)
    expect(row.locator(".qy-state.qy-good")).to_be_visible()


def test_a_partner_s_terms_are_saved_though_its_goods_can_be_searched(visit):
    merchant = visit(size=DESK, language="en-GB")
    office = steps.sign_in(merchant)
    merchant.open("/office/partners/new/")
    office.locator("[name=name]").fill("Searched and saved")
    office.locator("[data-pick-find]").fill("no such goods")
    office.locator("[data-pick-find]").press("Enter")
    expect(office.locator("[data-pick-none]")).to_be_visible()

    office.locator(".qy-form button.qy-primary").click()

    expect(office.locator("h1, .qy-card").first).to_be_visible()
    office.wait_for_url(lambda url: "/partners/new/" not in url)
    expect(office.get_by_text("Searched and saved").first).to_be_visible()
