from payments.models.ledger import Account, Balance, Entry, Journal
from payments.models.money import Notice, Payment, PaymentMove, Refund, RefundMove
from payments.models.sandbox import SandboxBank, SandboxNotice, SandboxRefund, SandboxTrade

__all__ = [
    "Account",
    "Balance",
    "Entry",
    "Journal",
    "Notice",
    "Payment",
    "PaymentMove",
    "Refund",
    "RefundMove",
    "SandboxBank",
    "SandboxNotice",
    "SandboxRefund",
    "SandboxTrade",
]
