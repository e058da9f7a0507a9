"""From a supplier's file to a code in a shopper's hand, in a real browser and real processes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.arrange import PRODUCT
from tests.browser.conftest import DESK, SMALL_PHONE

pytestmark = pytest.mark.timeout(900)  # the first one starts everything

GOOD = [f"CINE{number:04d}-WALK-{number * 7919 % 10000:04d}" for number in range(1, 31)]


def a_suppliers_file() -> bytes:
    """GB18030, as Chinese spreadsheets write it, with two lines twice and one expired."""
    later = (datetime.now(UTC) + timedelta(days=200)).date()
    lines = [f"{code},{later},影院 2D" for code in [*GOOD, GOOD[3], GOOD[8]]]
    lines.append("CINE9999-WALK-0000,2020-01-31,过期")
    return ("卡密,有效期,备注\n" + "\n".join(lines) + "\n").encode("gb18030")


def load_codes(merchant, codes_file):
    """Upload, look, check, load: what each step says is what the file holds."""
    office = steps.sign_in(merchant)
    merchant.open("/office/imports/")
    office.locator("[name=find]").fill(PRODUCT)
    office.locator(".qy-pick label:visible", has_text=PRODUCT).check()
    office.locator("#id_file").set_input_files(codes_file)
    office.locator(".qy-form button.qy-primary").click()
    expect(office.locator("#encoding")).to_have_value("gb18030")
    merchant.shot("import-columns", full=True)
    office.locator("button[value=check]").click()

    good = office.locator(".qy-figure").nth(1).locator("b")
    expect(good).to_have_text("30", timeout=60_000)
    figures = office.locator(".qy-figure b").all_text_contents()
    assert figures == ["33", "30", "2", "0", "0", "1", "0"]
    merchant.shot("import-check", full=True)
    office.locator("button.qy-primary").click()
    expect(office.locator(".qy-state.qy-good")).to_be_visible(timeout=60_000)
    merchant.shot("import-result", full=True)


def redraw(page):
    """As if something about the order had changed since the page was drawn."""
    with page.expect_response(re.compile(r"/live/\?v=old$")):
        page.evaluate(
            """() => {
              const box = document.querySelector("[data-poll]");
              box.querySelector("[data-line]").dataset.drawn = "before";
              delete box.dataset.final;
              box.dataset.version = "old";
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    expect(page.locator("[data-drawn=before]")).to_have_count(0)


def test_codes_are_loaded_bought_copied_and_found_again(visit, codes_file):
    codes_file.write_bytes(a_suppliers_file())
    merchant, shopper, stranger = visit(size=DESK), visit(), visit()

    shopper.open("/")
    page = steps.find_product(shopper, PRODUCT)
    expect(page.locator(".side h2").first).to_have_text("已售罄")

    load_codes(merchant, codes_file)

    page = steps.find_product(shopper, PRODUCT)
    shopper.shot("product")
    steps.order(page)
    shopper.shot("pay")
    steps.pay(page)
    unit = steps.delivered(page)
    masked = unit.locator("[data-secret]").text_content()
    assert masked not in GOOD
    unit.locator("[data-show]").click()
    expect(unit.locator("[data-secret]")).to_have_text(re.compile(r"^CINE\d"))
    shown = unit.locator("[data-secret]").text_content()
    assert shown in GOOD
    shopper.shot("order", full=True)
    redraw(page)
    expect(unit.locator("[data-secret]")).to_have_text(shown)
    unit.locator("[data-copy-secret=secret]").click()
    expect(page.locator("[data-toast]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == shown

    number = re.search(r"\d{8}-[0-9A-Z]{10}", page.content()).group()
    stranger.refused = "/orders/find/"
    look = stranger.open("/orders/find/")
    look.locator("#number").fill(number)
    look.locator("#proof").fill("13900139000")
    look.locator("main form button").click()
    expect(look.locator("#e-lookup")).to_be_visible()
    look.locator("#proof").fill(steps.PHONE_NUMBER)
    look.locator("main form button").click()
    found = steps.delivered(look)
    found.locator("[data-show]").click()
    expect(found.locator("[data-secret]")).to_have_text(shown)


def test_an_english_shopper_buys_two_on_a_small_phone(visit):
    shopper = visit(size=SMALL_PHONE, language="en-GB")

    page = steps.find_product(shopper, "NetEase Cloud Music")
    steps.order(page, quantity=2)
    steps.pay(page)
    units = steps.delivered(page)
    expect(units).to_have_count(2)
    page.locator("[data-copy-all]").click()
    expect(page.locator("[data-toast]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()

    assert len(set(copied)) == 2
    shopper.shot("order-en", full=True)
    for number, code in enumerate(copied):
        units.nth(number).locator("[data-show]").click()
        secret = units.nth(number).locator("[data-secret]")
        expect(secret).to_have_text(code.split()[-1])


def test_without_scripts_the_way_from_home_to_the_code_is_open_too(visit):
    shopper = visit(scripts=False)

    page = steps.find_product(shopper, "优酷会员")
    steps.order(page)
    steps.pay(page)
    page.wait_for_url(re.compile(r"/o/[^/]+/$"))
    page.locator("[data-reveal] button.no-js-only").click(timeout=30_000)

    expect(page.locator("[data-secret]")).to_have_count(1)
    secrets = page.locator("[data-secret]").all_text_contents()
    assert len(secrets) == 1
    assert secrets[0].startswith("YK")
    assert "•" not in secrets[0]
    shopper.shot("order-without-scripts", full=True)
