"""What grows with a shop's orders: the measures of `bench.big` at three sizes, in one table.

`make bench-growth` takes 50,000, 500,000 and 5,000,000 orders; `ORDERS=…` names the largest, and
the others are a tenth and a hundredth of it.
"""

from math import log

from bench.big import FULL, measure
from bench.report import Report

STEPS = (100, 10, 1)
NOISE_MS = 5.0  # what a measure of a few milliseconds swings by
# What ends the growth of measures that a small shop does not fill.
BOUNDS = {
    "suppliers": "the last 500 orders of each",
    "suppliers compared, 30 days": "a row for each SKU, supplier and step of speed",
    "suppliers compared, 12 months": "the same",
    "by phone tail": "the newest 500 orders",
    "buyer by phone tail": "the buyers of the newest 200",
}


def run(report: Report) -> None:
    sizes = [(report.orders or FULL) // step for step in STEPS]
    found = [measure(report, size) for size in sizes]
    may_grow = log(sizes[-1]) / log(sizes[0])
    say(f"{'p95, ms':34}" + "".join(f"{size:>12,}" for size in sizes) + "   from the first")
    for name in found[0]:
        took = [one[name] for one in found]
        grown = took[-1] / max(took[0], 0.01)
        is_more = took[-1] > took[0] * may_grow + NOISE_MS
        bound = f", up to {BOUNDS[name]}" if name in BOUNDS else ""
        mark = f"  more than {may_grow:.2f}{bound}" if is_more else ""
        say(f"{name:34}" + "".join(f"{ms:12.1f}" for ms in took) + f"   x {grown:.2f}{mark}")


def say(text: str) -> None:
    print(f"  {text}", flush=True)  # noqa: T201 -- its voice
