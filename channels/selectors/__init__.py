"""Reads of channels, by topic: who calls, partners, their orders."""

from channels.selectors.partners import (
    find_partner,
    get_partner,
    keys_of,
    partners,
    prices_of,
    skus_listed,
    tiers,
)
from channels.selectors.sales import find_sale, get_sale, sales_of
from channels.selectors.seats import find_seat

__all__ = [
    "find_partner",
    "find_sale",
    "find_seat",
    "get_partner",
    "get_sale",
    "keys_of",
    "partners",
    "prices_of",
    "sales_of",
    "skus_listed",
    "tiers",
]
