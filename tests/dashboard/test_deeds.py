"""What staff do in the office, from the form to the row."""

from contextvars import Context

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from analytics import services as analytics
from analytics.models import Progress
from catalog.models import Product, Sku
from core.scope import bind, tenant_atomic
from dashboard.access import FRESH
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Batch, Code, Content, ImportJob
from orders.models import Order
from payments.models import Refund
from tenants.models import AuditRow, Merchant
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


def delivered(codes: int = 1) -> Order:
    order = paid(stocked_sku(codes))
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


def the_audit() -> list[str]:
    with tenant_atomic():
        rows = AuditRow.objects.exclude(action__startswith="login").order_by("pk")
        return list(rows.values_list("action", flat=True))


def test_a_code_is_shown_with_a_reason_and_written_down(shop):
    with tenant_atomic():
        code = make_codes(make_sku(), 1)[0]
    browser = browser_of(shop, "operator")

    answer = browser.post(f"/office/codes/{code.pk}/reveal/", {"reason": "the buyer asks"})

    assert "SECRET-" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert the_audit()[-1] == "code.reveal"


def test_without_a_reason_no_code_is_shown(shop):
    with tenant_atomic():
        code = make_codes(make_sku(), 1)[0]
    browser = browser_of(shop, "operator")

    answer = browser.post(f"/office/codes/{code.pk}/reveal/", {"reason": " "})

    assert "SECRET-" not in answer.content.decode()
    assert "code.reveal" not in the_audit()


def test_an_old_password_is_asked_again_before_a_code_is_shown(shop):
    with tenant_atomic():
        code = make_codes(make_sku(), 1)[0]
    browser = browser_of(shop, "operator")

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.post(f"/office/codes/{code.pk}/reveal/", {"reason": "the buyer asks"})

    assert answer["Location"] == f"/office/reauthenticate/?next=/office/codes/{code.pk}/"


def test_lists_and_pages_show_no_code_in_the_clear(shop):
    with tenant_atomic():
        order = delivered(2)
        code = Code.objects.order_by("pk")[0]
    browser = browser_of(shop, "owner")
    pages = ("/office/inventory/code/", f"/office/codes/{code.pk}/", f"/office/orders/{order.pk}/")

    texts = [browser.get(path).content.decode() for path in pages]

    assert [text.count("SECRET-") for text in texts] == [0, 0, 0]


def test_an_order_is_found_by_number_phone_tail_and_whole_code(shop):
    with tenant_atomic():
        order = delivered()
        secret = fulfillment.goods_of_order(order_id=order.pk)[0].secret.reveal()
        paid(stocked_sku(1), contact_phone="139 0000 1111")
    browser = browser_of(shop, "viewer")

    found = [
        browser.get("/office/orders/order/", {"q": text}).context["cl"].result_count
        for text in (order.number, "8000", secret, secret[:-1])
    ]

    assert found == [1, 1, 1, 0]


def test_a_refund_of_what_is_left_is_promised_once(shop):
    with tenant_atomic():
        order = delivered()
    browser = browser_of(shop, "finance")

    for _unused in range(2):
        browser.post(f"/office/orders/{order.pk}/refund/", {"what": "all", "reason": "bad"})

    with tenant_atomic():
        assert Refund.objects.count() == 1


@pytest.mark.parametrize("way", ["orders/{order}/refund/", "cases/{case}/settle/"])
def test_an_old_password_is_asked_again_before_money_goes_back(shop, way):
    with tenant_atomic():
        order = delivered()
        case = open_case(order, unit_id=Unit.objects.get().pk)
    browser = browser_of(shop, "finance")
    path = way.format(order=order.pk, case=case.pk)

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.post(f"/office/{path}", {"what": "all", "outcome": "refunded"})

    thing = f"/office/{path.rsplit('/', 2)[0]}/"
    assert answer["Location"] == f"/office/reauthenticate/?next={thing}"
    with tenant_atomic():
        assert Refund.objects.count() == 0


