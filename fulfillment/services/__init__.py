"""Paid order -> goods in hand, or the money back. A unit moves through `Moving.move` only."""

from core.rotation import SealedColumn
from fulfillment.models import HAND_TEXT, Unit
from fulfillment.services.aftersale import refund_units, replace_unit, send_anew, settle_case
from fulfillment.services.bills import work_on_bill
from fulfillment.services.complaining import complain_to_supplier
from fulfillment.services.delivering import (
    deliver_by_hand,
    deliver_new,
    deliver_order,
    open_units,
    take_payment,
)
from fulfillment.services.goods import goods_of_order, reveal_goods
from fulfillment.services.holding import (
    allow_opening,
    decide_opening,
    decide_overdue,
    hold_new,
    refuse_held,
    refuse_opening,
    release_held,
)
from fulfillment.services.late import decide_late, stock_late
from fulfillment.services.paying_suppliers import (
    note_payment_to_supplier,
    undo_payment_to_supplier,
)
from fulfillment.services.reconciling import check_balance_delta, reconcile, watch_balance
from fulfillment.services.reviewing import review
from fulfillment.services.screening import record_only
from fulfillment.services.upstream import send
from fulfillment.services.verifying import account_to_verify, verify_account

SEALED = (SealedColumn(model=Unit, field="hand_text", place=HAND_TEXT),)

__all__ = [
    "SEALED",
    "account_to_verify",
    "allow_opening",
    "check_balance_delta",
    "complain_to_supplier",
    "decide_late",
    "decide_opening",
    "decide_overdue",
    "deliver_by_hand",
    "deliver_new",
    "deliver_order",
    "goods_of_order",
    "hold_new",
    "note_payment_to_supplier",
    "open_units",
    "reconcile",
    "record_only",
    "refund_units",
    "refuse_held",
    "refuse_opening",
    "release_held",
    "replace_unit",
    "reveal_goods",
    "review",
    "send",
    "send_anew",
    "settle_case",
    "stock_late",
    "take_payment",
    "undo_payment_to_supplier",
    "verify_account",
    "watch_balance",
    "work_on_bill",
]
