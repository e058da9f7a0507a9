"""A long piece of work that exactly one worker is at, stretch by stretch: its lease.

The row says until when it is leased and counts each claim, by its fence. Each app claims its own.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


class LeaseLost(Exception):
    """Another worker has the work now, or it was stopped: nothing may be written any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The caller's `now`, carried on: such work takes longer than a moment."""

    began: datetime
    _started: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(seconds=time.monotonic() - self._started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease(Clock):
    """Of the row with this key."""

    row_id: int
    fence: int
