"""Reads of channels, by topic: who calls, partners, their orders, their money."""

from channels.selectors.claims import claims, get_claim, open_claims
from channels.selectors.doors import (
    door_seat,
    doors_of,
    due_door_orders,
    due_door_watches,
    due_doors,
    find_door_order,
    get_door,
    get_door_order,
    get_watch,
    refusals_at,
    watches_of,
)
from channels.selectors.partners import (
    due_low_balances,
    find_partner,
    get_partner,
    get_tier,
    keys_of,
    low_partners,
    partners,
    partners_at_a_glance,
    prices_of,
    skus_listed,
    spent_today,
    tiers,
)
from channels.selectors.sales import find_sale, get_sale, sales_of
from channels.selectors.sandboxes import due_sandboxes
from channels.selectors.seats import find_seat
from channels.selectors.statements import entries_of_month, month_figures, movements

__all__ = [
    "claims",
    "door_seat",
    "doors_of",
    "due_door_orders",
    "due_door_watches",
    "due_doors",
    "due_low_balances",
    "due_sandboxes",
    "entries_of_month",
    "find_door_order",
    "find_partner",
    "find_sale",
    "find_seat",
    "get_claim",
    "get_door",
    "get_door_order",
    "get_partner",
    "get_sale",
    "get_tier",
    "get_watch",
    "keys_of",
    "low_partners",
    "month_figures",
    "movements",
    "open_claims",
    "partners",
    "partners_at_a_glance",
    "prices_of",
    "refusals_at",
    "sales_of",
    "skus_listed",
    "spent_today",
    "tiers",
    "watches_of",
]
