"""Contracts with suppliers, every try to buy, and what is settled. Writes: suppliers.services."""

from suppliers.models.attempts import (
    BOUGHT_CARD_NO,
    BOUGHT_SECRET,
    Attempt,
    AttemptMove,
    Bought,
    Call,
    CallbackHeard,
)
from suppliers.models.contracts import SECRETS, Offer, Supplier
from suppliers.models.settlement import BalanceNote, Bill, BillLine, BillMove, Break, BreakMove

__all__ = [
    "BOUGHT_CARD_NO",
    "BOUGHT_SECRET",
    "SECRETS",
    "Attempt",
    "AttemptMove",
    "BalanceNote",
    "Bill",
    "BillLine",
    "BillMove",
    "Bought",
    "Break",
    "BreakMove",
    "Call",
    "CallbackHeard",
    "Offer",
    "Supplier",
]
