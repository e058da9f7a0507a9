"""From a payment's notice to the code on the order page: real web, worker and sweeper."""

import re
import statistics
import time
from datetime import UTC, datetime

import requests

from bench.goods import Goods, make_goods
from bench.report import Report
from bench.servers import running

ORDERS = 20
PACE = 0.02
PATIENCE = 30.0
_INPUT = re.compile(r'name="(csrfmiddlewaretoken|request_key)" value="([^"]+)"')
_BANK = re.compile(r"/sandbox/pay/[^/\"']+/")


def run(report: Report) -> None:
    goods = make_goods(real=2 * ORDERS)
    with running("web", "worker", "sweeper") as port:
        taken = [_buy(goods, port, number) for number in range(ORDERS)]
    report.add("notice_to_code_ms", statistics.median(taken), "ms", f"median of {ORDERS} orders")


def _buy(goods: Goods, port: int, number: int) -> float:
    """Milliseconds from the notice heard to the first answer that shows the code."""
    base = f"http://127.0.0.1:{port}"
    with requests.Session() as browser:
        browser.headers["Host"] = goods.host
        browser.trust_env = False
        product = f"{base}/p/{goods.product_ref}/"
        form = dict(_INPUT.findall(browser.get(product, timeout=20).text))
        given = {"sku": goods.sku_ref, "quantity": "1", "consent": "1"}
        given["contact"] = f"bench-{number}@example.com"
        placed = browser.post(product, form | given, allow_redirects=False, timeout=20)
        pay = placed.headers["Location"]
        bank = _BANK.search(browser.get(base + pay, timeout=20).text)
        if bank is None:
            raise SystemExit("the pay page shows no way to pay")
        fields = dict(_INPUT.findall(browser.get(base + bank[0], timeout=20).text))
        browser.post(base + bank[0], fields | {"how": ""}, allow_redirects=False, timeout=20)
        token = pay.split("/")[2]
        seen = _code_seen(browser, f"{base}/o/{token}/codes/")
    return (seen - _heard_at(goods, token)).total_seconds() * 1000


def _code_seen(browser: requests.Session, codes: str) -> datetime:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        headers = {"Accept": "application/json", "X-CSRFToken": browser.cookies["qy_csrf"]}
        answer = browser.post(codes, headers=headers, timeout=20)
        if answer.status_code == requests.codes.ok and answer.json()["units"]:
            return datetime.now(tz=UTC)
        time.sleep(PACE)
    raise SystemExit("a paid order showed no code in time")


def _heard_at(goods: Goods, token: str) -> datetime:
    from core.scope import bind, tenant_atomic  # noqa: PLC0415 -- after django.setup()
    from orders.models import Order  # noqa: PLC0415

    with bind(goods.tenant_id), tenant_atomic():
        paid_at = Order.objects.get(token=token).paid_at
    assert paid_at is not None
    return paid_at
