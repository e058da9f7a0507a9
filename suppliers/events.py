from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptEnded(Event):
    """A try to buy the unit succeeded or did not, or its success was taken back."""

    unit_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CostSaid(Event):
    """An offer of a SKU that has a margin rule costs something else, or may; a supplier said so,
    or the merchant."""

    sku_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceMoved(Event):
    """A supplier's price of something that we sell moved by more than is passed over."""

    price_change_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceRaised(Event):
    """A margin rule raised what a SKU is sold for."""

    sku_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenOffSale(Event):
    """A margin rule took a SKU off sale."""

    sku_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PutBackOnSale(Event):
    """A margin rule put back what it had taken off sale."""

    sku_id: int
