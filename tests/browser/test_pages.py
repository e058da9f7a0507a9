"""Page by page: whole on a narrow phone, usable for everybody, in one language."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from devkit.place import CLONE
from tenants.roles import Role
from tests.browser import pages, steps
from tests.browser.arrange import PRODUCT_EN, SKU_EN
from tests.browser.conftest import DESK, PHONE, SMALL_PHONE, Visit
from tests.browser.pages import BOUGHT

pytestmark = pytest.mark.timeout(900)  # the first one starts everything

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
DEMO = CLONE / "dashboard" / "demo"
GRAVE = ("serious", "critical")

# Words that are the same in both languages: names, formats, units; the scrollbar's own label.
ENGLISH_ALLOWED = re.compile(
    r"scrollable content|Steam|App Store|iQIYI|English"
    r"|[\w.]+@[\w.]+|https?://\S+|\b[A-Z0-9_]{2,}\b|[a-z_]+\.[a-z_.]+"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){1,}|^[A-Z][a-z]{3,}$")


def shop_pages(visitor: Visit) -> dict[str, str]:
    page = visitor.open("/")
    first = {"category": page.locator(".cats a").first, "product": page.locator("a.item").first}
    found = {name: link.get_attribute("href") or "" for name, link in first.items()}
    return pages.SHOP | found


def office_pages(member: Visit) -> dict[str, str]:
    """With the form of a product of this shop: numbers are shared by all shops."""
    page = member.open(pages.OFFICE["products"])
    product = page.locator("#result_list a.qy-link").first.get_attribute("href") or ""
    found = pages.OFFICE | {"product": product} | supply_pages(member) | partner_pages(member)
    return found | led_to(member, pages.OFFICE, pages.DESK_LINKS)


def supply_pages(member: Visit) -> dict[str, str]:
    return led_to(member, pages.SUPPLY, pages.SUPPLY_LINKS)


def partner_pages(member: Visit) -> dict[str, str]:
    return led_to(member, pages.PARTNERS, pages.PARTNER_LINKS)


def led_to(
    member: Visit, known: dict[str, str], links: dict[str, tuple[str, str]]
) -> dict[str, str]:
    found = dict(known)
    for name, (place, link) in links.items():
        found[name] = member.open(found[place]).locator(link).first.get_attribute("href") or ""
    return found


def go_to(visitor: Visit, path: str):
    visitor.refused = path  # a page that says "not found" says so in its status too
    return visitor.open(path)


LOOKS = [(size, language) for size in (SMALL_PHONE, PHONE, DESK) for language in BOUGHT]
UNLIKE = [(PHONE, "zh-CN"), (DESK, "en-GB")]


def walked(shopper: Visit, language: str) -> Iterator[str]:
    """The shopper on each of the shop's pages, one after the other: its name."""
    for name, path in shop_pages(shopper).items():
        go_to(shopper, path)
        yield name
    page = steps.find_product(shopper, pages.ASKED[language])
    shopper.refused, shopper.refused_with = urlsplit(page.url).path, 403
    steps.send_order(page)
    page.locator("[data-slide]").wait_for()
    yield "person"
    shopper.refused, shopper.refused_with = "", 404
    page = steps.find_product(shopper, BOUGHT[language])
    steps.order(page)
    yield "pay"
    pay_path = urlsplit(page.url).path
    shopper.open(pay_path.removesuffix("pay/"))
    yield "order-unpaid"
    shopper.open(pay_path)
    page.locator("[data-pay-link]").click()
    page.locator("form.qrbox button").wait_for()
    yield "bank"
    page.locator("form.qrbox button").click()
    page.locator(".qrbox a.btn").click()
    steps.delivered(page)
    unit = steps.delivered(page)
    unit.locator("[data-show]").click()
    unit.locator("[data-qr]").click()
    unit.locator(".qr svg").wait_for()
    page.locator("#help summary").click()
    yield "order"
    shopper.open("/orders/")
    yield "my-orders-bought"


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_no_shop_page_scrolls_sideways_however_long_its_words(visit, size, language):
    shopper = visit(size=size, language=language)
    wide, longer = {}, {}

    for name in walked(shopper, language):
        wide[name] = shopper.page.evaluate(pages.SIDEWAYS)
        shopper.shot(f"{name}-{language[:2]}", full=True)
        longer[name] = shopper.page.evaluate(pages.LONGER)

    assert {name: by for name, by in wide.items() if by > 0} == {}
    assert {name: by for name, by in longer.items() if by > 0} == {}


