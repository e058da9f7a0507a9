"""The storefront's product page under 16 connections, through gunicorn as `make up` runs it."""

from bench.goods import make_goods
from bench.load import Load, measure
from bench.report import Report
from bench.servers import web

SECONDS = 10.0
WARM_UP = 2.0
CONNECTIONS = 16


def run(report: Report) -> None:
    goods = make_goods(codes=1000)
    with web() as port:
        path = f"/p/{goods.product_ref}/"
        measure(Load(port, goods.host, path, connections=4, seconds=WARM_UP))
        found = [
            measure(Load(port, goods.host, path, connections=CONNECTIONS, seconds=SECONDS))
            for _ in range(3)
        ]
    failed = sum(one.failed for one in found)
    if failed:
        raise SystemExit(f"{failed} answers were not 200")
    best = sorted(found, key=lambda one: one.per_second)[1]
    said = f"median of 3 runs of {SECONDS:.0f} s, {CONNECTIONS} connections"
    report.add("product_page_rps", best.per_second, "requests/s", said)
    report.add("product_page_p99_ms", best.p99_ms, "ms", f"p50 {best.p50_ms:.1f} ms")
