"""Each page opens for who may see it, and for nobody else."""

import pytest
from django.test import Client

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Batch, Code
from orders.models import Case, Order
from tenants.models import User
from tests.conftest import client_of
from tests.dashboard.people import OPS, browser_of, make_user, sign_in
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")

PAGES = {
    "/office/": "home.view",
    "/office/orders/order/": "orders.view",
    "/office/orders/case/": "cases.view",
    "/office/orders/{order}/": "orders.view",
    "/office/cases/{case}/": "cases.view",
    "/office/waiting/": "orders.view",
    "/office/payments/": "money.view",
    "/office/catalog/product/": "catalog.view",
    "/office/catalog/product/add/": "catalog.edit",
    "/office/catalog/product/{product}/change/": "catalog.view",
    "/office/catalog/category/": "catalog.view",
    "/office/catalog/brand/": "catalog.view",
    "/office/catalog/buyertemplate/": "catalog.view",
    "/office/buyer-forms/new/": "catalog.edit",
    "/office/products/table/": "catalog.edit",
    "/office/products/table/csv/": "catalog.view",
    "/office/products/bulk/": "catalog.edit",
    "/office/imports/": "stock.import",
    "/office/inventory/batch/": "stock.view",
    "/office/inventory/code/": "stock.view",
    "/office/contents/": "catalog.edit",
    "/office/batches/{batch}/": "stock.view",
    "/office/codes/{code}/": "stock.view",
    "/office/tenants/member/": "members.view",
    "/office/members/invite/": "members.manage",
    "/office/tenants/auditrow/": "audit.view",
    "/office/settings/": "settings.edit",
    "/office/suppliers/health/": "stock.view",
    "/office/suppliers/attempt/": "stock.view",
    "/office/suppliers/new/": "suppliers.edit",
    "/office/offers/": "stock.view",
}
VIEWER_SEES = {"home.view", "catalog.view", "stock.view", "orders.view", "cases.view"}


@pytest.fixture
def things(shop) -> dict[str, int]:
    """One of each, in the shop."""
    with tenant_atomic():
        sku = stocked_sku(2)
        order = paid(sku)
        fulfillment.open_units(order_id=order.pk, now=NOON)
        open_case(order, unit_id=Unit.objects.get().pk)
        return {
            "order": order.pk,
            "case": Case.objects.get().pk,
            "product": sku.product_id,
            "batch": Batch.objects.get().pk,
            "code": Code.objects.order_by("pk")[0].pk,
        }


@pytest.mark.parametrize("path", PAGES)
def test_an_owner_sees_it(shop, things, path):
    browser = browser_of(shop, "owner")

    answer = browser.get(path.format(**things))

    assert answer.status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_viewer_sees_only_what_viewers_may(shop, things, path):
    browser = browser_of(shop, "viewer")

    answer = browser.get(path.format(**things))

    assert answer.status_code == (200 if PAGES[path] in VIEWER_SEES else 403)


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_it_is_the_login_page(shop, things, path):
    answer = client_of(shop).get(path.format(**things))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/office/login/")


DEEDS = {
    "/office/orders/{order}/refund/": "finance",
    "/office/orders/{order}/link/": "support",
    "/office/cases/{case}/say/": "support",
    "/office/cases/{case}/settle/": "support",
    "/office/batches/{batch}/freeze/": "operator",
    "/office/codes/{code}/reveal/": "operator",
    "/office/products/{product}/unpublish/": "operator",
}


@pytest.mark.parametrize("path", DEEDS)
def test_a_viewer_does_nothing(shop, things, path):
    browser = browser_of(shop, "viewer")

    answer = browser.post(path.format(**things), {"outcome": "rejected"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", DEEDS)
def test_who_may_does(shop, things, path):
    browser = browser_of(shop, DEEDS[path])

    given = {"outcome": "rejected", "text": "hello", "reason": "asked"}
    answer = browser.post(path.format(**things), given)

    assert answer.status_code in {200, 302}


@pytest.mark.parametrize("path", DEEDS)
def test_a_deed_is_never_done_by_a_get(shop, things, path):
    browser = browser_of(shop, "owner")

    assert browser.get(path.format(**things)).status_code == 405


@pytest.mark.parametrize("path", [path for path in PAGES if "{" in path])
def test_what_is_not_there_is_not_found(shop, path):
    browser = browser_of(shop, "owner")
    nothing = dict.fromkeys(("order", "case", "product", "batch", "code"), 999_999)

    answer = browser.get(path.format(**nothing))

    assert answer.status_code == 404


TABLES = (
    "catalog/product", "catalog/category", "catalog/brand", "catalog/buyertemplate",
    "tenants/member", "tenants/auditrow", "orders/order", "orders/case", "inventory/batch",
    "inventory/code",
)  # fmt: skip
NOTHING = ("999999", "9" * 30, "no-number", "1_2")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_unknown_row_of_any_table_is_not_found_in_words(shop, table, language):
    browser = browser_of(shop, "owner")
    User.objects.update(language=language)
    words = {"en": "There is nothing here", "zh-hans": "这里没有您可以查看的内容"}

    answers = [
        browser.get(f"/office/{table}/{thing}/{page}/")
        for thing in NOTHING
        for page in ("change", "history")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all(words[language] in answer.content.decode() for answer in answers)
    assert all('href="/office/"' in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("thing", NOTHING)
@pytest.mark.parametrize("table", ["merchant", "domain", "user"])
def test_an_unknown_row_of_the_platform_is_not_found(db, table, thing):
    browser = Client(headers=OPS)
    sign_in(browser, make_user("ops@example.com", is_operator=True))

    answer = browser.get(f"/office/tenants/{table}/{thing}/change/")

    assert answer.status_code == 404


def test_a_refused_page_changes_nothing(shop, things):
    browser = browser_of(shop, "viewer")

    browser.post(f"/office/orders/{things['order']}/refund/", {"what": "all"})

    with tenant_atomic():
        assert Order.objects.get().state == "completed"


def test_the_link_that_staff_pass_on_is_the_shops_own_address(shop, things, settings):
    settings.PUBLIC_PORT = "8020"
    browser = browser_of(shop, "support")
    with tenant_atomic():
        token = Order.objects.get().token

    page = browser.post(f"/office/orders/{things['order']}/link/")

    assert page.context["link"] == f"http://cloud.localhost:8020/o/{token}/"


def test_the_platform_is_closed_to_everybody_without_a_login(db):
    answer = Client(headers={"host": "ops.localhost"}).get("/office/shops/new/")

    assert answer.status_code == 302


@pytest.mark.parametrize(
    "asked",
    [
        "orders/order/?token__startswith=a",
        "orders/order/?items__unit_price_e4__gte=1",
        "inventory/batch/?cost_e4__gte=1",
        "inventory/code/?sku_id=1",
        "tenants/member/?user__password__startswith=a",
    ],
)
def test_a_list_tells_nothing_of_a_column_that_is_no_filter_of_its(shop, asked):
    answer = browser_of(shop, "owner").get(f"/office/{asked}")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "orders/order/?state__exact=held",
        "catalog/product/?category__id__exact=1&brand__id__exact=1",
        "tenants/auditrow/?action=login.done",
    ],
)
def test_a_list_is_asked_by_its_filters(shop, asked):
    answer = browser_of(shop, "owner").get(f"/office/{asked}")

    assert answer.status_code == 200
