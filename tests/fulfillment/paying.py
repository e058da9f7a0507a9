"""Money sent to suppliers, with boring defaults; call it inside the shop's scope."""

from fulfillment import services as fulfillment
from suppliers.types import NewPayment
from tests.suppliers.bills import DAY, ZHAO
from tests.times import NOON


def sent_money(supplier, amount_e4=500_000, *, ref="bank-1", now=NOON, **given):
    told = {"amount_e4": amount_e4, "ref": ref, "paid_on": DAY, "how": "bank"} | given
    return fulfillment.note_payment_to_supplier(
        supplier_id=supplier.pk, given=NewPayment(**told), by=ZHAO, now=now
    )


def undone(payment, *, reason="the wrong supplier", now=NOON):
    return fulfillment.undo_payment_to_supplier(
        payment_id=payment.pk, reason=reason, by=ZHAO, now=now
    )
