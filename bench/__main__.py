"""`python -m bench [--only NAME] --out FILE`, on servers of its own (`make bench` starts them)."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from bench.processes import set_up
from bench.report import Report, machine

SCENARIOS = (
    "imports",
    "claims",
    "pages",
    "sales",
    "notices",
    "upstream",
    "partners",
    "risk",
    "attack",
)
ASKED_FOR = ("outage", "year", "big", "growth")  # minutes long: runs only when it is named


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=SCENARIOS + ASKED_FOR)
    parser.add_argument("--orders", type=int, help="of a year: how many")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    set_up()
    report = Report(asked.out, orders=asked.orders)
    print(f"machine: {machine()}", flush=True)  # noqa: T201 -- its voice
    for name in [asked.only] if asked.only else SCENARIOS:
        print(f"{name}:", flush=True)  # noqa: T201 -- its voice
        began = time.monotonic()
        importlib.import_module("bench.goods").forget_leftovers()
        importlib.import_module(f"bench.{name}").run(report)
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)  # noqa: T201 -- its voice
    return 0


sys.exit(main())
