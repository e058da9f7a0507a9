"""`python -m chaos [--only NAME] [--seed N] --out FILE`, on servers of its own (`make chaos`)."""

import argparse
import importlib
import random
import sys
from pathlib import Path

from bench.processes import set_up
from chaos.report import Options, Report, tell

SCENARIOS = ("main_road",)


def main() -> int:
    asked = _asked()
    set_up()
    report = Report(asked.out)
    options = Options(seed=asked.seed, orders=asked.orders, seconds=asked.seconds)
    has_failed = False
    for name in [asked.only] if asked.only else SCENARIOS:
        tell(f"{name}: seed {options.seed}, {options.orders} orders, {options.seconds:.0f} s")
        has_failed |= not importlib.import_module(f"chaos.{name}").run(report, options)
    return int(has_failed)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--orders", type=int, default=500, help="in flight at once")
    parser.add_argument("--seconds", type=float, default=180.0, help="of faults")
    return parser.parse_args()


sys.exit(main())
