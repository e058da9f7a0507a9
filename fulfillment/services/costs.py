"""What goods of a supplier cost, as the ledger is told."""

from typing import TYPE_CHECKING

from payments.types import Cost

if TYPE_CHECKING:
    from suppliers.models import Attempt


def cost_of(attempt: "Attempt", *, amount_e4: int, is_back: bool = False) -> Cost:
    """What was paid for an attempt, or with `is_back` the same money come back: each books once."""
    supplier = attempt.offer.supplier
    return Cost(
        supplier_ref=str(supplier.pk),
        amount_e4=-amount_e4 if is_back else amount_e4,
        currency=supplier.currency,
        ref=f"{attempt.number}:back" if is_back else attempt.number,
    )
