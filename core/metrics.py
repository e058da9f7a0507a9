"""What a process counts of itself, for Prometheus; `/metrics` tells it with what the rows say.

Under gunicorn each worker counts for itself, in files of one folder, and whoever is asked adds all
of them up. A worker that has ended leaves its counts behind: they are folded into one file, so that
no total ever falls and the folder does not grow. Labels come from short lists (a route's pattern,
never an address; no shop and no partner): what is counted by a shop is read in its back office.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own word
_FOLDED = "folded"
_Kept: Any = MmapedDict  # these have no types
_Workers: Any = MultiProcessCollector
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

requests = Counter(
    "quanyi_http_requests",
    "Requests answered, by the pattern of their address.",
    ["method", "route", "status"],
)
# By part of the house: by route it would be twenty times as many.
took = Histogram(
    "quanyi_http_request_seconds", "How long an answer took.", ["face"], buckets=SECONDS
)
sign_ins_refused = Counter(
    "quanyi_sign_ins_refused", "Sign-ins to a back office that were refused.", ["why"]
)
checks_failed = Counter(
    "quanyi_checks_failed", "Checks that broke, while what they look at went on.", ["check"]
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FACES = ("office", "api", "developers", "door", "supplier")


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    requests.labels(method if method in METHODS else "other", route or "/", status).inc()
    first = route.partition("/")[0]
    took.labels(first if first in FACES else "shop").observe(seconds)


def told(*more: Collector) -> bytes:
    """Everything in Prometheus' words: of all workers of this server, and `more`."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return _words(REGISTRY, *more)
    read = _words(*more)  # first: who waits for a database keeps no worker's counts waiting
    with _locked(Path(folder), fcntl.LOCK_SH):
        return _words(_Workers(None, folder)) + read


def _words(*collectors: Collector) -> bytes:
    registry = CollectorRegistry()
    for one in collectors:
        registry.register(one)
    return generate_latest(registry)


def fold(pid: int) -> None:
    """Add what an ended process has counted to what the ended before it have."""
    folder = Path(os.environ[FOLDER])
    with _locked(folder, fcntl.LOCK_EX):
        for left in folder.glob(f"*_{pid}.db"):
            kind = left.name.partition("_")[0]
            together = _Kept(str(folder / f"{kind}_{_FOLDED}.db"))
            for key, value, at, _place in _Kept.read_all_values_from_file(str(left)):
                together.write_value(key, together.read_value(key)[0] + value, at)
            together.close()
            left.unlink()


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Nobody adds up while counts are on their way from one file to another."""
    with (folder / "lock").open("w") as gate:
        fcntl.flock(gate, how)
        yield