def test_ticking_nothing_refunds_nothing(shop):
    with tenant_atomic():
        order = delivered()
    browser = browser_of(shop, "finance")

    browser.post(f"/office/orders/{order.pk}/refund/", {"what": "some"})

    with tenant_atomic():
        assert Refund.objects.count() == 0


def test_a_bad_code_is_replaced_from_the_order_page(shop):
    with tenant_atomic():
        order = delivered(2)
        unit = Unit.objects.get()
    browser = browser_of(shop, "support")

    browser.post(f"/office/orders/{order.pk}/units/{unit.pk}/replace/", {"reason": "used"})

    with tenant_atomic():
        states = list(Unit.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["replaced", "delivered"]


def test_a_large_batch_is_frozen_only_by_who_types_its_number(shop):
    with tenant_atomic():
        make_codes(make_sku(), 101)
        batch = Batch.objects.get()
    browser = browser_of(shop, "operator")
    path = f"/office/batches/{batch.pk}/freeze/"

    browser.post(path, {"reason": "supplier says so"})
    with tenant_atomic():
        before = Batch.objects.get().state
    browser.post(path, {"reason": "supplier says so", "typed": batch.ref})

    with tenant_atomic():
        assert (before, Batch.objects.get().state) == ("open", "frozen")


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_file_goes_through_the_wizard(shop):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")
    lines = ["卡号,卡密,有效期", "A1,SECRET-0001,2099-12-31", "A2,SECRET-0002,2099-12-31",
             "A1,SECRET-0001,2099-12-31", "A3,SECRET-0003,2020-01-01"]  # fmt: skip
    file = SimpleUploadedFile("codes.csv", "\r\n".join(lines).encode("gb18030"))

    opened = browser.post("/office/imports/", {"sku": sku.pk, "file": file})
    page = browser.get(opened["Location"])
    columns = {f"column{at}": str(chosen) for at, _name, chosen in page.context["columns"]}
    browser.post(
        f"{opened['Location']}choose/",
        {"width": 3, "delimiter": ",", "has_header": "on", "then": "check", **columns},
    )
    report = browser.get(opened["Location"])
    browser.post(f"{opened['Location']}start/")
    with tenant_atomic():
        job = ImportJob.objects.get()

    assert "SECRET-0001" not in page.content.decode()
    assert report.context["counts"]["valid"] == 2
    assert report.context["counts"]["duplicate_in_file"] == 1
    assert report.context["counts"]["expired"] == 1
    assert (job.state, job.encoding) == ("running", "gb18030")
    refused = browser.get(f"{opened['Location']}refused.csv")
    assert b"SECRET-0001" not in refused.getvalue()


def test_an_empty_form_and_a_spreadsheet_bomb_are_told_at_the_field(shop):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")

    empty = browser.post("/office/imports/", {"sku": sku.pk})
    broken = browser.post(
        "/office/imports/",
        {"sku": sku.pk, "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 not a workbook")},
    )

    assert empty.context["form"].errors.keys() == {"file"}
    assert broken.context["form"].errors.keys() == {"file"}
    with tenant_atomic():
        assert ImportJob.objects.count() == 0


def product_form(**fields: object) -> dict[str, object]:
    blank = dict.fromkeys(
        (
            "name_en", "aliases", "summary", "summary_en", "what_arrives", "what_arrives_en",
            "where_works", "where_works_en", "refund_rule", "refund_rule_en", "how_to_use",
            "how_to_use_en", "redeem_url", "body", "body_en",
        ),
        "",
    )  # fmt: skip
    sku = {
        "name": "Month", "name_en": "", "kind": "stock_code", "promise": "instant",
        "buyer_template": "", "duration_days": "31", "min_days_left": "0", "slow_hours": "0",
        "most_per_order": "10", "most_per_buyer": "0", "hold_cap_per_buyer": "10",
        "position": "1", "is_on_sale": "on",
        "price": "15.80", "list_price": "30.00", "cost_hint": "", "face_value": "",
        "secret_pattern": "", "secret_min": "", "secret_max": "", "card_no_pattern": "",
        "card_no_min": "", "card_no_max": "",
    }  # fmt: skip
    return {
        **blank,
        "position": "1",
        "skus-TOTAL_FORMS": "1",
        "skus-INITIAL_FORMS": "0",
        **{f"skus-0-{name}": value for name, value in sku.items()},
        **fields,
    }


