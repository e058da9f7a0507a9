"""Lists: how often they ask the database, in which order, and what stands without a script."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import tenant_atomic
from dashboard.admin import counting
from dashboard.admin.base import TenantAdmin
from orders.models import Case
from orders.selectors import items_of_order
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
ZONE = ZoneInfo("Asia/Shanghai")


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


@pytest.mark.parametrize(
    ("made", "said"), [(3, ["3 "]), (4, ["3+ ", "filter or search for what is further down"])]
)
def test_a_long_list_is_counted_so_far_and_says_so(shop, monkeypatch, made, said):
    monkeypatch.setattr(TenantAdmin, "list_per_page", 2)
    monkeypatch.setattr(counting, "MOST", 3)
    with tenant_atomic():
        make_codes(make_sku(), made)
    browser = browser_of(shop, "owner")

    with CaptureQueriesContext(connection) as asked:
        page = browser.get(
            "/office/inventory/code/", headers={"accept-language": "en"}
        ).content.decode()

    counted = [one["sql"] for one in asked if "COUNT(*)" in one["sql"] and "code" in one["sql"]]
    assert all("LIMIT 4" in sql for sql in counted)
    assert counted
    foot = page.rpartition('<div class="py-4">')[2].partition("</div>")[0]
    assert [words for words in said if words not in foot] == []
    assert ("+" in foot) == (made > 3)
    assert "?p=2" in page
    assert "?p=3" not in page
    assert (" results" in page) == (made <= 3)


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


def test_cases_name_what_they_are_about(shop):
    with tenant_atomic():
        case = open_case(paid(stocked_sku(2), 2))
        name = items_of_order(case.order)[0].shown_name

    page = browser_of(shop, "owner").get("/office/orders/case/").content.decode()

    assert f"{name} × 2" in page


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


def test_from_and_to_are_whole_days_by_the_shops_clock(shop):
    inside = [datetime(2026, 1, 5, tzinfo=ZONE), datetime(2026, 1, 6, 23, 59, 59, tzinfo=ZONE)]
    outside = [datetime(2026, 1, 4, 23, 59, tzinfo=ZONE), datetime(2026, 1, 7, tzinfo=ZONE)]
    with tenant_atomic():
        sku = stocked_sku(4)
        for at in (*inside, *outside):
            placed(sku, now=at)
    span = "?placed_at_from=2026-01-05&placed_at_to=2026-01-06"

    found = browser_of(shop, "owner").get(f"/office/orders/order/{span}").context_data["cl"]

    assert sorted(order.placed_at for order in found.result_list) == inside


def test_a_day_that_is_none_narrows_nothing(shop):
    make_rows()
    span = "?placed_at_from=2026-02-30&placed_at_to=9999-12-31"

    page = browser_of(shop, "owner").get(f"/office/orders/order/{span}")

    assert (page.status_code, page.context_data["cl"].result_count) == (200, 1)
