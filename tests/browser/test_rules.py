"""A merchant writes one rule in the form; it holds the fourth order and the fourth opening."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import pages, steps
from tests.browser.conftest import DESK

pytestmark = pytest.mark.timeout(900)  # the first one starts everything
NAME, BRAND, PRODUCT = "同一 IP 频繁下单或兑换", "芒果 TV", "芒果 TV 会员"
SAYS = "当同一IP 地址 10 分钟内下单或查看卡密超过 3 次，则挂起审核"
ONE, OTHER = "198.51.100.7", "198.51.100.130"  # where they order, and where they open
OPEN, MASKED = re.compile(r"^MG[^•]+$"), re.compile("•")


def write_rule(member, office):
    member.open(pages.OFFICE["rule_new"])
    office.locator("[name=name]").fill(NAME)
    office.locator("[name=moments][value=open]").check()
    office.locator("[name=c1_by]").select_option("ip")
    office.locator("[name=c1_number]").fill("10")
    office.locator("[name=c1_value]").fill("3")
    office.locator("[name=c1_of][value=open]").check()
    office.locator("summary", has_text="限定范围").click()
    office.locator("[name=scope_brand]").fill(BRAND)
    office.locator(".qy-form button.qy-primary").click()
    expect(office.locator(".qy-note", has_text=SAYS)).to_contain_text(
        f"（判断时机：下单、查看卡密；仅限品牌：{BRAND}）"
    )


def switch_on(office):
    """After a look at what it would have said of the demo's orders."""
    expect(office.locator(".qy-card", has_text="次判断中会命中")).to_be_visible()
    office.locator("form[action$='/on/'] button").click()
    expect(office.locator(".qy-note", has_text=SAYS)).to_contain_text("启用")


def buyer_at(visit, ip, *, phone):
    """One who has bought: his page of the order, and its number."""
    shopper = visit()
    shopper.context.set_extra_http_headers({"X-Forwarded-For": ip})
    page = steps.find_product(shopper, PRODUCT)
    steps.order(page, phone=phone)
    steps.pay(page)
    page.wait_for_url(re.compile(r"/o/[^/]+/$"))
    return shopper, page, re.search(r"\d{8}-[0-9A-Z]{10}", page.content()).group()


def decide(member, office, number, verb):
    """At the desk: the rule stands in the order's history, and a person lets it go on."""
    member.open(pages.OFFICE["held"])
    row = office.locator("tr[data-row]", has_text=number)
    order = row.locator("a.qy-link").first.get_attribute("href").replace("/held/", "/orders/")
    row.locator(f"form[action$='/{verb}/'] button").click()
    expect(office.locator("tr[data-row]", has_text=number)).to_have_count(0)
    member.open(order)
    history = office.locator(".qy-timeline")
    expect(history).to_contain_text(f"“{NAME}”（{SAYS}")


def show(shopper, page):
    shopper.context.set_extra_http_headers({"X-Forwarded-For": OTHER})
    unit = steps.delivered(page)
    unit.locator("[data-show]").click()
    return unit.locator("[data-secret]")


def test_one_rule_holds_the_fourth_order_and_the_fourth_opening_of_codes(visit):
    member = visit(size=DESK)
    office = steps.sign_in(member)
    write_rule(member, office)
    switch_on(office)

    buyers = [buyer_at(visit, ONE, phone=f"1370013700{at}") for at in range(4)]
    for _shopper, page, _number in buyers[:3]:
        steps.delivered(page)
    fourth, page, number = buyers[3]
    expect(page.locator("[data-unit]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("审核")
    decide(member, office, number, "release")
    steps.delivered(page)

    for shopper, each, _number in buyers[:3]:
        expect(show(shopper, each)).to_have_text(OPEN)
    fourth.refused, fourth.refused_with = "/codes/", 403
    secret = show(fourth, page)
    expect(page.locator("[data-closed]")).to_be_visible()
    expect(secret).to_have_text(MASKED)
    decide(member, office, number, "allow")
    expect(page.locator("[data-closed]")).to_have_count(0)
    expect(show(fourth, page)).to_have_text(OPEN)
