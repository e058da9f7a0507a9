from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchCosted(Event):
    """What a batch's codes cost is known, or known better, after some of them may have been sold:
    its file had a column of costs."""

    batch_id: int
