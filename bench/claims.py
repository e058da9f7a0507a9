"""Claims a second on one hot, half-sold SKU of 500,000 codes: 8 processes, service function."""

from datetime import timedelta

from bench.goods import Goods, make_goods
from bench.processes import a_while, crew
from bench.report import Report

PROCESSES = 8
SECONDS = 6.0
RUNS = 5
CODES = 500_000


def run(report: Report) -> None:
    goods = make_goods(codes=CODES // 2, sold=CODES // 2)
    rates = []
    with crew(PROCESSES) as together:
        for number in range(RUNS):
            jobs = [(goods, number * PROCESSES + worker) for worker in range(PROCESSES)]
            rates.append(sum(together(claim_for_a_while, jobs)) / SECONDS)
            print(f"  run {number + 1}: {rates[-1]:,.0f} claims/s", flush=True)  # noqa: T201 -- its voice
    report.add("claims_per_second", sorted(rates)[RUNS // 2], "claims/s", "median of 5 runs")
    report.add("claims_kept_ratio", rates[-1] / rates[0], "", "last run to first")


def claim_for_a_while(goods: Goods, worker: int) -> int:
    """How many single codes this process reserved in SECONDS."""
    from django.utils import timezone  # noqa: PLC0415 -- after django.setup()

    from core.scope import bind  # noqa: PLC0415
    from inventory import services as inventory  # noqa: PLC0415
    from inventory.types import HoldRequest  # noqa: PLC0415

    done = 0
    with bind(goods.tenant_id):
        for done in a_while(SECONDS):
            now = timezone.now()
            request = HoldRequest(
                sku_id=goods.sku_id,
                quantity=1,
                item_id=worker * 10_000_000 + done,
                buyer_key="",
                until=now + timedelta(minutes=15),
            )
            inventory.reserve(request=request, now=now)
    return done + 1
