"""Every fault, tamed to a test's patience, and what a client may live through."""

import http.client
from collections.abc import Callable

from simulators.faults import Fault

SPEC = {Fault.DELAY: "delay:0.02", Fault.HANG: "hang:0.1", Fault.SLOW_DRIP: "slow_drip:0.0005"}
UNBOUGHT = frozenset(
    {
        Fault.REPLY_LOST_BEFORE,
        Fault.HTTP_502_BEFORE,
        Fault.RATE_LIMITED,
        Fault.BALANCE_GONE,
        Fault.OFF_SHELF,
        Fault.CLOCK_SKEW,
        Fault.BUSY_BEFORE,
    }
)


def spec_of(fault: Fault) -> str:
    return SPEC.get(fault, str(fault))


def survive(call: Callable[[], object]) -> None:
    """A lost connection or an unreadable answer is what was ordered."""
    try:
        call()
    except (http.client.RemoteDisconnected, ConnectionResetError, ValueError):
        return
