"""From paid to delivered by a supplier that answers in 200 ms: what we add to it, at 30 orders a
second, and how many orders a second go through at the most."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.db import connections

from bench.report import Report
from bench.servers import running
from bench.simulated import simulators
from bench.upstream_goods import Road, UpstreamGoods, Wish, buy, make_upstream_goods, play

ANSWERS_IN_MS = 200
RATE, SECONDS, WARM_UP = 30, 30, 90  # orders a second, for so long; orders before anything counts
FLOOD, BUYERS = 900, 6
PATIENCE = 120.0
# Its answer to the order is the goods: one call.
DONE_AT_ONCE = Road(
    protocol="iqiyi",
    path="/iqiyi",
    product="2000",
    played_kind="direct",
    kind="top_up",
    price_e4=98_700,
    unit_e4=98_700,
)
# What we added: paid to delivered, without the time that the supplier took.
_ADDED = """
    SELECT extract(epoch FROM u.delivered_at - o.paid_at) * 1000
           - (SELECT sum(c.took_ms) FROM suppliers_call c
               WHERE c.tenant_id = u.tenant_id AND c.attempt_id = u.attempt_id)
      FROM fulfillment_unit u
      JOIN orders_order o ON o.tenant_id = u.tenant_id AND o.id = u.order_id
     WHERE u.tenant_id = %s AND u.order_id = ANY(%s) AND u.state = 'delivered'
"""


def run(report: Report) -> None:
    with TemporaryDirectory() as folder, simulators(Path(folder)) as played:
        play(played.desk, (DONE_AT_ONCE,), latency_ms=ANSWERS_IN_MS)
        goods = make_upstream_goods(played, (DONE_AT_ONCE,))
        with running("web", "upstream", "sweeper"):
            wait_delivered(goods, feed(goods, WARM_UP, rate=RATE).orders)
            steady = feed(goods, RATE * SECONDS, rate=RATE)
            wait_delivered(goods, steady.orders)
            flood = feed(goods, FLOOD, rate=None)
            ended = wait_delivered(goods, flood.orders)
    added = _added(goods, steady.orders)
    cuts = statistics.quantiles(added, n=100)
    said = f"beside the supplier's {ANSWERS_IN_MS} ms, at {RATE} orders/s"
    report.add("upstream_p50_ms", cuts[49], "ms", said)
    report.add("upstream_p99_ms", cuts[98], "ms", said)
    rate = FLOOD / (ended - flood.began)
    report.add("upstream_per_second", rate, "orders/s", f"{FLOOD} orders, form to goods")


@dataclass(frozen=True, slots=True)
class Fed:
    began: float
    orders: list[int]


def feed(goods: UpstreamGoods, count: int, *, rate: int | None) -> Fed:
    """So many orders, paid, on each road in its turn; `rate` a second, or as fast as they go."""
    run_key, orders, began = uuid4().hex[:8], [0] * count, time.monotonic()

    def lane(number: int) -> None:
        for each in range(number, count, BUYERS):
            if rate is not None:
                time.sleep(max(0.0, began + each / rate - time.monotonic()))
            wish = Wish(
                key=f"{run_key} {each}", road=each % len(goods.roads), phone=f"139{each:08d}"
            )
            orders[each] = buy(goods, wish)
        connections.close_all()

    _together(lane)
    return Fed(began, orders)


def _together(lane: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=lane, args=(number,)) for number in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_delivered(goods: UpstreamGoods, orders: list[int]) -> float:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if len(_added(goods, orders)) == len(orders):
            return time.monotonic()
        time.sleep(0.1)
    raise SystemExit("not everything was delivered in time")


def _added(goods: UpstreamGoods, orders: list[int]) -> list[float]:
    with connections["ops"].cursor() as cursor:
        cursor.execute(_ADDED, [goods.tenant_id, orders])
        return [float(row[0]) for row in cursor.fetchall()]
