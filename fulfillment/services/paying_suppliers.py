"""Money sent to suppliers: noted by suppliers, booked by payments, in one transaction."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.scope import tenant_atomic
from payments import services as payments
from payments.selectors import is_supplier_payment_booked
from suppliers import services as suppliers
from suppliers.errors import PaymentNotedAlready
from suppliers.types import NewPayment

if TYPE_CHECKING:
    from suppliers.models import SupplierPayment


@tenant_atomic
def note_payment_to_supplier(
    *, supplier_id: int, given: NewPayment, by: Actor, now: datetime
) -> "SupplierPayment":
    """Money was sent to the supplier. The same reference, amount and day again counts once.

    Raises what `suppliers.note_payment` does; PaymentNotedAlready also for a reference that the
    ledger has from when payments had no rows of their own.
    """
    payment = suppliers.note_payment(supplier_id=supplier_id, given=given, by=by, now=now)
    if is_supplier_payment_booked(supplier_ref=str(payment.supplier_id), ref=payment.ref):
        raise PaymentNotedAlready(_("This reference is in the ledger already."), param="ref")
    payments.book_supplier_payment(
        supplier_ref=str(payment.supplier_id),
        amount_e4=payment.amount_e4,
        currency=payment.currency,
        ref=f"payment-{payment.pk}",
        by=by,
        now=now,
    )
    return payment


@tenant_atomic
def undo_payment_to_supplier(
    *, payment_id: int, reason: str, by: Actor, now: datetime
) -> "SupplierPayment":
    """It was a mistake: a counter entry stands against it. A second time changes nothing."""
    payment = suppliers.undo_payment(payment_id=payment_id, reason=reason, by=by, now=now)
    payments.undo_supplier_payment(
        supplier_ref=str(payment.supplier_id),
        amount_e4=payment.amount_e4,
        currency=payment.currency,
        ref=f"payment-{payment.pk}",
        by=by,
        now=now,
    )
    return payment
