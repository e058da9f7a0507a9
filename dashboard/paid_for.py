"""What a payment is for, and the page that shows it: an order, or money for a partner's balance."""

from django.urls import reverse

from channels.selectors import find_payment_in
from payments.models import Payment


def page_of(payment: Payment) -> str:
    """The address; a payment into a balance is rare, and found one by one."""
    asked = find_payment_in(payable_id=payment.payable_id)
    if asked is not None:
        return reverse("office_payments_in", args=[asked.partner.ref])
    return reverse("office_order", args=[payment.payable_id])
