"""What was promised, how far it is, and how it came to that. Nothing here writes."""

from fulfillment.selectors.complaints import find_attempt_of_case, find_purchase_of_case
from fulfillment.selectors.cycles import cycles_with_late
from fulfillment.selectors.held import find_held_words, held_words, units_with_supplier
from fulfillment.selectors.late import (
    contradicted,
    count_late,
    find_contradicted,
    find_late,
    late_arrivals,
    late_to_do,
    stock_skus_of,
    units_of_attempts,
)
from fulfillment.selectors.refunding import (
    has_something_to_pay_back,
    units_to_pay_back,
    with_their_lines,
)
from fulfillment.selectors.timeline import timeline_rows
from fulfillment.selectors.units import (
    TO_ITS_SUPPLIER,
    can_be_replaced,
    can_be_revealed,
    can_be_sent_anew,
    count_unfinished,
    due_to_send,
    due_units,
    find_order_ids_by_code,
    find_order_of_unit,
    has_goods,
    is_read,
    units_of,
    units_to_do,
    units_unconfirmed,
)

__all__ = [
    "TO_ITS_SUPPLIER",
    "can_be_replaced",
    "can_be_revealed",
    "can_be_sent_anew",
    "contradicted",
    "count_late",
    "count_unfinished",
    "cycles_with_late",
    "due_to_send",
    "due_units",
    "find_attempt_of_case",
    "find_contradicted",
    "find_held_words",
    "find_late",
    "find_order_ids_by_code",
    "find_order_of_unit",
    "find_purchase_of_case",
    "has_goods",
    "has_something_to_pay_back",
    "held_words",
    "is_read",
    "late_arrivals",
    "late_to_do",
    "stock_skus_of",
    "timeline_rows",
    "units_of",
    "units_of_attempts",
    "units_to_do",
    "units_to_pay_back",
    "units_unconfirmed",
    "units_with_supplier",
    "with_their_lines",
]
