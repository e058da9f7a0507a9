"""What an audit entry is about is told in words, with the way there."""

import re

import pytest
from django.utils import timezone

from catalog import services as catalog
from catalog.models import Category
from core.actors import SYSTEM
from core.scope import tenant_atomic
from dashboard.action_words import ACTIONS
from dashboard.targets import _READERS
from fulfillment import services as fulfillment
from inventory import services as inventory
from inventory.models import Batch
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Notice, Refund
from payments.states import Outcome
from tenants import audit
from tenants import services as tenants
from tenants.models import AuditRow
from tests.catalog.factories import make_product, make_sku
from tests.channels.factories import make_endpoint, make_partner
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes, make_content
from tests.orders.factories import paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
CELL = re.compile(r'<td class="[^"]*field-about[^"]*"[^>]*>(.*?)</td>', re.S)
LINK = re.compile(r'href="([^"]*)"')
LIST = "/office/tenants/auditrow/"


def told(browser, action: str) -> list[tuple[str, str]]:
    """(words, link) of each entry of the action, the newest first."""
    cells = CELL.findall(browser.get(LIST, {"action": action}).content.decode())
    words = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return [(text, "".join(LINK.findall(cell))) for text, cell in zip(words, cells, strict=True)]


@pytest.fixture
def goods(shop):
    with tenant_atomic():
        return make_sku(product=make_product(name="Video"), name="Month")


def test_a_batch_is_named_with_its_goods(shop, goods):
    with tenant_atomic():
        make_codes(goods, 1)
        batch = Batch.objects.get()

    assert told(browser_of(shop, "owner"), "batch.open") == [
        (f"Batch {batch.ref} · Video · Month", f"/office/batches/{batch.pk}/")
    ]


def test_a_code_is_named_by_its_goods_and_not_by_its_text(shop, goods):
    with tenant_atomic():
        code = make_codes(goods, 1)[0]
    inventory.reveal(code_id=code.pk, by=SYSTEM, reason="asked", now=NOON)

    assert told(browser_of(shop, "owner"), "code.reveal") == [
        ("A code of Video · Month", f"/office/codes/{code.pk}/")
    ]


def test_orders_and_refunds_are_named_by_the_orders_number(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))
        fulfillment.open_units(order_id=order.pk, now=NOON)
        fulfillment.refund_units(
            order_id=order.pk, unit_ids=None, reason="bad", by=SYSTEM, now=NOON
        )
        payments.retry_refund(refund_id=Refund.objects.get().pk, by=SYSTEM, now=NOON)
    browser = browser_of(shop, "finance")
    link = f"/office/orders/{order.pk}/"

    assert told(browser, "order.refunded") == [(f"Order {order.number}", link)]
    assert told(browser, "refund.retried") == [(f"Refund of order {order.number}", link)]


def test_what_is_in_the_catalog_is_named_by_its_name(shop, goods):
    product = goods.product
    with tenant_atomic():
        given = {"name": "Music"}
        category = catalog.save_category(given=given, by=SYSTEM, now=NOON)
        catalog.change_sku(sku_id=goods.pk, given={"price_e4": 10_000}, by=SYSTEM, now=NOON)
        catalog.change_product(product_id=product.pk, given={}, by=SYSTEM, now=NOON)
    browser = browser_of(shop, "owner")
    link = f"/office/catalog/product/{product.pk}/change/"

    assert told(browser, "catalog.saved") == [
        ("Music", f"/office/catalog/category/{category.pk}/change/")
    ]
    assert told(browser, "sku.changed") == [("Video · Month", link)]
    assert told(browser, "product.changed") == [("Video", link)]


@pytest.mark.parametrize(
    ("action", "target", "words"),
    [("batch.open", "batch:GONE", "GONE"), ("code.reveal", "code:999999999", "999999999")],
)
def test_what_is_gone_is_named_without_our_mark(shop, action, target, words):
    with tenant_atomic():
        audit.record(by=SYSTEM, action=action, target=target, now=NOON)

    assert told(browser_of(shop, "owner"), action) == [(words, "")]


