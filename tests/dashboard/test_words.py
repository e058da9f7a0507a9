"""What lists and pages of the office say is people's words, in the reader's language."""

import re

import pytest
from django.utils.translation import override

from core.scope import tenant_atomic
from dashboard.casework import fact_words
from dashboard.words import evidence_words, reason_words
from fulfillment import services as fulfillment
from fulfillment.selectors import units_of
from tenants.models import User
from tests.catalog.factories import make_sku, make_template
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
QUESTIONS = (
    {"key": "qq", "kind": "qq", "label": "充值 QQ", "label_en": "QQ to top up"},
    {"key": "mail", "kind": "email", "label": "邮箱", "label_en": "Mail"},
)


def cells(browser, path: str, name: str) -> list[str]:
    """The texts of a list's column."""
    page = browser.get(f"/office/{path}").content.decode()
    found = re.findall(rf'<t[dh] class="[^"]*field-{name}[^"]*"[^>]*>(.*?)</t[dh]>', page, re.S)
    return [re.sub(r"<[^>]+>", " ", cell).strip() for cell in found]


def test_a_batchs_own_reason_is_no_word_for_people(shop):
    browser = browser_of(shop, "owner")
    with tenant_atomic():
        make_codes(stocked_sku(1), 1)

    reasons = cells(browser, "tenants/auditrow/", "why")

    assert set(reasons) == {"-"}


def test_orders_are_filtered_by_their_channel_in_words(shop):
    with tenant_atomic():
        paid(stocked_sku(1))
        paid(stocked_sku(1), channel="mini")
    browser = browser_of(shop, "viewer")

    found = cells(browser, "orders/order/?channel=mini", "channel_word")
    page = browser.get("/office/orders/order/").content.decode()

    assert found == ["mini program"]
    assert re.search(r'href="\?channel=api"[^>]*>\s*partner platform\s*<', page)


def test_orders_say_where_they_come_from_and_who_was_paid(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))
        fulfillment.open_units(order_id=order.pk, now=NOON)
    browser = browser_of(shop, "viewer")

    channels = cells(browser, "orders/order/", "channel_word")
    states = cells(browser, "orders/order/", "state_word")
    page = browser.get(f"/office/orders/{order.pk}/").content.decode()

    assert (channels, states) == (["web shop"], ["Completed"])
    assert "<dt>Sandbox QR payment</dt>" in page


@pytest.mark.parametrize(
    ("language", "asked"), [("en", "QQ to top up, Mail"), ("zh-hans", "充值 QQ、邮箱")]
)
def test_buyer_forms_tell_their_questions_in_the_readers_language(shop, language, asked):
    with tenant_atomic():
        make_template(*QUESTIONS)
    browser = browser_of(shop, "viewer")
    User.objects.update(language=language)

    assert cells(browser, "catalog/buyertemplate/", "asked") == [asked]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_moments_in_lists_are_written_alike(shop, language):
    with tenant_atomic():
        open_case(paid(stocked_sku(1)))
    browser = browser_of(shop, "owner")
    User.objects.update(language=language)

    moments = [
        *cells(browser, "orders/case/", "opened_at"),
        *cells(browser, "inventory/batch/", "made_at"),
        *cells(browser, "tenants/member/", "joined"),
    ]

    assert [re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", one) is not None for one in moments] == [
        True, True, True
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("catalog/product", "Products"),
        ("orders/order", "Orders"),
        ("tenants/auditrow", "Audit log"),
    ],
)
def test_a_list_is_titled_by_what_it_lists(shop, path, title):
    page = browser_of(shop, "owner").get(f"/office/{path}/").content.decode()

    assert re.search(rf"<title>\s*{title} \| Cloud\s*</title>", page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_only_reads_a_product_reads_its_prices_and_formats_under_their_names(shop, language):
    with tenant_atomic():
        sku = make_sku(
            price_e4=158_000, code_format={"secret": {"pattern": "[A-Z]{4}", "min": 4, "max": 4}}
        )
    browser = browser_of(shop, "viewer")
    User.objects.update(language=language)
    labels = {"en": ("Price", "Pattern of a code"), "zh-hans": ("售价", "卡密格式")}

    page = browser.get(f"/office/catalog/product/{sku.product_id}/change/").content.decode()

    texts = [text.strip() for text in re.sub(r"<[^>]+>", "\n", page).split("\n") if text.strip()]
    read = {label: texts[texts.index(label) + 1] for label in labels[language]}
    assert list(read.values()) == ["15.80", "[A-Z]{4}"]
    assert not {"Upload", "Secret pattern", "Card no min"} & set(texts)


@pytest.mark.parametrize(("language", "label"), [("en", "QQ to top up"), ("zh-hans", "充值 QQ")])
def test_what_a_buyer_gave_stands_under_its_fields_names(shop, language, label):
    with tenant_atomic():
        sku = make_sku(kind="by_hand", buyer_template=make_template(QUESTIONS[0]))
        order = paid(sku, buyer_fields={"qq": "123456789"})
        fulfillment.open_units(order_id=order.pk, now=NOON)
        unit = units_of(order_id=order.pk).get()
    browser = browser_of(shop, "owner")
    User.objects.update(language=language)

    order_page = browser.get(f"/office/orders/{order.pk}/").content.decode()
    deliver = browser.get(f"/office/orders/{order.pk}/units/{unit.pk}/").content.decode()

    assert f'<span class="qy-quiet">{label}: ' in order_page
    assert f'<dt>{label}</dt><dd class="qy-mono">123456789</dd>' in deliver


@pytest.mark.parametrize(
    ("state", "words"),
    [("shown", "商品: 买家已查看"), ("delivered", "商品: 已发货"), ("?", "商品: ?")],
)
def test_evidence_is_told_in_words(state, words):
    with override("zh-hans"):
        assert evidence_words({"thing": "unit", "state": state}) == words


@pytest.mark.parametrize(("language", "head"), [("en", "Joined at"), ("zh-hans", "加入时间")])
def test_the_column_of_a_members_first_day_has_its_name(shop, language, head):
    browser = browser_of(shop, "owner")
    User.objects.update(language=language)

    page = browser.get("/office/tenants/member/").content.decode()

    assert head in {text.strip() for text in re.sub(r"<[^>]+>", "\n", page).split("\n")}


def test_the_hint_at_a_picture_names_what_is_taken(shop):
    browser = browser_of(shop, "owner")

    pages = [
        browser.get(path).content.decode()
        for path in ("/office/catalog/product/add/", "/office/settings/")
    ]

    assert ["PNG, JPEG, WebP or GIF, up to" in page for page in pages] == [True, True]


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [("ip_province", "北京", "Beijing"), ("phone_carrier", "移动", "China Mobile")],
)
def test_where_somebody_was_is_told_in_the_readers_language(fact, value, said):
    with override("en"):
        assert fact_words(fact, value) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [("released", "-"), ("allowed", "-"), ("nobody_decided", "Nobody decided in time.")],
)
def test_the_reason_of_a_held_orders_end_is_no_name_in_our_code(reason, said):
    with override("en"):
        assert reason_words(reason) == said
