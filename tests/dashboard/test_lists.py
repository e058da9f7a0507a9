"""Lists: how often they ask the database, in which order, and what stands without a script."""

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import tenant_atomic
from dashboard.admin.base import TenantAdmin
from orders.models import Case
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

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


def test_cases_that_wait_come_first_by_their_deadline(shop):
    with tenant_atomic():
        refs = [
            make_case(due_in=1, state="rejected", ended_in=2),
            make_case(due_in=2, state="replaced", ended_in=3),
            make_case(due_in=4),
            make_case(due_in=3, state="waiting_supplier"),
        ]

    listed = browser_of(shop, "owner").get("/office/orders/case/").context["cl"].result_list

    assert [case.ref for case in listed] == refs[::-1]


def make_case(*, due_in: int, state: str = "open", ended_in: int = 0) -> str:
    """Its number; hours from noon."""
    case = open_case(paid(stocked_sku(1)))
    Case.objects.filter(pk=case.pk).update(
        due_at=NOON + timedelta(hours=due_in),
        state=state,
        ended_at=NOON + timedelta(hours=ended_in) if ended_in else None,
    )
    return str(case.ref)


@pytest.mark.parametrize("path", ["orders/order", "inventory/batch", "catalog/product"])
def test_what_a_script_opens_over_a_list_is_not_shown_where_none_runs(shop, path):
    page = browser_of(shop, "owner").get(f"/office/{path}/").content.decode()

    over = {
        tag.split('x-show="')[1].split('"')[0]
        for tag in re.findall(r"<\w+[^>]*>", page)
        if 'x-show="' in tag and re.search(r'class="[^"]*\bfixed\b', tag)
    }

    assert "filterOpen" in over
    assert [name for name in over if not _is_hidden_without_scripts(name)] == []


def _is_hidden_without_scripts(name: str) -> bool:
    """By the office's stylesheet."""
    with open(str(finders.find("dashboard/office.css"))) as file:
        rules = file.read().split("@media (scripting: none) {")[1].split("\n}")[0]
    selectors = re.findall(r'\[x-show(\^?)="(\w+)"\]', rules)
    return any(name.startswith(word) if begins else name == word for begins, word in selectors)
