"""Place → capture → deliver through the service verbs, 4 processes, one hot SKU."""

from bench.goods import Goods, make_goods, refresh_statistics
from bench.processes import a_while, crew
from bench.report import Report

PROCESSES = 4
SECONDS, WARM_UP = 10.0, 3.0
RUNS = 3
CODES = 100_000


def run(report: Report) -> None:
    goods = make_goods(codes=CODES)
    rates = []
    with crew(PROCESSES) as together:
        together(sell_for_a_while, [(goods, WARM_UP)] * PROCESSES)
        refresh_statistics()
        for _ in range(RUNS):
            rates.append(sum(together(sell_for_a_while, [(goods, SECONDS)] * PROCESSES)) / SECONDS)
            print(f"  {rates[-1]:,.0f} orders/s", flush=True)  # noqa: T201 -- its voice
    median = sorted(rates)[RUNS // 2]
    report.add("sale_per_second", median, "orders/s", f"median of {RUNS} runs, 4 processes")


def sell_for_a_while(goods: Goods, seconds: float) -> int:
    """How many orders this process took from the form to the code."""
    # After django.setup(), and not within what is measured.
    from bench.selling import sell_one  # noqa: PLC0415
    from core.scope import bind  # noqa: PLC0415

    done = 0
    with bind(goods.tenant_id):
        for done in a_while(seconds):  # noqa: B007 -- counts what was done
            sell_one(goods)
    return done + 1
