"""What people do on our pages, in a few words a step."""

import re

from playwright.sync_api import Locator, Page, expect

from dashboard.demo.people import DEMO_PASSWORD
from tests.browser.conftest import Visit

PHONE_NUMBER = "13800138000"


def sign_in(visit: Visit, email: str = "owner@cloud.example") -> Page:
    page = visit.open("/office/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"/office/$"))
    return page


def find_product(visit: Visit, name: str) -> Page:
    page = visit.open("/")
    search = page.locator("input[name=q]:visible").first
    search.fill(name)
    search.press("Enter")
    page.locator("a.item", has_text=name).first.click()
    expect(page.locator("h1")).to_contain_text(name)
    return page


def order(page: Page, *, quantity: int = 1, phone: str = PHONE_NUMBER) -> None:
    """Fill the form and send it; ends on the pay page."""
    send_order(page, quantity=quantity, phone=phone)
    page.wait_for_url(re.compile(r"/o/[^/]+/pay/$"))


def send_order(page: Page, *, quantity: int = 1, phone: str = PHONE_NUMBER) -> None:
    page.locator("[name=contact]").fill(phone)
    if quantity > 1:
        page.locator("[name=quantity]").fill(str(quantity))
    page.locator("[name=consent]").check()
    page.locator("[data-pay]:visible").first.click()


def pay(page: Page) -> None:
    """On this device, at the sandbox's bank, and back to the order."""
    page.locator("[data-pay-link]").click()
    page.locator("form.qrbox button").click()
    page.locator(".qrbox a.btn").click()


def delivered(page: Page) -> Locator:
    """The order page with its codes there."""
    page.wait_for_url(re.compile(r"/o/[^/]+/$"))
    expect(page.locator(".state.good")).to_be_visible()
    return page.locator("[data-unit]")
