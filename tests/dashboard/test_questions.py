"""Questions about the figures: what each answers, to whom, as a file, and what it refuses."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from analytics.models import Bucket
from analytics.selectors.sums import beginning_of_day, today_of
from analytics.services.counting import make_months
from core.scope import tenant_atomic
from inventory.models import Batch
from tenants.roles import Role
from tests.catalog.factories import make_product
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGE = "/office/questions/"
COST, STOCK, A_DAY = 35_000, 8, 2
LONG = "=SUM(1)" + "长" * 50


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OWNER)


@pytest.fixture
def selling(shop):
    """Eight codes of a SKU that sold two a day for twelve weeks."""
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(STOCK, product=make_product(name=LONG))
        Batch.objects.update(cost_e4=COST)
        make_months(since=now - timedelta(days=90), now=now)
        Bucket.objects.bulk_create(_day(sku, ago, now=now) for ago in range(1, 85))
    return sku


def _day(sku, ago: int, *, now: datetime) -> Bucket:
    at = beginning_of_day(today_of(now=now) - timedelta(days=ago), now=now)
    nowhere = {"supplier_id": 0, "channel": "web", "province": "", "took": -1}
    return Bucket(cut="sku", at=at, sku_id=sku.pk, units=A_DAY, cost_e4=A_DAY * COST, **nowhere)


def page_of(browser, name, **given):
    answer = browser.get(f"{PAGE}{name}/", given)
    return answer.status_code, unescape(answer.content.decode())


def rows_of(browser, name, **given):
    answer = browser.get(f"{PAGE}{name}/csv/", given)
    assert answer.status_code == 200, answer.content
    return [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]


def test_stock_lasts_by_the_forecast_and_what_to_buy_is_told(selling, browser):
    status, page = page_of(browser, "cover", lead="2", cover="10")
    head, row = rows_of(browser, "cover", lead="2", cover="10")

    assert status == 200
    assert "off by 0.0 %" in page
    assert re.findall(r'<td data-name="Stock left"[^>]*>8</td>', page)
    told = dict(zip(head, row, strict=True))
    assert told["SKU"].startswith("'=SUM(1)长")
    assert (told["Stock left"], told["Sold a day"], told["Lasts days"]) == ("8", "2.0", "4.0")
    assert (told["To buy"], told["Would cost"], told["Off a week"]) == ("16", "56.00", "0.0")
    with tenant_atomic():
        today = today_of(now=timezone.now())
    assert told["Order by"] == f"{today + timedelta(days=2)}"


def test_what_ends_unsold_is_told_in_money(selling, browser):
    with tenant_atomic():
        last = today_of(now=timezone.now()) + timedelta(days=1)
        make_codes(selling, STOCK, expires_on=last)
        Batch.objects.update(cost_e4=COST)

    head, row = rows_of(browser, "expiry", days="30")
    _status, page = page_of(browser, "expiry", days="1")

    told = dict(zip(head, row, strict=True))
    assert (told["Ends on"], told["Codes that end"]) == (f"{last}", "8")
    assert (told["Will be left"], told["Will be lost"]) == ("4", "14.00")
    assert "No code ends within these days." in page


def test_cost_is_for_who_may_see_cost(selling, shop):
    viewer = browser_of(shop, Role.VIEWER)

    head, row = rows_of(viewer, "cover")
    _status, page = page_of(viewer, "cover")

    assert dict(zip(head, row, strict=True))["Would cost"] == ""
    assert "¥" not in page


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("cover", {"lead": "-1"}, "from 0 to 180"),
        ("cover", {"cover": "9" * 40}, "from 1 to 365"),
        ("cover", {"cover": "1.5"}, "from 1 to 365"),
        ("expiry", {"days": "10000"}, "from 1 to 3,650"),
        ("expiry", {"days": "zehn"}, "from 1 to 3,650"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(browser, name, given, said):
    status, page = page_of(browser, name, **given)

    assert status == 422
    assert said in page
    ((typed),) = given.values()
    assert f'value="{typed}"' in page


@pytest.mark.parametrize("name", ["cover", "expiry", "suppliers", "retention"])
def test_an_empty_shop_is_told_what_will_stand_here(browser, name):
    status, page = page_of(browser, name)

    assert status == 200
    assert "ere will stand" in page


def test_questions_are_offered_and_others_are_not_there(browser):
    page = browser.get(PAGE).content.decode()

    assert f'href="{PAGE}cover/"' in page
    assert browser.get(f"{PAGE}nothing/").status_code == 404
