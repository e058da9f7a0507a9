"""A partner's order over HTTP: one call with the code in its answer, on one hot SKU.

With everything on: key, row-level security, ledger, audit, idempotency. Beside it the smallest
transaction that could do it, by pgbench, in the same run.
"""

from bench.goods import Goods, make_goods, refresh_statistics
from bench.partner_goods import Buyer, add_real_codes, make_buyers
from bench.partner_load import Sales, sell_for_a_while, sell_out
from bench.report import Report
from bench.servers import cpu_of, web
from bench.smallest import smallest_sale_per_second

SOLD, IN_STOCK = 100_000, 100_000
CONNECTIONS, ONE_PARTNERS = 16, 32
SECONDS, WARM_UP = 10.0, 3.0
RUNS = 3
SELL_OUT = 500


def run(report: Report) -> None:
    goods = make_goods(sold=SOLD)
    add_real_codes(goods, count=IN_STOCK)
    buyers = make_buyers(goods, count=CONNECTIONS)
    refresh_statistics()
    with web() as port:
        sell_for_a_while(port, goods, buyers, seconds=WARM_UP)
        refresh_statistics()
        _many_partners(report, port, goods, buyers)
        _one_partner(report, port, goods, buyers[0])
        _sell_out(report, port)


def _many_partners(report: Report, port: int, goods: Goods, buyers: list[Buyer]) -> None:
    found: list[Sales] = []
    for _ in range(RUNS):
        with cpu_of() as spent:
            found.append(sell_for_a_while(port, goods, buyers, seconds=SECONDS))
        found[-1].cpu_ms = spent.seconds * 1000 / found[-1].count
        print(f"  {found[-1].per_second:,.0f} orders/s", flush=True)  # noqa: T201 -- its voice
    median = sorted(found, key=lambda one: one.per_second)[RUNS // 2]
    said = f"median of {RUNS} runs of {SECONDS:.0f} s, {CONNECTIONS} connections"
    report.add("partner_sale_per_second", median.per_second, "orders/s", said)
    report.add("partner_sale_p50_ms", median.p50_ms, "ms", "form to code")
    report.add("partner_sale_p99_ms", median.p99_ms, "ms", "form to code")
    report.add("partner_sale_cpu_ms", median.cpu_ms, "ms", "of the whole machine, client included")
    smallest = smallest_sale_per_second(connections=CONNECTIONS)
    ratio = median.per_second / smallest
    said = f"to {smallest:,.0f}/s of the smallest transaction, by pgbench"
    report.add("partner_sale_vs_pgbench_ratio", ratio, "", said)


def _one_partner(report: Report, port: int, goods: Goods, buyer: Buyer) -> None:
    """All of them pay from one balance."""
    rates = [
        sell_for_a_while(port, goods, [buyer] * ONE_PARTNERS, seconds=SECONDS).per_second
        for _ in range(RUNS)
    ]
    median, said = sorted(rates)[RUNS // 2], f"{ONE_PARTNERS} clients, median of {RUNS} runs"
    report.add("one_partner_sale_per_second", median, "orders/s", said)


def _sell_out(report: Report, port: int) -> None:
    goods = make_goods(real=0)
    add_real_codes(goods, count=SELL_OUT)
    buyers = make_buyers(goods, count=ONE_PARTNERS)
    seconds, codes = sell_out(port, goods, buyers)
    if len(codes) != SELL_OUT or len(set(codes)) != SELL_OUT:
        raise SystemExit(f"{len(codes)} codes sold, {len(set(codes))} different, of {SELL_OUT}")
    said = f"{SELL_OUT} codes by {ONE_PARTNERS} clients"
    report.add("sellout_500_seconds", seconds, "s", said)
