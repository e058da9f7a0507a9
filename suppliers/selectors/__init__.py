"""Suppliers, their offers and the tries to buy, as they are. Nothing here writes."""

from suppliers.selectors.health import resting
from suppliers.selectors.routing import choose_offer, offers_of_sku, skus_with_offers
from suppliers.selectors.tries import (
    due_attempts,
    find_open_attempt,
    moves_of_units,
    offers_tried,
)

__all__ = [
    "choose_offer",
    "due_attempts",
    "find_open_attempt",
    "moves_of_units",
    "offers_of_sku",
    "offers_tried",
    "resting",
    "skus_with_offers",
]
