"""Every write of channels, by topic: partners and their prices, keys, what partners order."""

from channels.services.keys import issue_key, mark_used, revoke_key, roll_key
from channels.services.partners import (
    change_partner,
    create_partner,
    drop_tier_price,
    reopen_partner,
    save_tier,
    set_tier_price,
    suspend_partner,
)
from channels.services.pricing import prices_for, pricing_of
from channels.services.selling import note_sale

__all__ = [
    "change_partner",
    "create_partner",
    "drop_tier_price",
    "issue_key",
    "mark_used",
    "note_sale",
    "prices_for",
    "pricing_of",
    "reopen_partner",
    "revoke_key",
    "roll_key",
    "save_tier",
    "set_tier_price",
    "suspend_partner",
]
