"""Figures with their unit, kept between runs: a run of one scenario leaves the others' alone."""

import json
import os
import platform
from pathlib import Path
from typing import Any


class Report:
    """`{"machine": {...}, "figures": {name: number}}` in a file."""

    def __init__(self, path: Path, *, orders: int | None = None) -> None:
        self._path, self.orders = path, orders
        before = json.loads(path.read_text()) if path.exists() else {}
        self.figures: dict[str, float] = before.get("figures", {})

    def add(self, name: str, value: float, unit: str, said: str = "") -> None:
        """Keep and print one figure."""
        self.figures[name] = round(value, 3)
        print(f"  {name} = {value:,.2f} {unit}  {said}".rstrip(), flush=True)  # noqa: T201 -- its voice
        self._path.parent.mkdir(parents=True, exist_ok=True)
        body = {"machine": machine(), "figures": self.figures}
        self._path.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n")


def machine() -> dict[str, Any]:
    """What the figures were measured on, and what else it was doing."""
    return {
        "cores": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1m": round(os.getloadavg()[0], 2),
    }
