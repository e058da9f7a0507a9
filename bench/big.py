"""Lists, search and figures in a shop with a year of business: `make bench-big ORDERS=…`.

Server time of each question in this process, the shop's page of orders by Django's own client.
Figures of other sizes than five million carry their size.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connections
from django.test import Client
from django.utils import timezone

from analytics import selectors
from analytics import services as analytics
from analytics.models import Bucket, Touched
from bench.paint import cockpit_first_paint_ms
from bench.report import Report
from bench.year import seed
from bench.year_shop import Year
from core.scope import bind, one_moment, tenant_atomic
from orders.models import Order
from tenants.models import Member, User

FULL = 5_000_000
TIMES = 20
RATE, SECONDS = 300, 20
PASSWORD = uuid4().hex


def run(report: Report) -> None:
    measure(report, report.orders or FULL)


def measure(report: Report, orders: int) -> dict[str, float]:
    """The shop of that size, its figures told; each question's p95 in milliseconds."""
    year = seed(orders)
    size = "" if orders == FULL else f"_{orders}"
    with bind(year.tenant_id):
        if not _is_counted():
            report.add(f"ingest_lag_seconds{size}", _ingest(), "s", f"{RATE} orders/s, with a look")
            report.add(f"analytics_rebuild_seconds{size}", _rebuild(), "s")
        drift = sum(abs(one.found - one.expected) for one in analytics.check(now=timezone.now()))
        report.add(f"analytics_drift_minor{size}", drift / 100, "")
        blocks = _worst(report, f"cockpit_block_p95_ms{size}", _blocks(timezone.now()))
        email = _make_owner()
        pages = _worst(report, f"order_search_p95_ms{size}", _pages(year, email))
    paint = cockpit_first_paint_ms(host=year.host, email=email, password=PASSWORD)
    report.add(f"cockpit_first_paint_ms{size}", paint, "ms", "median, Chromium at 1440 x 900")
    return blocks | pages | {"first paint of the cockpit": paint}


def _worst(report: Report, name: str, asked: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Each question's p95 is printed, the worst of them kept."""
    found = {words: _p95(ask) for words, ask in asked.items()}
    for words, took in found.items():
        print(f"    {words}: {took:.0f} ms", flush=True)  # noqa: T201 -- its voice
    report.add(name, max(found.values()), "ms", max(found, key=found.__getitem__))
    return found


def _p95(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[int(TIMES * 0.95) - 1]


@tenant_atomic
def _is_counted() -> bool:
    return Bucket.objects.exists()


@tenant_atomic
def _touch(first: int) -> None:
    """The next of the newest orders, as if they had just been paid."""
    newest = Order.objects.filter(paid_at__isnull=False).order_by("-placed_at")
    ids = newest.values_list("pk", flat=True)[first : first + RATE]
    Touched.objects.bulk_create(Touched(order_id=order_id) for order_id in ids)


def _ingest() -> float:
    """The oldest that an order was when it stood in the figures: a second until the sweeper looks,
    and the time of the batch."""
    waits = []
    for second in range(SECONDS):
        _touch(second * RATE)
        began = time.perf_counter()
        analytics.count_touched(now=timezone.now())
        waits.append(time.perf_counter() - began)
    return 1 + max(waits[1:])


def _rebuild() -> float:
    began = time.monotonic()
    analytics.rebuild(now=timezone.now())
    took = time.monotonic() - began
    with connections["owner"].cursor() as cursor:
        for table in ("fact", "bucket", "buyerday", "buyer", "cohort", "standing"):
            cursor.execute(f"VACUUM ANALYZE analytics_{table}")
    return took


def _blocks(now: datetime) -> dict[str, Callable[[], object]]:
    today = now.date()
    month: dict[str, Any] = {"since": today - timedelta(days=29), "until": today, "now": now}
    whole: dict[str, Any] = {"since": today - timedelta(days=364), "until": today, "now": now}
    asked: dict[str, Callable[[], object]] = {
        "headline": lambda: selectors.headline(now=now),
        "curves": lambda: selectors.day_curves(now=now),
        "heat map": lambda: selectors.heat_map(now=now),
        "hot sellers, 30 days": lambda: selectors.hot_goods(**month),
        "hot sellers, 12 months": lambda: selectors.hot_goods(**whole),
        "channels, 12 months": lambda: selectors.channel_profit(**whole),
        "provinces, 12 months": lambda: selectors.by_province(**whole),
        "flow, 30 days": lambda: selectors.flow(**month),
        "flow, 12 months": lambda: selectors.flow(**whole),
        "suppliers": lambda: selectors.supplier_board(now=now),
        "stock": lambda: selectors.stock_risk(now=now),
        "newest sales": lambda: selectors.newest_sales(now=now),
        "stock plan": lambda: selectors.stock_plan(lead_days=3, cover_days=14, now=now),
        "ending stock": lambda: selectors.ending_stock(within_days=90, now=now),
        "suppliers compared, 30 days": lambda: selectors.compare_suppliers(**month),
        "suppliers compared, 12 months": lambda: selectors.compare_suppliers(**whole),
        "retention, 12 months": lambda: selectors.cohorts(months=12, today=today),
        "segments": lambda: selectors.segmentation(now=now),
    }
    return {words: _in_scope(ask) for words, ask in asked.items()}


def _in_scope(ask: Callable[[], object]) -> Callable[[], object]:
    def asked() -> object:
        with one_moment():
            return ask()

    return asked


def _pages(year: Year, email: str) -> dict[str, Callable[[], object]]:
    logging.getLogger("request").setLevel(logging.WARNING)  # a line a page would hide the figures
    browser = Client(headers={"host": year.host})
    browser.post("/office/login/", {"login": email, "password": PASSWORD})
    with tenant_atomic():
        some = Order.objects.exclude(phone_tail="").order_by("-placed_at")[100]
    listed, paid = "/office/orders/order/", "/office/orders/order/?state__exact=completed"
    asked = {
        "page of orders": listed,
        "page of completed orders": paid,
        "page 50 of orders": f"{listed}?p=50",
        "by number": f"{listed}?q={some.number}",
        "by phone tail": f"{listed}?q={some.phone_tail}",
        "by code": f"{listed}?q=YEAR-1-000001",
        "page of buyers": "/office/buyers/",
        "buyers of a segment": "/office/buyers/?segment=dear",
        "lost buyers": "/office/buyers/?segment=lost",
        "buyer by phone tail": f"/office/buyers/?q={some.phone_tail}",
    }
    return {words: _page(browser, path) for words, path in asked.items()}


def _page(browser: Client, path: str) -> Callable[[], object]:
    def get() -> None:
        answer = browser.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")

    return get


def _make_owner() -> str:
    user = User(email=f"{uuid4().hex[:8]}@example.com", language="en")
    user.set_password(PASSWORD)
    user.save()
    with tenant_atomic():
        Member.objects.create(user=user, role="owner")
    return user.email
