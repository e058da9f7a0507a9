from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundCreated(Event):
    refund_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundDone(Event):
    """The money is back where it came from; `into` is the kind of account that this is."""

    refund_id: int
    into: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxNoticeDue(Event):
    """The sandbox has something to tell us now."""

    notice_id: int
