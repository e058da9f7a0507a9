"""What happened to an order. Ids only, and the way by which it came in."""

from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPlaced(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPaid(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderClosed(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCompleted(Event):
    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCanceled(Event):
    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderHeld(Event):
    """Paid, and somebody decides whether it goes on."""

    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderReleased(Event):
    """It was held, and goes on."""

    order_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningHeld(Event):
    """Its codes were asked for, and stay closed until somebody decides."""

    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOpened(Event):
    case_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAnswered(Event):
    case_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOverdue(Event):
    case_id: int
