"""Lists, search and figures in a shop with a year of business: `make bench-big ORDERS=…`.

Server time of each question in this process, the shop's page of orders by Django's own client.
Figures of other sizes than five million carry their size.
"""

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
    orders = report.orders or FULL
    year = seed(orders)
    size = "" if orders == FULL else f"_{orders}"
    with bind(year.tenant_id):
        if not _is_counted():
            report.add(f"ingest_lag_seconds{size}", _ingest(), "s", f"{RATE} orders/s, with a look")
            report.add(f"analytics_rebuild_seconds{size}", _rebuild(), "s")
        drift = sum(abs(one.found - one.expected) for one in analytics.check(now=timezone.now()))
        report.add(f"analytics_drift_minor{size}", drift / 100, "")
        _worst(report, f"cockpit_block_p95_ms{size}", _blocks(timezone.now()))
        _worst(report, f"order_search_p95_ms{size}", _pages(year))


def _worst(report: Report, name: str, asked: dict[str, Callable[[], object]]) -> None:
    """Each question's p95 is printed, the worst of them kept."""
    found = {words: _p95(ask) for words, ask in asked.items()}
    for words, took in found.items():
        print(f"    {words}: {took:.0f} ms", flush=True)  # noqa: T201 -- its voice
    report.add(name, max(found.values()), "ms", max(found, key=found.__getitem__))


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
        for table in ("fact", "bucket", "buyerday"):
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
    }
    return {words: _in_scope(ask) for words, ask in asked.items()}


def _in_scope(ask: Callable[[], object]) -> Callable[[], object]:
    def asked() -> object:
        with one_moment():
            return ask()

    return asked


def _pages(year: Year) -> dict[str, Callable[[], object]]:
    browser = _signed_in(year)
    with tenant_atomic():
        some = Order.objects.exclude(phone_tail="").order_by("-placed_at")[1000]
    listed, paid = "/office/orders/order/", "/office/orders/order/?state__exact=completed"
    asked = {
        "page of orders": listed,
        "page of completed orders": paid,
        "page 50 of orders": f"{listed}?p=50",
        "by number": f"{listed}?q={some.number}",
        "by phone tail": f"{listed}?q={some.phone_tail}",
        "by code": f"{listed}?q=YEAR-1-000001",
    }
    return {words: _page(browser, path) for words, path in asked.items()}


def _page(browser: Client, path: str) -> Callable[[], object]:
    def get() -> None:
        answer = browser.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")

    return get


def _signed_in(year: Year) -> Client:
    user = User(email=f"{uuid4().hex[:8]}@example.com", language="en")
    user.set_password(PASSWORD)
    user.save()
    with tenant_atomic():
        Member.objects.create(user=user, role="owner")
    browser = Client(headers={"host": year.host})
    browser.post("/office/login/", {"login": user.email, "password": PASSWORD})
    return browser
