from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeZoneChanged(Event):
    """The shop goes by another clock: its days begin at other moments, past ones too."""

    merchant_id: int
