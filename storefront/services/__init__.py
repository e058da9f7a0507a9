"""What the shopper's pages do, composed from the apps below: a face writes nothing itself."""

from storefront.services.buying import (
    ask_to_open,
    buy,
    complain,
    contact_in,
    find_payment,
    find_payment_in,
    give_up,
    judge_look_up,
    keep_refusal,
    say,
    sell_from_balance,
)
from storefront.services.taking import ask_for_money, hear_notice, take_money

__all__ = [
    "ask_for_money",
    "ask_to_open",
    "buy",
    "complain",
    "contact_in",
    "find_payment",
    "find_payment_in",
    "give_up",
    "hear_notice",
    "judge_look_up",
    "keep_refusal",
    "say",
    "sell_from_balance",
    "take_money",
]
