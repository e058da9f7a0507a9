"""Every write of suppliers, their offers and the tries to buy from them."""

from core.rotation import SealedColumn
from suppliers.models import (
    BILL_FILE_KEY,
    BOUGHT_CARD_NO,
    BOUGHT_SECRET,
    COMPLAINT_SAID,
    COMPLAINT_TEXT,
    PAPER_KEY,
    PROOF_BODY,
    SECRETS,
    Authorisation,
    Bill,
    Bought,
    PaymentProof,
    Supplier,
    SupplierComplaint,
)
from suppliers.services.attempts import (
    ask,
    ask_later,
    begin,
    begin_sent,
    keep_asking,
    mark_sent,
)
from suppliers.services.authorising import authorise, change_authorisation, read_paper
from suppliers.services.balances import note_balance
from suppliers.services.bill_leases import claim_bill, held_bill
from suppliers.services.billing import (
    ask_to_match,
    check_bill,
    look_at_bill,
    match_bill,
    read_bill,
    skip_bad_lines,
)
from suppliers.services.bills import close_bill
from suppliers.services.bought import read_bought
from suppliers.services.break_tables import breaks_csv
from suppliers.services.breaks import claim_break, close_break, explain_break, keep_breaks
from suppliers.services.callbacks import hear_callback
from suppliers.services.checking import check_balance
from suppliers.services.complaining import complain, hear_after_sale
from suppliers.services.docking import change_secrets, change_supplier, dock, speaker
from suppliers.services.following import FOLLOWED, follow_supplier
from suppliers.services.margins import hear_cost, keep_margin, set_margin_rule
from suppliers.services.offering import change_offer, offer
from suppliers.services.pacing import is_crowded, next_in_line, stand_in_line
from suppliers.services.paying import note_payment, read_proof, undo_payment
from suppliers.services.reading_on import give_up_on_bill, go_on_reading
from suppliers.services.recording import record, take_back
from suppliers.services.rehearsing import rehearse
from suppliers.services.revealing import reveal_said
from suppliers.services.statements import statement, statement_csv
from suppliers.services.syncing import (
    change_catalogue,
    sync_product,
    sync_products,
    sync_soon,
)
from suppliers.services.terms import change_terms
from suppliers.services.verifying import verify

SEALED = (
    SealedColumn(model=Supplier, field="secrets", place=SECRETS),
    SealedColumn(model=Bought, field="secret", place=BOUGHT_SECRET),
    SealedColumn(model=Bought, field="card_no", place=BOUGHT_CARD_NO),
    SealedColumn(model=SupplierComplaint, field="text", place=COMPLAINT_TEXT),
    SealedColumn(model=SupplierComplaint, field="said", place=COMPLAINT_SAID),
    SealedColumn(model=Authorisation, field="paper_key", place=PAPER_KEY),
    SealedColumn(model=Bill, field="sealed_key", place=BILL_FILE_KEY),
    SealedColumn(model=PaymentProof, field="body", place=PROOF_BODY),
)

__all__ = [
    "FOLLOWED",
    "SEALED",
    "ask",
    "ask_later",
    "ask_to_match",
    "authorise",
    "begin",
    "begin_sent",
    "breaks_csv",
    "change_authorisation",
    "change_catalogue",
    "change_offer",
    "change_secrets",
    "change_supplier",
    "change_terms",
    "check_balance",
    "check_bill",
    "claim_bill",
    "claim_break",
    "close_bill",
    "close_break",
    "complain",
    "dock",
    "explain_break",
    "follow_supplier",
    "give_up_on_bill",
    "go_on_reading",
    "hear_after_sale",
    "hear_callback",
    "hear_cost",
    "held_bill",
    "is_crowded",
    "keep_asking",
    "keep_breaks",
    "keep_margin",
    "look_at_bill",
    "mark_sent",
    "match_bill",
    "next_in_line",
    "note_balance",
    "note_payment",
    "offer",
    "read_bill",
    "read_bought",
    "read_paper",
    "read_proof",
    "record",
    "rehearse",
    "reveal_said",
    "set_margin_rule",
    "skip_bad_lines",
    "speaker",
    "stand_in_line",
    "statement",
    "statement_csv",
    "sync_product",
    "sync_products",
    "sync_soon",
    "take_back",
    "undo_payment",
    "verify",
]
