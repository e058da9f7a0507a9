"""What the pages show, ready to print: one language, prices as text, nothing left to look up."""

from storefront.types.goods import (
    BuyInput,
    Card,
    Device,
    FieldShown,
    Front,
    Option,
    Price,
    ProductPage,
    Shelf,
    Stock,
)
from storefront.types.orders import (
    WAITS_LONG,
    CaseCard,
    Line,
    OrderPage,
    OrderRow,
    Receipt,
    Said,
    Step,
    UnitCard,
)

__all__ = [
    "WAITS_LONG",
    "BuyInput",
    "Card",
    "CaseCard",
    "Device",
    "FieldShown",
    "Front",
    "Line",
    "Option",
    "OrderPage",
    "OrderRow",
    "Price",
    "ProductPage",
    "Receipt",
    "Said",
    "Shelf",
    "Step",
    "Stock",
    "UnitCard",
]
