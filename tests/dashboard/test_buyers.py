"""Buyers in the office: listed by segment and condition, found, kept as a segment, and exported."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from analytics import services as analytics
from analytics.models import Buyer, SavedSegment
from analytics.selectors import due_segments
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from tenants.models import AuditRow
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.orders.factories import paid, stocked_sku
from tests.reports.factories import actor, lines_of, made

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGE = "/office/buyers/"
OTHER = "139 0013 9001"


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OWNER)


@pytest.fixture
def buyers(shop):
    """One who bought three times lately, and one who bought once half a year and more ago."""
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(9)
        for ago in (0, 1, 2):
            _buy(sku, now - timedelta(days=ago))
        _buy(sku, now - timedelta(days=200), contact_phone=OTHER)
    analytics.count_touched(now=now)
    with tenant_atomic():
        return sku, Buyer.objects.get(orders=3)


def _buy(sku, at, **given):
    order = paid(sku, now=at, **given)
    fulfillment.open_units(order_id=order.pk, now=at)
    return order


def listed(browser, **given):
    answer = browser.get(PAGE, given)
    return answer.status_code, unescape(answer.content.decode())


def test_buyers_are_listed_the_last_order_first_and_nobody_is_named(buyers, browser):
    status, page = listed(browser)

    assert status == 200
    assert page.index("****8000") < page.index("****9001")
    assert "13800138000" not in page.replace(" ", "")


def test_who_is_looked_for_stands_sealed_in_the_address(buyers, browser):
    answer = browser.post(PAGE, {"q": OTHER})

    assert answer.status_code == 302
    assert "9001" not in answer["Location"]
    page = unescape(browser.get(answer["Location"]).content.decode())
    assert f'value="{OTHER}"' in page
    assert [tail for tail in ("8000", "9001") if f"****{tail}" in page] == ["9001"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"segment": "best"}, "8000"),
        ({"segment": "lost"}, "9001"),
        ({"orders_least": "2"}, "8000"),
        ({"net_most": "10"}, "9001"),
        ({"silent_for": "100"}, "9001"),
        ({"bought_within": "1"}, "8000"),
        ({"q": "9001"}, "9001"),
        ({"q": OTHER}, "9001"),
        ({"channel": "web", "orders_most": "1"}, "9001"),
    ],
)
def test_a_condition_finds_those_who_are_like_it(buyers, browser, given, found):
    _status, page = listed(browser, **given)

    assert [tail for tail in ("8000", "9001") if f"****{tail}" in page] == [found]


def test_what_a_brand_sold_to_whom_is_asked_by_its_goods(buyers, browser):
    sku, _one = buyers
    with tenant_atomic():
        brand = sku.product.brand_id

    assert "****8000" in listed(browser, brand=f"{brand}")[1]
    assert "****8000" not in listed(browser, brand=f"{brand + 1}")[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"orders_least": "-1"}, "from 0 to"),
        ({"bought_within": "0"}, "from 1 to 36,500"),
        ({"net_most": "9" * 30}, "from 0 to"),
        ({"segment": "none"}, "no such segment"),
        ({"brand": "x"}, "no such brand"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_in_words(browser, buyers, given, said):
    status, page = listed(browser, **given)

    assert status == 422
    assert said in page


def test_a_page_that_is_none_begins_at_the_beginning(buyers, browser):
    for before in ("", "x~1", "2026-02-30T00:00:00+00:00~1", "2026-01-01T00:00:00~1"):
        assert listed(browser, before=before)[0] == 200


def test_a_profile_tells_of_orders_and_goods_and_leads_to_them(buyers, browser):
    sku, one = buyers

    page = unescape(browser.get(f"{PAGE}{one.pk}/").content.decode())

    with tenant_atomic():
        assert sku.product.brand.name in page
    assert page.count("/office/orders/") >= 3
    assert "¥30.00" in page
    assert browser.get(f"{PAGE}{one.pk + 999_999_999}/").status_code == 404


def test_a_segment_is_kept_and_counted_in_the_background(buyers, browser):
    browser.post(f"{PAGE}save/", {"name": " Often  here ", "orders_least": "2"})
    ((_tenant, segment_id),) = due_segments(now=timezone.now(), limit=9)

    analytics.count_segment(segment_id=segment_id, now=timezone.now())

    with tenant_atomic():
        saved = SavedSegment.objects.get()
    assert (saved.name, saved.buyers, saved.net_e4) == ("Often here", 1, 300_000)
    assert due_segments(now=timezone.now(), limit=9) == []
    assert "****9001" not in listed(browser, saved=f"{segment_id}")[1]
    browser.post(f"{PAGE}saved/{segment_id}/count/")
    assert due_segments(now=timezone.now(), limit=9) != []
    browser.post(f"{PAGE}saved/{segment_id}/drop/")
    assert listed(browser, saved=f"{segment_id}")[0] == 404
    with tenant_atomic():
        rows = AuditRow.objects.filter(action__startswith="segment.").order_by("pk")
        deeds = list(rows.values_list("action", "target", "by"))
    assert [deed[:2] for deed in deeds] == [
        ("segment.saved", "Often here"), ("segment.dropped", "Often here")
    ]  # fmt: skip
    assert all("owner@example.com" in by for _action, _target, by in deeds)


def test_a_segment_without_a_condition_is_refused(browser, shop):
    answer = browser.post(f"{PAGE}save/", {"name": "All"}, follow=True)

    assert "at least one condition" in answer.content.decode()


def test_a_file_of_buyers_has_those_of_its_list(buyers):
    by, now = actor(), timezone.now()

    (line,) = lines_of(made(by, table="buyers", query="segment=best", now=now), by)

    assert (line["Phone"], line["Segment"], line["Orders"]) == ("****8000", "Best buyers", "3")
    assert line["Net of refunds"] == "30.00"
