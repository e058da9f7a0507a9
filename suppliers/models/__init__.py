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
from suppliers.models.catalogue import Catalogue, MarginRule, PriceChange, SupplierProduct
from suppliers.models.complaints import (
    COMPLAINT_SAID,
    COMPLAINT_TEXT,
    SupplierComplaint,
    SupplierComplaintMove,
)
from suppliers.models.contracts import SECRETS, Offer, Supplier
from suppliers.models.papers import PAPER_KEY, Authorisation, Paper
from suppliers.models.paying import PROOF_BODY, PaymentProof, SupplierPayment
from suppliers.models.settlement import (
    BILL_FILE_KEY,
    BalanceNote,
    Bill,
    BillLine,
    BillMove,
    Break,
    BreakMove,
)

__all__ = [
    "BILL_FILE_KEY",
    "BOUGHT_CARD_NO",
    "BOUGHT_SECRET",
    "COMPLAINT_SAID",
    "COMPLAINT_TEXT",
    "PAPER_KEY",
    "PROOF_BODY",
    "SECRETS",
    "Attempt",
    "AttemptMove",
    "Authorisation",
    "BalanceNote",
    "Bill",
    "BillLine",
    "BillMove",
    "Bought",
    "Break",
    "BreakMove",
    "Call",
    "CallbackHeard",
    "Catalogue",
    "MarginRule",
    "Offer",
    "Paper",
    "PaymentProof",
    "PriceChange",
    "Supplier",
    "SupplierComplaint",
    "SupplierComplaintMove",
    "SupplierPayment",
    "SupplierProduct",
]