def test_no_office_page_scrolls_sideways_on_a_phone_however_long_its_words(visit):
    member = visit(size=PHONE)
    steps.sign_in(member)
    wide, longer = {}, {}

    for name, path in office_pages(member).items():
        page = member.open(path)
        member.shot(f"office-{name}")
        wide[name], longer[name] = page.evaluate(pages.SIDEWAYS), page.evaluate(pages.LONGER)

    assert {name: by for name, by in wide.items() if by > 0} == {}
    assert {name: by for name, by in longer.items() if by > 0} == {}


def test_a_long_title_leaves_the_word_beside_it_its_room(visit):
    member = visit(size=PHONE)
    steps.sign_in(member)
    found = led_to(
        member, pages.OFFICE, {n: pages.DESK_LINKS[n] for n in ("rule", "rule-versions")}
    )

    badge = (
        member.open(found["rule-versions"]).locator("#header-inner span.uppercase").bounding_box()
    )

    assert badge["width"] > 1.5 * badge["height"]


def grave_faults(visitor: Visit) -> list[str]:
    """Evaluated, not inserted as an element: the pages' own policy forbids foreign scripts."""
    visitor.page.evaluate(AXE)
    found = visitor.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def test_the_office_can_be_read_in_the_dark(visit):
    """As the system says, and nobody has chosen."""
    member = visit(size=DESK)
    steps.sign_in(member)
    member.page.emulate_media(color_scheme="dark")
    faults = {}

    for name in ("home", "orders", "settings", "security"):
        page = member.open(pages.OFFICE[name])
        expect(page.locator("html.dark")).to_have_count(1)
        faults[name] = grave_faults(member)

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(("size", "language"), UNLIKE)
def test_shop_pages_stand_still_however_late_their_scripts_are(visit, size, language):
    """And say what they are, and weigh little. Painted before the script says that there is one."""
    shopper = visit(size=size, language=language)
    if size == PHONE:
        shopper.page.route("**/*.js", lambda route: (sleep(0.4), route.continue_()))
    lacks, heavy = {}, {}

    for name in walked(shopper, language):
        shopper.page.locator("html:not(.no-js)").wait_for()
        lacks[name] = shopper.page.evaluate(pages.LACKS)
        heavy[name] = shopper.page.evaluate(pages.WEIGHT)

    assert {name: found for name, found in lacks.items() if found} == {}
    assert {name: size for name, size in heavy.items() if size > pages.WEIGHS_AT_MOST} == {}


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_an_open_order_page_stands_still_while_the_goods_arrive(visit, size, language):
    shopper = visit(size=size, language=language)
    page = steps.find_product(shopper, BOUGHT[language])
    steps.order(page)
    bank = page.locator("[data-pay-link]").get_attribute("href") or ""
    shopper.open(urlsplit(page.url).path.removesuffix("pay/"))
    page.locator(".room").wait_for()

    elsewhere = visit(size=size, language=language)
    elsewhere.open(bank).locator("form.qrbox button").click()
    steps.delivered(page).wait_for()

    assert page.evaluate(pages.LACKS) == []


