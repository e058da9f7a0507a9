"""`python -m chaos [--only NAME] [--seed N] --out FILE`, on servers of its own (`make chaos`)."""

import argparse
import importlib
import os
import random
import sys
from pathlib import Path

from django.db import connections

from bench.processes import set_up
from chaos.report import Options, Report, tell

SCENARIOS = ("guesses", "main_road", "partners", "upstream", "webhooks")
ORDERS, FEWEST = 500, 100  # in flight at once


def main() -> int:
    asked = _asked()
    set_up()
    report = Report(asked.out)
    orders = asked.orders or _fitting()
    options = Options(seed=asked.seed, orders=orders, seconds=asked.seconds)
    has_failed = False
    for name in [asked.only] if asked.only else SCENARIOS:
        tell(f"{name}: seed {options.seed}, {options.orders} orders, {options.seconds:.0f} s")
        has_failed |= not importlib.import_module(f"chaos.{name}").run(report, options)
        # Postgres was restarted in it: what is still open here is dead.
        connections.close_all()
    return int(has_failed)


def _fitting() -> int:
    """Fewer orders where others keep the machine busy: this measures faults, not their work."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    orders = max(FEWEST, int(ORDERS * min(1.0, 2 * cores / max(load, 0.1))))
    if orders < ORDERS:
        tell(f"load {load:.1f} on {cores} cores: {orders} orders instead of {ORDERS}")
    return orders


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--orders", type=int, help=f"in flight at once, {ORDERS} unless told")
    parser.add_argument("--seconds", type=float, default=180.0, help="of faults")
    return parser.parse_args()


sys.exit(main())
