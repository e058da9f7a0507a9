"""What may be stored of an order. Every write of these tables is in orders.services."""

from orders.models.cases import MESSAGE, Case, CaseMessage, CaseMove
from orders.models.openings import Opening, OpeningMove
from orders.models.orders import BUYER_FIELDS, MAIL, PHONE, Item, Order, OrderMove

__all__ = [
    "BUYER_FIELDS",
    "MAIL",
    "MESSAGE",
    "PHONE",
    "Case",
    "CaseMessage",
    "CaseMove",
    "Item",
    "Opening",
    "OpeningMove",
    "Order",
    "OrderMove",
]
