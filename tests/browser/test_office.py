"""What staff click when something is wrong: another code, the money back, a batch off sale."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything

PRODUCT = "优酷会员"
NUMBER = re.compile(r"\d{8}-[0-9A-Z]{10}")
BATCH = re.compile(r"[0-9A-Z]{10}")


def first_of(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None
    return found.group()


def bought(shopper) -> tuple[Page, str]:
    """A delivered order, open before the shopper, and its number."""
    page = steps.find_product(shopper, PRODUCT)
    steps.order(page)
    steps.pay(page)
    steps.delivered(page)
    return page, first_of(NUMBER, page.content())


def find_order(merchant, number: str) -> Page:
    office: Page = merchant.open(f"/office/orders/order/?q={number}")
    office.locator("#result_list a.qy-link").first.click()
    expect(office.locator("h1")).to_contain_text(number)
    return office


def shown_code(page: Page) -> str:
    unit = page.locator("[data-unit]").first
    unit.locator("[data-show]").click()
    expect(unit.locator("[data-secret]")).not_to_contain_text("•")
    return unit.locator("[data-secret]").inner_text()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_code_is_replaced_and_then_its_money_goes_back(visit, size):
    shopper, merchant = visit(), visit(size=size)
    page, number = bought(shopper)
    first = shown_code(page)
    steps.sign_in(merchant)
    office = find_order(merchant, number)
    office.on("dialog", lambda dialog: dialog.accept())

    office.locator("form[action$='/replace/'] button").click()
    expect(office.locator(".qy-timeline")).to_contain_text("已更换")
    page.reload()
    assert shown_code(page) != first

    office.locator("details.qy-more summary").click()
    office.locator("#refund button").click()
    expect(office.locator("#refund")).to_have_count(0)
    expect(office.locator(".qy-state", has_text="已退款").first).to_be_visible()
    merchant.shot("office-order-refunded", full=True)
    page.reload()
    expect(page.locator(".receipt")).to_contain_text("已退款")


def test_a_batch_is_taken_off_sale_and_put_back(visit):
    merchant = visit(size=DESK)
    office = steps.sign_in(merchant)
    merchant.open(f"/office/inventory/batch/?q={PRODUCT}")
    office.locator("#result_list a.qy-link").first.click()
    state = office.locator(".qy-actions .qy-state").first
    on_sale = state.text_content()

    office.locator("[name=reason]").fill("核对中")
    stop = office.locator("button[formaction$='/freeze/']")
    confirm_in_writing(office)
    stop.click()
    expect(state).to_have_class(re.compile("qy-warn"))
    merchant.shot("office-batch-frozen")
    confirm_in_writing(office)
    office.locator("button[formaction$='/unfreeze/']").click()

    expect(state).to_have_text(on_sale)
    expect(office.locator(".qy-timeline")).to_contain_text("核对中")


def confirm_in_writing(office: Page) -> None:
    """A big batch asks for its number."""
    typed = office.locator("#typed")
    if typed.count():
        typed.fill(first_of(BATCH, office.locator("h1").inner_text()))
