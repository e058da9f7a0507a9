"""What a run says and keeps: the seven numbers of each resource, and what was thrown at it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devkit.say import say as tell

__all__ = ["Options", "Report", "Seven", "tell"]


@dataclass(frozen=True, slots=True)
class Options:
    """One seed gives one schedule of faults and shoppers; the machine's own timing is its own."""

    seed: int
    orders: int
    seconds: float


@dataclass(slots=True)
class Seven:
    """`recovered`: it was hit on its way and arrived all the same."""

    attempted: int = 0
    acknowledged: int = 0
    ok: int = 0
    lost: int = 0
    duplicated: int = 0
    unexpected: int = 0
    recovered: int = 0

    @property
    def unclean(self) -> dict[str, int]:
        """The counts that must be zero and are not."""
        names = ("lost", "duplicated", "unexpected")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Report:
    """The figures in a file; those of another scenario stay."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.figures: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def add(self, seven: dict[str, Seven], **more: Any) -> None:
        for name, numbers in seven.items():
            words = "  ".join(f"{key} {value}" for key, value in asdict(numbers).items())
            tell(f"{name:>7}: {words}")
        self.figures |= {name: asdict(numbers) for name, numbers in seven.items()} | more
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self.figures, indent=1, sort_keys=True) + "\n")
