"""A buyer's complaint is passed on to a simulated supplier, and its answer comes back by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything


def complain(shopper):
    """About a top-up that Kasushou has delivered: nobody else has this one."""
    page = steps.find_product(shopper, "腾讯视频 VIP 直充")
    page.locator("label.opt", has_text="季卡").click()
    page.locator("#f-phone").fill(steps.PHONE_NUMBER)
    steps.order(page)
    steps.pay(page)
    page.wait_for_url(re.compile(r"/o/[^/]+/$"))
    expect(page.locator(".state.good")).to_be_visible(timeout=30_000)
    page.locator("#help summary").click()
    page.locator("#help [name=text]").fill("会员没有到账")
    page.locator("#help form button").click()
    expect(page.locator("[id^=case-]")).to_be_visible()


def newest_case(merchant):
    page = merchant.open("/office/orders/case/")
    paths = page.locator("#result_list a").evaluate_all("all => all.map((one) => one.pathname)")
    numbers = [int(found[1]) for path in paths if (found := re.search(r"/cases?/(\d+)/", path))]
    return f"/office/cases/{max(numbers)}/"


def test_a_case_goes_to_the_supplier_and_its_answer_comes_back(visit):
    shopper, merchant, on_the_road = visit(), visit(size=DESK, language="en-GB"), visit(size=PHONE)
    complain(shopper)
    office = steps.sign_in(merchant)
    merchant.open(newest_case(merchant))

    office.locator("#complaint").fill("会员没有到账，请核实。")
    merchant.shot("complaint-form", full=True)
    office.get_by_role("button", name=re.compile("Send to the supplier|发给供应商")).click()
    expect(office.locator(".qy-state").last).to_be_visible()
    for _ in range(20):
        office.reload()
        if office.get_by_text(re.compile("已处理，请查看")).count():
            break
    expect(office.get_by_text("已处理，请查看")).to_be_visible()
    merchant.shot("complaint", full=True)

    phone = steps.sign_in(on_the_road)
    phone.goto(office.url)
    on_the_road.shot("complaint", full=True)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(sideways) <= 0