def test_a_product_is_made_with_its_sku_in_one_form(shop):
    with tenant_atomic():
        brand, category = make_brand(), make_category()
    browser = browser_of(shop, "operator")

    form = product_form(name="Video", brand=brand.pk, category=category.pk)
    answer = browser.post("/office/catalog/product/add/", form)

    assert answer.status_code == 302
    with tenant_atomic():
        sku = Sku.objects.select_related("product").get()
    assert (sku.product.name, sku.price_e4, sku.product.state) == ("Video", 158_000, "draft")


def test_a_form_that_claims_a_hundred_thousand_skus_is_refused_and_stays_small(shop):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")
    form = product_form(
        name="Video", brand=sku.product.brand_id, category=sku.product.category_id
    ) | {"skus-TOTAL_FORMS": "99999"}

    answer = browser.post(f"/office/catalog/product/{sku.product_id}/change/", form)

    assert answer.status_code == 422
    assert answer.content.count(b'name="skus-') < 61 * 40
    with tenant_atomic():
        assert Sku.objects.get().pk == sku.pk


def test_a_product_and_its_price_are_changed_in_the_same_form(shop):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")
    form = product_form(
        name="New name", brand=sku.product.brand_id, category=sku.product.category_id
    ) | {"skus-INITIAL_FORMS": "1", "skus-0-id": sku.pk, "skus-0-product": sku.product_id}

    answer = browser.post(f"/office/catalog/product/{sku.product_id}/change/", form)

    assert answer.status_code == 302
    with tenant_atomic():
        sku = Sku.objects.select_related("product").get()
    assert (sku.product.name, sku.name, sku.price_e4) == ("New name", "Month", 158_000)


def test_the_formats_of_card_number_and_code_are_set_and_shown_again(shop):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")
    path = f"/office/catalog/product/{sku.product_id}/change/"
    form = product_form(
        name="Card", brand=sku.product.brand_id, category=sku.product.category_id
    ) | {"skus-INITIAL_FORMS": "1", "skus-0-id": sku.pk, "skus-0-product": sku.product_id}
    formats = {
        "skus-0-secret_pattern": "[0-9]{18}", "skus-0-secret_min": "18",
        "skus-0-card_no_pattern": "SZ[0-9]{15}", "skus-0-card_no_max": "17",
    }  # fmt: skip

    browser.post(path, form | formats)

    with tenant_atomic():
        assert Sku.objects.get().code_format == {
            "secret": {"pattern": "[0-9]{18}", "min": 18, "max": 200},
            "card_no": {"pattern": "SZ[0-9]{15}", "min": 1, "max": 17},
        }
    assert "SZ[0-9]{15}" in browser.get(path).content.decode()
    browser.post(path, form)
    with tenant_atomic():
        assert Sku.objects.get().code_format == {}


@pytest.mark.parametrize("price", ["0", "1,5", "1e9", "１２"])
def test_a_refused_form_makes_nothing_and_keeps_what_was_typed(shop, price):
    with tenant_atomic():
        brand, category = make_brand(), make_category()
    browser = browser_of(shop, "operator")
    form = product_form(name="Video", brand=brand.pk, category=category.pk)

    answer = browser.post("/office/catalog/product/add/", {**form, "skus-0-price": price})

    assert answer.status_code == 422
    assert "Video" in answer.content.decode()
    assert f'value="{price}"' in answer.content.decode()
    with tenant_atomic():
        assert (Product.objects.count(), Sku.objects.count()) == (0, 0)


def test_a_name_that_is_taken_is_told_and_not_a_broken_page(shop):
    with tenant_atomic():
        make_category(name="Video")
    browser = browser_of(shop, "operator")

    answer = browser.post(
        "/office/catalog/category/add/", {"name": "Video", "name_en": "", "icon": "", "position": 1}
    )

    assert answer.status_code == 422
    assert answer.context["errors"]


