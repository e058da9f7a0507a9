from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderDelivered(Event):
    """Something of the order reached its buyer; news of it never carries the goods."""

    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitReplaced(Event):
    unit_id: int
    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitsRefunded(Event):
    """Money of the order was promised back; that it has arrived is the refund's own news."""

    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitNeedsPerson(Event):
    unit_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsShown(Event):
    """The buyer has seen goods of the order for the first time."""

    order_id: int
