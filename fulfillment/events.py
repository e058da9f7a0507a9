from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderDelivered(Event):
    """Something of the order reached its buyer; news of it never carries the goods."""

    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitReplaced(Event):
    unit_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitNeedsPerson(Event):
    unit_id: int
