"""The cockpit: what each block tells, to whom, of which days, and as a file."""

import re
from datetime import date, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from analytics import services as analytics
from analytics import words
from core.scope import tenant_atomic
from dashboard.cockpit.blocks import BLOCKS, WALL
from dashboard.cockpit.ranges import last_days
from fulfillment import services as fulfillment
from fulfillment.events import GoodsShown
from inventory.models import Batch
from orders.models import Order
from tenants.roles import Role
from tests.catalog.factories import make_product
from tests.dashboard.people import browser_of
from tests.orders.factories import paid, stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGE = "/office/cockpit/"
COST, COPIES = 35_000, 2
LONG = "=SUM(1)" + "长" * 50
FOR_ALL = {name for name, block in BLOCKS.items() if block.right != "cost.view"}


@pytest.fixture
def sold(shop):
    """One order of two, delivered just now, of goods whose name is long and a formula."""
    now = timezone.now()
    with tenant_atomic():
        product = make_product(name=LONG)
        order = paid(stocked_sku(3, product=product), COPIES, now=now)
        Batch.objects.update(cost_e4=COST)
        fulfillment.open_units(order_id=order.pk, now=now)
    analytics.count_touched(now=now)
    return order


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OWNER)


def told(browser, name, **given):
    answer = browser.get(f"{PAGE}{name}/", given, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_block_tells_of_the_sale(sold, browser):
    page = browser.get(PAGE).content.decode()

    assert [name for name in BLOCKS if f'id="ck-{name}"' not in page] == []
    assert "¥20.00" in told(browser, "headline")["html"]
    assert told(browser, "hot")["chart"]["values"] == [COPIES]
    assert told(browser, "hot")["chart"]["names"][0].startswith(LONG)
    assert sum(told(browser, "daily")["chart"]["series"][0]["values"]) == 20.0
    assert sum(filter(None, told(browser, "curve")["chart"]["series"][0]["values"])) == 20.0
    assert told(browser, "flow")["chart"]["values"] == [COPIES, COPIES, 0, 0]
    assert told(browser, "channels")["chart"]["line"]["values"] == [65.0]
    steps = told(browser, "waterfall")["chart"]["steps"]
    assert [step["value"] for step in steps] == [20.0, 0.0, 20.0, 0.0, -7.0, 0.0, 13.0]
    assert f"/office/orders/{sold.pk}/" in told(browser, "ticker")["html"]
    assert told(browser, "heat", range="30d")["chart"] is None


def test_a_margin_says_what_it_leaves_out(sold, browser):
    known = [told(browser, name)["html"] for name in ("channels", "waterfall")]
    with tenant_atomic():
        Batch.objects.update(cost_e4=0)
        analytics.note_order(GoodsShown(order_id=sold.pk), sheet=None)
    analytics.count_touched(now=timezone.now())

    guessed = [told(browser, name)["html"] for name in ("channels", "waterfall")]

    nothing = "No cost is known of 2 delivered units, for which ¥20.00 was paid"
    assert [nothing in html for html in (*known, *guessed)] == [False, False, True, True]
    assert all("Fees are not known: the margin is before them." in html for html in known)


def test_what_a_figure_counts_is_told_at_its_column_and_beside_its_block(sold, browser):
    page = unescape(browser.get(PAGE).content.decode())

    for metric in (words.GMV, words.MARGIN, words.COVER):
        assert f'title="{metric.meaning}">{metric.title}<' in page
        assert f"<dt>{metric.title}</dt><dd>{metric.meaning}</dd>" in page


def test_a_file_has_plain_numbers_and_no_formula(sold, browser):
    answer = browser.get(f"{PAGE}hot/csv/", {"range": "7d"})

    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head == "SKU,Sold,Paid (GMV),Stock left,Lasts days"
    assert row.startswith("'=SUM(1)长")
    assert row.endswith(",2,20.00,1,")
    assert answer["Content-Disposition"].startswith('attachment; filename="hot-20')


def test_cost_and_margin_are_for_who_may_see_cost(sold, shop):
    viewer = browser_of(shop, Role.VIEWER)

    page = viewer.get(PAGE).content.decode()

    assert {name for name in BLOCKS if f'id="ck-{name}"' in page} == FOR_ALL
    assert "Gross margin</dt>" not in page
    for name in BLOCKS.keys() - FOR_ALL:
        assert viewer.get(f"{PAGE}{name}/").status_code == 403
        assert viewer.get(f"{PAGE}{name}/csv/").status_code == 403


def test_who_serves_buyers_sees_each_order_and_no_turnover(sold, shop):
    support = browser_of(shop, Role.SUPPORT)

    pages = {at: support.get(at).content.decode() for at in (PAGE, f"{PAGE}wall/", "/office/")}

    hidden = {name for name, block in BLOCKS.items() if block.right in {"cost.view", "sales.view"}}
    assert {"headline", "curve", "daily", "hot", "places"} < hidden
    assert not any(f'id="ck-{name}"' in page for name in hidden for page in pages.values())
    assert [support.get(f"{PAGE}{name}/").status_code for name in hidden] == [403] * len(hidden)
    assert 'id="ck-ticker"' in pages[PAGE]
    assert "Paid today" not in pages["/office/"]
    assert "Paid today" in browser_of(shop, Role.VIEWER).get("/office/").content.decode()


def test_the_first_page_has_the_thousands_apart_as_the_cockpit_has(sold, shop, browser):
    with tenant_atomic():
        Order.objects.update(list_e4=22_345_600, total_e4=22_345_600)

    page = browser.get("/office/").content.decode()

    assert re.search(r"<span>Paid today</span><b>¥\d,\d{3}\.\d\d</b>", page)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-02-30", "2026-03-01", "Write a day such as"),
        ("2026-03-01", "", "Write both days"),
        ("2026-03-02", "2026-03-01", "after the last one"),
        ("2016-01-01", "2025-12-31", "At most 366 days at once; these are 3,653."),
        ("2026-01-01", "9999-12-31", "still to come"),
        ("0001-01-01", "0001-01-02", "from 2000 on"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(browser, since, until, said):
    given = {"range": "custom", "since": since, "until": until}

    page = browser.get(PAGE, given)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert "data-block" not in page.content.decode()
    alone = browser.get(f"{PAGE}daily/", given, headers={"accept": "application/json"})
    assert alone.status_code == 422
    assert said in alone.json()["error"]["message"]


def test_a_year_at_once_has_a_place_for_each_day(sold, browser):
    last = timezone.localdate(timezone=ZoneInfo("Asia/Shanghai"))
    given = {"range": "custom", "since": last - timedelta(days=365), "until": last}

    assert len(told(browser, "daily", **given)["chart"]["x"]) == 366


def test_a_shop_without_sales_says_so(browser):
    page = browser.get(PAGE, {"range": "30d"})

    assert page.status_code == 200
    assert "No paid order in this time." in page.content.decode()
    assert "No sale yet." in page.content.decode()


def test_the_wall_shows_its_blocks_and_no_office(sold, browser):
    page = browser.get(f"{PAGE}wall/").content.decode()

    assert [name for name in BLOCKS if f'id="ck-{name}"' in page] == [
        name for name in BLOCKS if name in WALL
    ]
    assert "unfold" not in page


def test_a_block_that_is_none_is_not_there(browser):
    assert browser.get(f"{PAGE}profit/").status_code == 404


def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is():
    with timezone.override("Europe/Berlin"):
        short = last_days("today", today=date(2026, 3, 29))
        long = last_days("today", today=date(2026, 10, 25))

        assert short.until.timestamp() - short.since.timestamp() == 23 * 3600
        assert long.until.timestamp() - long.since.timestamp() == 25 * 3600