def test_shared_content_is_set_sealed_and_not_shown_again(shop):
    with tenant_atomic():
        sku = make_sku(kind="reusable")
    browser = browser_of(shop, "operator")

    browser.post(f"/office/contents/{sku.pk}/", {"kind": "text", "body": "Group 12345"})

    with tenant_atomic():
        content = Content.objects.get()
    assert b"12345" not in bytes(content.body)
    assert "12345" not in browser.get("/office/contents/").content.decode()


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/office/orders/order/", {"q": "a\0b"}),
        ("/office/inventory/code/", {"q": "\0"}),
        ("/office/orders/order/", {"state__exact": "\0"}),
    ],
)
def test_a_nul_is_a_bad_request_and_not_a_broken_page(shop, path, given):
    assert browser_of(shop, "owner").get(path, given).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/office/products/bulk/?ids=99999999999999999999999,-1,x",
        "/office/orders/order/?p=999999",
        "/office/imports/?sku=99999999999999999999999",
    ],
)
def test_numbers_out_of_reach_break_nothing(shop, path):
    assert browser_of(shop, "owner").get(path, follow=True).status_code == 200


def test_settings_change_what_shoppers_see(shop):
    browser = browser_of(shop, "owner")
    look = {
        "what": "look", "brand": "#112233", "brand_ink": "#ffffff", "hero_from": "#112233",
        "hero_to": "#445566", "radius": "8",
    }  # fmt: skip

    browser.post("/office/settings/", look)

    assert Merchant.objects.get(pk=shop.pk).theme["brand"] == "#112233"


def test_the_shops_lines_are_set_in_both_languages(shop):
    browser = browser_of(shop, "owner")
    words = {
        "name": "云", "language": "zh-hans", "legal_name": "云公司", "legal_name_en": "Cloud Ltd.",
        "contact": "客服", "contact_en": "Chat", "licence_line_en": "Licence 1",
    }  # fmt: skip

    browser.post("/office/settings/", words)

    kept = Merchant.objects.get(pk=shop.pk)
    assert (kept.legal_name_en, kept.contact_en) == ("Cloud Ltd.", "Chat")
    assert kept.licence_line_en == "Licence 1"


def test_a_new_time_zone_is_kept_and_the_page_says_that_figures_are_counted_anew(shop):
    browser = browser_of(shop, "owner")
    with tenant_atomic():
        Progress.objects.create()
    words = {"name": "Cloud", "language": "en", "time_zone": "Asia/Tokyo"}

    browser.post("/office/settings/", words)
    refused = browser.post("/office/settings/", words | {"time_zone": "Mars/Base"})
    with tenant_atomic():
        analytics.ask_for_recut(merchant_id=shop.pk, now=NOON)
    page = browser.get("/office/settings/").content.decode()

    assert Merchant.objects.get(pk=shop.pk).time_zone == "Asia/Tokyo"
    assert refused.status_code == 422
    assert "All figures are being counted anew" in page
    assert '<option value="Asia/Tokyo" selected>UTC+09:00 Tokyo</option>' in page


def test_rows_of_another_shop_are_not_there(shop, other_shop):
    browser = browser_of(shop, "owner")
    # The test is bound to one shop: the other one's rows are made in a context of their own.
    ids = Context().run(_things_of, other_shop)

    answers = [
        browser.get(path).status_code
        for path in (
            f"/office/orders/{ids['order']}/",
            f"/office/batches/{ids['batch']}/",
            f"/office/codes/{ids['code']}/",
        )
    ]

    assert answers == [404, 404, 404]


def _things_of(merchant: Merchant) -> dict[str, int]:
    with bind(merchant.pk), tenant_atomic():
        order = delivered()
        batch, code = Batch.objects.get(), Code.objects.get()
        make_product()
    return {"order": order.pk, "batch": batch.pk, "code": code.pk}
