"""The line of units that wait for a supplier."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.nudge import nudge_after_commit
from fulfillment.models import Unit

SEND = "fulfillment.send"
ROUTE_WITHIN = timedelta(minutes=30)
# A supplier that has it, or may have it: by then it is there, or a person is called.
DECIDED_WITHIN = timedelta(hours=2)
REVIEW_WITHIN = timedelta(hours=24)
LEASE = timedelta(seconds=30)  # longer than the longest call
LOOK_AGAIN = timedelta(minutes=1)


def decided_until(unit: Unit) -> datetime:
    """When a person is called for what a supplier has: not before the time that the shopper was
    told is over."""
    told = timedelta(hours=unit.item.slow_hours)
    return unit.opened_at + max(DECIDED_WITHIN, told)


def look_now(unit: Unit) -> None:
    """Have a worker look at the unit as soon as what was written is there."""
    nudge_after_commit(SEND, id_name="unit_id", row=unit)


def queue(units: Iterable[Unit], *, now: datetime) -> None:
    """These wait for a supplier, from now on; whoever stores them has them looked at at once."""
    for unit in units:
        unit.next_at, unit.review_until = now, now + ROUTE_WITHIN
        look_now(unit)
