"""One supplier is dead, at 20 orders a second: its orders go to the next one, it is left in peace,
and who buys of another supplier notices nothing."""

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connections
from django.utils import timezone

from bench.report import Report
from bench.servers import free_port, running
from bench.simulated import simulators
from bench.upstream import DONE_AT_ONCE, feed, wait_delivered
from bench.upstream_goods import ROADS, UpstreamGoods, make_upstream_goods, play
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from suppliers import services as suppliers
from suppliers.models import Offer, Supplier

ROADS_HERE = (ROADS[1], DONE_AT_ONCE)  # the one that dies, and the one that lives
ANSWERS_IN_MS = 200
RATE, BEFORE, DOWN = 20, 30, 600  # orders a second, seconds
_TAKEN = """
    SELECT extract(epoch FROM u.delivered_at - o.paid_at) * 1000
      FROM fulfillment_unit u
      JOIN orders_order o ON o.tenant_id = u.tenant_id AND o.id = u.order_id
      JOIN orders_item i ON i.tenant_id = u.tenant_id AND i.id = u.item_id
      JOIN catalog_sku s ON s.tenant_id = i.tenant_id AND s.id = i.sku_id
     WHERE u.tenant_id = %s AND u.order_id = ANY(%s) AND s.ref = %s AND u.state = 'delivered'
"""
_CALLS = """
    SELECT count(*) FROM suppliers_call c
      JOIN suppliers_supplier s ON s.tenant_id = c.tenant_id AND s.id = c.supplier_id
     WHERE c.tenant_id = %s AND s.protocol = %s AND c.kind = 'buy' AND c.is_bad
"""


def run(report: Report) -> None:
    with TemporaryDirectory() as folder, simulators(Path(folder)) as played:
        play(played.desk, ROADS_HERE, latency_ms=ANSWERS_IN_MS)
        goods = make_upstream_goods(played, ROADS_HERE)
        _add_a_second_offer(goods)
        with running("web", "upstream", "sweeper"):
            wait_delivered(goods, feed(goods, RATE * 5, rate=RATE).orders)
            well = feed(goods, RATE * BEFORE, rate=RATE).orders
            wait_delivered(goods, well)
            _move_the_first(goods, f"http://127.0.0.1:{free_port()}")
            down = feed(goods, RATE * DOWN, rate=RATE).orders
            wait_delivered(goods, down)
    before, meanwhile = (_p95(goods, orders) for orders in (well, down))
    said = f"p95 {before:.0f} ms before, {meanwhile:.0f} ms meanwhile; {DOWN} s at {RATE} orders/s"
    report.add("upstream_outage_p95_ratio", meanwhile / before, "", said)
    calls = _rows(goods, _CALLS, [goods.tenant_id, ROADS_HERE[0].protocol])[0]
    said = f"of {RATE * DOWN // len(ROADS_HERE)} orders that would have gone there"
    report.add("upstream_outage_calls_to_dead", calls, "calls", said)


def _add_a_second_offer(goods: UpstreamGoods) -> None:
    """What the first supplier does not deliver, the second does."""
    with bind(goods.tenant_id), tenant_atomic():
        first, second = Offer.objects.order_by("pk")
        suppliers.offer(
            supplier_id=second.supplier_id,
            sku_id=first.sku_id,
            given={"product": second.product, "cost_e4": second.cost_e4, "priority": 2},
            by=SYSTEM,
            now=timezone.now(),
        )


def _move_the_first(goods: UpstreamGoods, base_url: str) -> None:
    """Nobody listens where it is from now on."""
    with bind(goods.tenant_id), tenant_atomic():
        first = Supplier.objects.get(protocol=ROADS_HERE[0].protocol)
        given = {"name": first.name, "app_id": first.app_id, "base_url": base_url}
        suppliers.change_supplier(
            supplier_id=first.pk, given=given, is_on=True, by=SYSTEM, now=timezone.now()
        )


def _p95(goods: UpstreamGoods, orders: list[int]) -> float:
    """Milliseconds from paid to delivered, of those who bought of the other supplier."""
    taken = _rows(goods, _TAKEN, [goods.tenant_id, orders, goods.sku_refs[1]])
    return statistics.quantiles(taken, n=20)[18]


def _rows(goods: UpstreamGoods, sql: str, given: list[Any]) -> list[float]:
    with connections["ops"].cursor() as cursor:
        cursor.execute(sql, given)
        return [float(row[0]) for row in cursor.fetchall()]
