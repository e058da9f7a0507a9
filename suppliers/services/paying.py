"""Payments to suppliers as a person notes them. The ledger is another app's: a higher floor books.

Nothing is deleted: a mistake is undone, and may be noted again under the same reference.
"""

import base64
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.crypto import seal, unseal
from core.errors import FileRefused, InvalidInput
from core.money import MOST_E4, Money
from core.scope import tenant_atomic
from suppliers.errors import PaymentNotedAlready
from suppliers.models import PROOF_BODY, PaymentProof, Supplier, SupplierPayment
from suppliers.selectors.settlement import shop_zone
from suppliers.services.papers import find_kind, is_too_large
from suppliers.states import PaidBy, PaperKind
from suppliers.types import NewPayment, Proof
from tenants import audit

_KINDS = {kind.mime: kind for kind in PaperKind}


@tenant_atomic
def note_payment(
    *, supplier_id: int, given: NewPayment, by: Actor, now: datetime
) -> SupplierPayment:
    """Note it, once: the same reference, amount and day again is the first one, unchanged.

    Raises InvalidInput or FileRefused, which name the field, or PaymentNotedAlready if the
    reference stands beside another amount or day.
    """
    # Two who note the same transfer at once come one after the other.
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier_id)
    ref = given.ref.replace("\0", "").strip()
    _check(given, ref, today=now.astimezone(shop_zone()).date())
    found = SupplierPayment.objects.filter(supplier=supplier, ref=ref, undone_at=None).first()
    if found is not None:
        return _same(found, given)
    payment = SupplierPayment.objects.create(
        supplier=supplier,
        amount_e4=given.amount_e4,
        currency=supplier.currency,
        paid_on=given.paid_on,
        counts_on=given.counts_on or given.paid_on,
        how=given.how,
        ref=ref,
        note=given.note.replace("\0", "").strip(),
        by=by.label[:80],
        made_at=now,
    )
    if given.proof is not None:
        _keep_proof(payment, given.proof)
    _record("supplier.paid", payment, by=by, now=now)
    return payment


@tenant_atomic
def undo_payment(*, payment_id: int, reason: str, by: Actor, now: datetime) -> SupplierPayment:
    """It was a mistake, for this reason; undone once, a second time changes nothing."""
    rows = SupplierPayment.objects.select_for_update(no_key=True, of=("self",))
    payment = rows.select_related("supplier").get(pk=payment_id)
    if payment.undone_at is not None:
        return payment
    why = reason.replace("\0", "").strip()[:200]
    if not why:
        raise InvalidInput(_("Write why it is undone."), param="reason")
    payment.undone_at, payment.undone_by, payment.undone_why = now, by.label[:80], why
    payment.save(update_fields=["undone_at", "undone_by", "undone_why"])
    _record("supplier.payment_undone", payment, by=by, now=now)
    return payment


@tenant_atomic
def read_proof(*, payment_id: int, by: Actor, now: datetime) -> Proof | None:
    """The file as it was uploaded; who took it is noted. None where there is none."""
    rows = PaymentProof.objects.select_related("payment__supplier")
    found = rows.filter(payment_id=payment_id).first()
    if found is None:
        return None
    _record("supplier.proof_read", found.payment, by=by, now=now)
    text = unseal(bytes(found.body), place=PROOF_BODY, uid=found.uid)
    return Proof(name=found.title, body=base64.b64decode(text), kind=_KINDS[found.kind])


def _check(given: NewPayment, ref: str, *, today: date) -> None:
    if not 0 < given.amount_e4 <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    if not ref or len(ref) > 80:
        raise InvalidInput(_("Write the bank's reference, 80 characters at most."), param="ref")
    if len(given.note) > 200:
        raise InvalidInput(_("Write at most %(most)s characters.") % {"most": 200}, param="note")
    if given.how not in PaidBy.values:
        raise InvalidInput(_("Choose one of the listed ways."), param="how")
    if given.paid_on.year < 2000 or given.paid_on > today:
        raise InvalidInput(_("Choose the day it was paid: today or before."), param="paid_on")
    if given.counts_on and not 2000 <= given.counts_on.year < 2100:
        raise InvalidInput(_("Choose a day of the cycle that it pays."), param="counts_on")


def _same(found: SupplierPayment, given: NewPayment) -> SupplierPayment:
    if (found.amount_e4, found.paid_on) == (given.amount_e4, given.paid_on):
        return found
    shown = Money(found.amount_e4, found.currency)
    raise PaymentNotedAlready(
        _("This reference was noted already: %(amount)s on %(day)s. Undo that one first.")
        % {"amount": shown, "day": found.paid_on.isoformat()},
        param="ref",
    )


def _keep_proof(payment: SupplierPayment, proof: Proof) -> None:
    if is_too_large(proof.body):
        raise FileRefused(_("The file is larger than 5 MB."), param="proof")
    kind = find_kind(proof.body)
    if kind is None:
        raise FileRefused(_("Give a PDF, PNG or JPEG file."), param="proof")
    row = PaymentProof(payment=payment, title=proof.name.replace("\0", "")[-120:], kind=kind.mime)
    row.body = seal(base64.b64encode(proof.body).decode(), place=PROOF_BODY, uid=row.uid)
    row.save()


def _record(action: str, payment: SupplierPayment, *, by: Actor, now: datetime) -> None:
    told: dict[str, str | int | None] = {
        "amount_e4": payment.amount_e4,
        "ref": payment.ref,
        "paid_on": payment.paid_on.isoformat(),
    }
    if payment.undone_why:
        told["reason"] = payment.undone_why
    audit.record(by=by, action=action, target=payment.supplier.name, data=told, now=now)
