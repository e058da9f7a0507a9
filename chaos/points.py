"""The fail-points of the code base: found in its source, armed by a file, counted when taken."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_REACH = re.compile(r'\breach\(\s*"([a-z_.]+)"')
_NOT_OURS = {".venv", ".run", ".git", "tests", "node_modules"}
# Not on the road from a file of codes to a code on a page; each has its own test.
OFF_ROAD = {
    "rotation.after_batch": "keys are not rotated in this run",
    **dict.fromkeys(
        ("fulfillment.claimed", "fulfillment.asked", "fulfillment.recorded"),
        "nothing is bought of suppliers in this run: see chaos.upstream",
    ),
    **dict.fromkeys(
        (
            "fulfillment.bill_after_claim",
            "fulfillment.bill_in_comparison",
            "suppliers.bill_after_stretch",
            "suppliers.bill_in_stretch",
        ),
        "no supplier's bill is read in this run",
    ),
    **dict.fromkeys(
        ("channels.webhook_claimed", "channels.webhook_sent", "channels.webhook_sent_once"),
        "no partner is told anything in this run: see chaos.webhooks",
    ),
    **dict.fromkeys(
        ("api.called", "api.line_sold", "api.sold"),
        "no partner buys in this run: see chaos.partners",
    ),
    "doors.complaint_claimed": "no platform is called back in this run",
    "doors.order_claimed": "no platform is called back in this run",
    "inventory.batch_after_stretch": "no batch is frozen, recalled or undone in this run",
}


def find_points(root: Path = ROOT) -> list[str]:
    """The names of all fail-points in the source below `root`."""
    folders = [one for one in root.iterdir() if one.is_dir() and one.name not in _NOT_OURS]
    sources = (path for folder in sorted(folders) for path in sorted(folder.rglob("*.py")))
    return sorted({name for path in sources for name in _REACH.findall(path.read_text())})


class FailPoints:
    """A file in the folder is one order to die; that it is gone says that somebody obeyed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.armed: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()
        self._waited_for: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            left.unlink()

    def arm(self, point: str) -> None:
        self.folder.joinpath(point).touch()
        self.armed[point] += 1
        self._waited_for.add(point)

    def is_armed(self, point: str) -> bool:
        """It was armed and has not been counted yet, whether somebody obeyed or not."""
        return point in self._waited_for

    def is_waiting(self, point: str) -> bool:
        return self.folder.joinpath(point).exists()

    def disarm(self, point: str) -> bool:
        """Take the order back; True if it was obeyed before."""
        self._waited_for.discard(point)
        try:
            self.folder.joinpath(point).unlink()
        except FileNotFoundError:
            self.fired[point] += 1
            return True
        self.armed[point] -= 1
        return False

    def never_fired(self) -> list[str]:
        """The points on the road that nobody died at."""
        return [name for name in find_points() if name not in OFF_ROAD and not self.fired[name]]

    def disarm_all(self) -> None:
        """The end: whatever is still waited for is counted as obeyed or taken back."""
        for point in sorted(self._waited_for):
            self.disarm(point)