@pytest.mark.parametrize(("size", "language"), UNLIKE)
def test_shop_pages_have_no_grave_fault_of_accessibility(visit, size, language):
    shopper = visit(size=size, language=language)

    faults = {name: grave_faults(shopper) for name in walked(shopper, language)}

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_pages_about_suppliers_have_no_grave_fault_of_accessibility(visit, size):
    member = visit(size=size)
    steps.sign_in(member)
    faults = {}

    for name, path in supply_pages(member).items():
        member.open(path)
        faults[name] = grave_faults(member)

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("language", BOUGHT)
def test_pages_about_partners_are_whole_in_both_languages(visit, size, language):
    member = visit(size=size, language=language)
    steps.sign_in(member, "owner@cloud.example" if language == "zh-CN" else pages.READER)
    faults, wide = {}, {}

    for name, path in partner_pages(member).items():
        page = member.open(path)
        assert page.evaluate("document.documentElement.lang")[:2] == language[:2]
        faults[name], wide[name] = grave_faults(member), page.evaluate(pages.SIDEWAYS)
        member.shot(f"office-{name}-{language[:2]}", full=True)

    assert {name: found for name, found in faults.items() if found} == {}
    assert {name: by for name, by in wide.items() if by > 0} == {}


def test_a_new_key_is_shown_once_to_be_copied(visit):
    member = visit(size=PHONE)
    office = steps.sign_in(member)
    member.open(partner_pages(member)["key-new"])

    office.locator(".qy-form button.qy-primary").click()
    office.locator("[data-copy]").click()

    expect(office.locator("[data-copy]")).to_have_text("已复制")
    key = office.locator(".qy-secret").inner_text()
    assert office.evaluate("navigator.clipboard.readText()") == key
    assert re.fullmatch(r"qy_live_[\w-]{40}", key)
    assert office.evaluate(pages.SIDEWAYS) <= 0
    assert grave_faults(member) == []
    member.shot("office-key")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_each_step_of_the_import_is_whole_and_without_grave_faults(visit, codes_file, size):
    good, late = f"GOOD-{size[0]}-0001,2099-12-31,Q4", f"LATE-{size[0]}-0001,2020-01-31,"
    codes_file.write_text("\n".join(["卡密,有效期,备注", good, good, late, ",2099-12-31,"]))
    member = visit(size=size)
    office = steps.sign_in(member)
    faults, wide = {}, {}

    def look(step: str, shown: str) -> None:
        office.wait_for_selector(shown)
        faults[step], wide[step] = grave_faults(member), office.evaluate(pages.SIDEWAYS)
        member.shot(f"office-import-{step}", full=True)

    member.open(pages.OFFICE["imports"])
    member.refused, member.refused_with = pages.OFFICE["imports"], 422
    office.locator(".qy-pick label", has_text="QQ 音乐").first.check()
    office.locator("#id_text").fill("卡号,卡密")
    office.locator(".qy-form button.qy-primary").click()
    look("refusal", ".qy-error")
    office.locator("#id_text").fill("")
    office.locator("#id_file").set_input_files(codes_file)
    office.locator(".qy-form button.qy-primary").click()
    look("columns", "button[value=check]")
    office.locator("button[value=check]").click()
    office.locator("details.qy-more summary").click()
    look("check", "form[action$='/start/']")
    office.locator("form[action$='/start/'] button").click()
    look("result", ".qy-state.qy-good")
    office.locator("a.qy-primary").click()
    look("batch", "#why")

    assert {step: found for step, found in faults.items() if found} == {}
    assert {step: by for step, by in wide.items() if by > 0} == {}


def test_a_file_and_a_paste_together_are_stopped_before_anything_is_lost(visit, codes_file):
    codes_file.write_text("LATE-0001\n")
    member = visit(size=DESK)
    office = steps.sign_in(member)

    member.open(pages.OFFICE["imports"])
    office.locator(".qy-pick label").nth(1).check()
    office.locator("#id_file").set_input_files(codes_file)
    office.locator("#id_text").fill("LATE-0002")
    office.locator(".qy-form button.qy-primary").click()

    kept = office.evaluate("[id_file.files.length, id_text.value, id_text.validationMessage]")
    assert kept == [1, "LATE-0002", "文件和粘贴内容一次只能导入一种。"]
    assert office.url.endswith(pages.OFFICE["imports"])


