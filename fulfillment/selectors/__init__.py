"""What was promised, how far it is, and how it came to that. Nothing here writes."""

from fulfillment.selectors.complaints import find_attempt_of_case
from fulfillment.selectors.timeline import timeline_rows
from fulfillment.selectors.units import (
    TO_ITS_SUPPLIER,
    due_to_send,
    due_units,
    find_order_ids_by_code,
    units_of,
    units_to_do,
    units_unconfirmed,
)

__all__ = [
    "TO_ITS_SUPPLIER",
    "due_to_send",
    "due_units",
    "find_attempt_of_case",
    "find_order_ids_by_code",
    "timeline_rows",
    "units_of",
    "units_to_do",
    "units_unconfirmed",
]
