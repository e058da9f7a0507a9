"""Every write of payments, by topic: the ledger, paying, refunding, the sandbox."""

from payments.services.asking import ask
from payments.services.ledger import (
    book_cost,
    book_loss,
    book_supplier_payment,
    open_account,
    post,
    set_floor,
    undo_supplier_payment,
)
from payments.services.notices import handle_notice, handle_notices, keep_refusal
from payments.services.paying import (
    capture,
    close_payment,
    close_payments_of,
    pay_from_balance,
    pay_new_from_balance,
    read_notice,
    start,
)
from payments.services.refunding import (
    give_up_refund,
    push_refund,
    refund,
    refund_at_own_risk,
    retry_refund,
)
from payments.services.registry import success_word, ways_to_pay
from payments.services.sandbox import sandbox_pay, sandbox_trade, send_notice
from payments.services.sandbox_books import set_out_of_funds
from payments.services.topping import correct_balance, top_up_balance

__all__ = [
    "ask",
    "book_cost",
    "book_loss",
    "book_supplier_payment",
    "capture",
    "close_payment",
    "close_payments_of",
    "correct_balance",
    "give_up_refund",
    "handle_notice",
    "handle_notices",
    "keep_refusal",
    "open_account",
    "pay_from_balance",
    "pay_new_from_balance",
    "post",
    "push_refund",
    "read_notice",
    "refund",
    "refund_at_own_risk",
    "retry_refund",
    "sandbox_pay",
    "sandbox_trade",
    "send_notice",
    "set_floor",
    "set_out_of_funds",
    "start",
    "success_word",
    "top_up_balance",
    "undo_supplier_payment",
    "ways_to_pay",
]