def test_what_was_deleted_keeps_its_name(shop):
    with tenant_atomic():
        catalog.save_category(given={"name": "Music"}, by=SYSTEM, now=NOON)
        Category.objects.all().delete()

    assert told(browser_of(shop, "owner"), "catalog.saved") == [("Music", "")]


def test_people_and_settings_are_named(shop):
    browser = browser_of(shop, "owner")
    now = timezone.now()
    with tenant_atomic():
        made = tenants.invite(email="new@example.com", role="viewer", by=SYSTEM, now=now)
        tenants.change_member(member_id=made.pk, role="support", is_active=True, by=SYSTEM, now=now)
        given = {"name": "Cloud", "contact": "chat"}
        tenants.change_settings(merchant_id=shop.pk, given=given, by=SYSTEM, now=now)
    link = f"/office/members/{made.pk}/"

    assert told(browser, "member.invited") == [("new@example.com", link)]
    assert told(browser, "member.changed") == [("new@example.com", link)]
    assert told(browser, "settings.changed") == [
        ("Contact for shoppers, Shop name", "/office/settings/")
    ]


def test_content_and_notices_are_named(shop, goods):
    with tenant_atomic():
        make_content(goods)
    refusal = NoticeRefused(Outcome.FORGED)
    payments.keep_refusal(provider="sandbox", body=b"x", refusal=refusal, now=NOON)
    with tenant_atomic():
        payments.handle_notice(notice_id=Notice.objects.get().pk, by=SYSTEM, reason="", now=NOON)
        audit.record(by=SYSTEM, action="notices.handled", target="stale", now=NOON)
    browser = browser_of(shop, "owner")

    assert told(browser, "content.set") == [("Video · Month", "/office/contents/")]
    assert told(browser, "notice.handled") == [("signature wrong", "/office/payments/")]
    assert told(browser, "notices.handled") == [("too old", "/office/payments/")]


def test_late_goods_are_named_by_their_order(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))
        audit.record(by=SYSTEM, action="late.dismissed", target=order.number, now=NOON)

    assert told(browser_of(shop, "owner"), "late.dismissed") == [
        (f"Order {order.number}", f"/office/orders/{order.pk}/")
    ]


def test_an_endpoint_is_named_by_its_partner_and_host(shop):
    with tenant_atomic():
        partner = make_partner(name="Platform")
        hook = make_endpoint(partner, "https://hooks.example/a-key-of-theirs")

    assert told(browser_of(shop, "owner"), "webhook.made") == [
        ("Platform · hooks.example", f"/office/partners/{partner.ref}/webhooks/{hook.ref}/")
    ]


def test_a_link_is_for_who_may_go_there(shop, goods):
    with tenant_atomic():
        make_content(goods)
        tenants.invite(email="new@example.com", role="viewer", by=SYSTEM, now=NOON)
    browser = browser_of(shop, "finance")

    assert told(browser, "content.set") == [("Video · Month", "")]
    assert told(browser, "member.invited") == [("new@example.com", "")]


def test_what_is_not_there_any_more_breaks_nothing(shop):
    targets = ("batch:GONE", "code:999999999", "content:x", "9" * 30, "category 1", "")
    with tenant_atomic():
        for area in sorted({*_READERS, "login", "brand"}):
            for target in targets:
                audit.record(by=SYSTEM, action=f"{area}.tested", target=target, now=NOON)
    browser = browser_of(shop, "owner")

    statuses = {browser.get(LIST, {"p": page}).status_code for page in (1, 2, 3)}

    assert statuses == {200}


def test_every_kind_of_thing_that_is_written_down_can_be_told(shop):
    """An action whose targets are keys needs a reader; names and addresses are words already."""
    words_already = {
        "login",
        "person",
        "category",
        "brand",
        "buyertemplate",
        "recipient",
        "view",
        "visit",
        "sms",
        "segment",
    }

    assert {action.partition(".")[0] for action in ACTIONS} - set(_READERS) == words_already


def test_its_own_page_tells_the_same(shop, goods):
    with tenant_atomic():
        make_codes(goods, 1)
        row, batch = AuditRow.objects.get(action="batch.open"), Batch.objects.get()

    page = browser_of(shop, "owner").get(f"{LIST}{row.pk}/change/").content.decode()

    assert f'href="/office/batches/{batch.pk}/"' in page
    assert "batch:" not in page
