"""A list asks the database as often for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import tenant_atomic
from dashboard.admin.base import TenantAdmin
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")


def make_rows() -> None:
    """A product, a batch, a code, an order, a case more."""
    with tenant_atomic():
        open_case(paid(stocked_sku(1)))
        make_codes(make_sku(), 1)


def count_queries(browser, path) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    "path",
    [
        "/office/orders/order/",
        "/office/orders/case/",
        "/office/catalog/product/",
        "/office/inventory/batch/",
        "/office/inventory/code/",
        "/office/tenants/member/",
        "/office/tenants/auditrow/",
    ],
)
def test_three_rows_cost_no_more_than_one(shop, path):
    browser = browser_of(shop, "owner")
    make_rows()
    browser.get(path)  # keys and content types are read once a process
    one = count_queries(browser, path)
    make_rows()
    make_rows()

    three = count_queries(browser, path)

    assert three == one


def test_the_dots_between_far_pages_are_no_link(shop, monkeypatch):
    monkeypatch.setattr(TenantAdmin, "list_per_page", 1)
    with tenant_atomic():
        make_codes(make_sku(), 14)

    page = browser_of(shop, "owner").get("/office/inventory/code/").content.decode()

    assert 'href="?p=14"' in page
    assert "?p=%E2%80%A6" not in page
