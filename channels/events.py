from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceLow(Event):
    """The partner's balance has gone below its mark: told once, until it is above it again."""

    partner_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceCredited(Event):
    """Money from outside is on the partner's balance; `entry_ref` names what was booked."""

    partner_id: int
    entry_ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointDisabled(Event):
    """Nobody asked for it: it was gone, or nothing had arrived there for days."""

    endpoint_id: int
