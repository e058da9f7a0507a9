"""What nothing happens to is told as well: stock that ends, a supplier that goes wrong. And a bell
counts what a person has not read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from core.scope import tenant_atomic
from dashboard import paging, watching
from inventory import services as inventory
from notices.models import Notice
from notices.selectors import words_of
from suppliers import services as suppliers
from suppliers.types import Answer, Outcome
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.inventory.factories import hold_until, make_codes, make_sku
from tests.notices.factories import tell
from tests.suppliers.factories import begun, make_offer, make_supplier
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(databases="__all__")
BELL = "Notices, {} unread"


def told():
    with tenant_atomic(), override("en"):
        return [words_of(one) for one in Notice.objects.order_by("pk")]


def go_wrong(offer, *, unit_id: int) -> None:
    attempt = begun(unit_id=unit_id, offer=offer, now=NOON)
    suppliers.mark_sent(attempt_id=attempt.pk, now=NOON)
    silent = Answer(outcome=Outcome.UNKNOWN)
    suppliers.record(attempt_id=attempt.pk, answer=silent, is_first=True, now=NOON)


def test_stock_that_expires_is_told_a_month_before_and_once_more_a_week_before(shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 3, expires_on=NOON.date() + timedelta(days=20))

    news = [watching.tell_of_shelf(now=NOON + timedelta(days=days)) for days in (0, 1, 15, 16)]

    assert news == [1, 0, 1, 0]
    day = (NOON + timedelta(days=20)).date().isoformat()
    assert told()[0] == f"3 codes of “{sku.product.name} {sku.name}” expire on {day}."


def test_stock_that_runs_out_is_told_once_a_week(shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 16)
        hold_until(sku, NOON, quantity=14)
        inventory.sell(item_id=1, now=MORNING)

    assert [watching.tell_of_shelf(now=NOON + timedelta(hours=hours)) for hours in (0, 1)] == [1, 0]
    goods = f"{sku.product.name} {sku.name}"
    assert told() == [f"“{goods}” runs out: 2 left, 2.0 days at the present pace."]


def test_a_supplier_that_is_given_a_rest_is_told_once_a_day(shop):
    with tenant_atomic():
        offer = make_offer(supplier=make_supplier(name="Acme"))
        for unit_id in range(1, 9):
            go_wrong(offer, unit_id=unit_id)

    assert [watching.tell_of_suppliers(now=NOON) for _twice in range(2)] == [1, 0]
    assert told() == ["Acme goes wrong: it is given a rest, and orders go to other offers."]


def test_what_one_person_has_read_is_new_to_another(shop):
    browser, other = browser_of(shop, Role.OWNER), browser_of(shop, Role.VIEWER)
    with tenant_atomic():
        for key in ("one", "two"):
            tell(key)
        first = Notice.objects.get(key="one")

    answer = browser.get(f"/office/notices/read/{first.pk}/")

    assert answer["Location"] == "/office/held/"
    assert BELL.format(1) in browser.get("/office/").content.decode()
    assert BELL.format(2) in other.get("/office/").content.decode()
    browser.post("/office/notices/read/")
    assert BELL.format(0) in browser.get("/office/notices/").content.decode()


def test_of_a_great_many_only_the_pages_own_are_looked_up(shop, monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 1)
    browser = browser_of(shop, Role.OWNER)
    with tenant_atomic():
        for key in ("one", "two"):
            tell(key)
        newest = Notice.objects.get(key="two")
    browser.get(f"/office/notices/read/{newest.pk}/")

    with CaptureQueriesContext(connection) as asked:
        page = browser.get("/office/notices/").content.decode()

    asked_of = [one["sql"] for one in asked if 'FROM "notices_notice"' in one["sql"]]
    assert all("LIMIT" in sql or "IN (" in sql.rpartition("WHERE")[2] for sql in asked_of), asked_of
    assert 'action="/office/notices/read/"' in page  # the older one is not read yet