@pytest.mark.parametrize("scripts", [True, False])
def test_goods_are_found_by_typing_with_and_without_scripts(visit, scripts):
    member = visit(size=PHONE, scripts=scripts)
    office = steps.sign_in(member)
    member.open(pages.OFFICE["imports"])
    shown = office.locator(".qy-pick label:visible")
    all_of_them = shown.count()

    find = office.locator("[name=find]")
    find.fill("qq 音乐")
    find.press("Enter")

    expect(shown.first).to_contain_text("QQ 音乐")
    assert 0 < shown.count() < all_of_them
    assert office.evaluate(pages.SIDEWAYS) <= 0
    member.shot("office-import-goods")
    shown.first.check()
    office.locator("#id_text").fill(f"FOUND-{scripts}-0001")
    office.locator(".qy-form button.qy-primary").click()
    expect(office.locator("button[value=check]")).to_be_visible()


def english_of_the_demo() -> set[str]:
    """The office shows a merchant both names of its goods, shelves and brands."""
    told = strings(tomllib.loads((DEMO / "cloud.toml").read_text()))
    return {*told, PRODUCT_EN, SKU_EN, "Cinema", *(f"{role}".title() for role in Role)}


def strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from chain.from_iterable(map(strings, node.values()))
    elif isinstance(node, list):
        yield from chain.from_iterable(map(strings, node))


def english_in(texts: list[str]) -> list[str]:
    """Sentences, and lone words with a capital, of a text that has no Chinese at all."""
    plain = [(text, ENGLISH_ALLOWED.sub("", text)) for text in texts if not CHINESE.search(text)]
    return [text for text, rest in plain if SENTENCE.search(rest.strip())]


def test_chinese_pages_have_no_english_sentence_and_no_grave_fault(visit):
    """Faults of the pages that no other walk looks at."""
    shopper, member = visit(), visit(size=DESK)
    steps.sign_in(member)
    demos_own = english_of_the_demo()
    found, faults = {}, {}

    for name in walked(shopper, "zh-CN"):
        found[name] = english_in(shopper.page.evaluate(pages.TEXTS))
    for name, path in office_pages(member).items():
        texts = english_in(member.open(path).evaluate(pages.TEXTS))
        found[f"office {name}"] = [text for text in texts if text not in demos_own]
        if name in pages.OFFICE or name in pages.DESK_LINKS:
            faults[name] = grave_faults(member)
        member.shot(f"office-{name}")

    assert {name: texts for name, texts in found.items() if texts} == {}
    assert {name: those for name, those in faults.items() if those} == {}


def test_english_shop_pages_have_no_chinese(visit):
    shopper = visit(size=DESK, language="en-GB")
    found = {}

    for name in walked(shopper, "en-GB"):
        texts = shopper.page.evaluate(pages.TEXTS)
        found[name] = [text for text in texts if CHINESE.search(text)]

    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_search_for_untranslated_words_finds_some():
    assert english_in(["Catalog", "Load codes", "首页", "SKU", "owner@cloud.example"]) == [
        "Catalog",
        "Load codes",
    ]


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE])
def test_a_tap_right_after_a_mistake_is_heard(visit, size):
    page = steps.find_product(visit(size=size), BOUGHT["zh-CN"])
    page.locator("[name=contact]").fill("1380")
    consent = page.locator("[name=consent]")
    consent.scroll_into_view_if_needed()
    before = consent.bounding_box()
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + 2)

    page.mouse.down()
    page.wait_for_timeout(100)
    meanwhile = consent.bounding_box()
    page.mouse.up()

    assert meanwhile == before
    expect(consent).to_be_checked()
    expect(page.locator("#e-contact")).to_have_text("请填写手机号或邮箱。")
