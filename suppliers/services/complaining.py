"""Complaints to suppliers: sent once, and moved by what the supplier signs.

As with an order, the complaint is committed before it goes out: who dies in between leaves one that
is not confirmed, which a person may send again and nobody sends by himself.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.crypto import seal
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.states import check_move
from suppliers.abilities import AfterSale, Complaint, TakesComplaints
from suppliers.errors import ComplaintOpen, NotTakingComplaints
from suppliers.models import (
    COMPLAINT_SAID,
    COMPLAINT_TEXT,
    Attempt,
    Supplier,
    SupplierComplaint,
    SupplierComplaintMove,
)
from suppliers.selectors import takes_complaints
from suppliers.services.callbacks import keep_heard, read_or_refuse, was_heard
from suppliers.services.docking import speaker
from suppliers.states import (
    COMPLAINT_MOVES,
    COMPLAINT_OPEN,
    LONGEST_COMPLAINT,
    AttemptState,
    CallbackOutcome,
    ComplaintState,
)
from suppliers.transport import answered
from suppliers.types import Answer, Outcome, clean_words
from tenants import audit
from tenants.selectors import shop_address

LONGEST_SAID = 2000
# The same again says nothing new: it may be about an earlier complaint than the newest.
_TAKEN = (CallbackOutcome.TOLD, CallbackOutcome.UNKNOWN)
_AFTER = {
    Outcome.ACCEPTED: ComplaintState.SENT,
    Outcome.REJECTED: ComplaintState.REFUSED,
    Outcome.UNKNOWN: ComplaintState.UNKNOWN,
}


def complain(
    *, attempt_id: int, text: str, key: str, by: Actor, now: datetime
) -> SupplierComplaint:
    """Send a complaint about what an attempt brought; in no transaction.

    `key` names the form: the same one again is the complaint that it made, sent once. Whatever the
    supplier answers is a state of it. Raises InvalidInput, NotTakingComplaints, and ComplaintOpen
    while another one about the same attempt is on its way or with the supplier.
    """
    complaint, is_new = _begin(attempt_id, text.strip(), key, by=by, now=now)
    if not is_new:
        return complaint
    supplier = complaint.attempt.offer.supplier
    told = Complaint(
        supplier_ref=complaint.attempt.supplier_ref,
        text=text.strip(),
        callback_url=shop_address(path=reverse("suppliers:after_sale", args=[supplier.uid])),
    )

    def speak() -> Answer:
        adapter = speaker(supplier)
        assert isinstance(adapter, TakesComplaints)
        return adapter.complain(complaint=told)

    return _record(complaint.pk, answered(speak, is_purchase=True), now=now)


@tenant_atomic(durable=True)
def _begin(
    attempt_id: int, text: str, key: str, *, by: Actor, now: datetime
) -> tuple[SupplierComplaint, bool]:
    """The form's complaint, committed, and whether it is still to be sent; under the attempt's
    lock, so that of two clicks one is first."""
    if not key:
        raise InvalidInput(_("Please load the page again and fill it in once more."), param="key")
    if not 1 <= len(text) <= LONGEST_COMPLAINT or "\0" in text:
        raise InvalidInput(
            _("Write 1 to %(most)s characters.") % {"most": LONGEST_COMPLAINT}, param="text"
        )
    attempt = _locked_attempt(attempt_id)
    form = hashlib.sha256(f"{attempt_id}|{key}".encode()).hexdigest()
    known = SupplierComplaint.objects.filter(key=form).first()
    if known is not None:
        return known, False
    _make_room(attempt, now=now)
    made = SupplierComplaint(attempt=attempt, key=form, by=by.label[:80], at=now)
    made.text = seal(text, place=COMPLAINT_TEXT, uid=made.uid)
    made.save(force_insert=True)
    _note(made, "", ComplaintState.SENDING, by=by, now=now)
    audit.record(by=by, action="supplier.complained", target=attempt.number, now=now)
    return made, True


def _locked_attempt(attempt_id: int) -> Attempt:
    rows = Attempt.objects.select_related("offer__supplier")
    attempt = rows.select_for_update(no_key=True, of=("self",)).get(pk=attempt_id)
    can_take = takes_complaints(protocol=attempt.offer.supplier.protocol)
    was_bought = attempt.state in {AttemptState.SUCCESS, AttemptState.REVERSED}
    if not (can_take and was_bought and attempt.supplier_ref):
        raise NotTakingComplaints(_("This supplier takes no complaint about it here."))
    return attempt


def _make_room(attempt: Attempt, *, now: datetime) -> None:
    """One that its sender did not live to record is not confirmed; any other open one stays."""
    there = SupplierComplaint.objects.filter(attempt=attempt, state__in=sorted(COMPLAINT_OPEN))
    found = there.select_for_update(no_key=True, of=("self",)).first()
    if found is None:
        return
    if found.is_open(now):
        raise ComplaintOpen(_("The supplier has a complaint about it already."))
    _move(found, ComplaintState.UNKNOWN, by=SYSTEM, now=now)


@tenant_atomic(durable=True)
def _record(complaint_id: int, answer: Answer, *, now: datetime) -> SupplierComplaint:
    """What came of it; a callback that was quicker stays."""
    complaint = _locked(complaint_id)
    if complaint.state == ComplaintState.SENDING:
        new = _AFTER.get(answer.outcome, ComplaintState.UNKNOWN)
        _move(complaint, new, by=SYSTEM, said=answer.reason, now=now)
    return complaint


@tenant_atomic
def hear_after_sale(
    *, uid: UUID, body: bytes, headers: Mapping[str, str], now: datetime
) -> bytes | None:
    """A supplier tells of a complaint. The answer is its protocol's word for "heard".

    All of it is signed, so that it moves the complaint. One about an order of which we know no
    complaint is parked and acknowledged, as a repeat is; what the supplier did not sign is kept for
    the office to look at, and answered with None. Raises NotFound, also for who takes none.
    """
    supplier = Supplier.objects.filter(uid=uid).first()
    adapter = speaker(supplier) if supplier else None
    if supplier is None or not isinstance(adapter, TakesComplaints):
        raise NotFound(_("There is no such address."))
    told = read_or_refuse(lambda: adapter.read_after_sale(body=body, headers=headers))
    is_new = told and not was_heard(supplier, body, outcomes=_TAKEN)
    complaint = _told_of(supplier, told, now=now) if told and is_new else None
    outcome = CallbackOutcome.TOLD if complaint else CallbackOutcome.UNKNOWN
    keep_heard(
        supplier,
        body,
        outcome if told else CallbackOutcome.REFUSED,
        attempt=complaint.attempt if complaint else None,
        number=clean_words(told.supplier_ref)[:80] if told else "",
        now=now,
    )
    return adapter.acknowledgement if told else None


def _told_of(supplier: Supplier, told: AfterSale, *, now: datetime) -> SupplierComplaint | None:
    """The newest complaint about that order, moved; what comes late moves nothing."""
    ref = clean_words(told.supplier_ref)[:80]
    sent = SupplierComplaint.objects.filter(
        attempt__supplier_ref=ref, attempt__offer__supplier=supplier
    ).exclude(state=ComplaintState.REFUSED)
    newest = sent.order_by("-pk").first()
    if newest is None:
        return None
    complaint, new = _locked(newest.pk), ComplaintState(told.handling.value)
    if new in COMPLAINT_MOVES[ComplaintState(complaint.state)]:
        _move(complaint, new, by=SYSTEM, said=told.said, now=now)
    return complaint


def _locked(complaint_id: int) -> SupplierComplaint:
    rows = SupplierComplaint.objects.select_related("attempt__offer__supplier")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=complaint_id)


def _move(
    complaint: SupplierComplaint, new: ComplaintState, *, by: Actor, said: str = "", now: datetime
) -> None:
    """Move a locked complaint, or raise MoveRefused, its history with it."""
    old = ComplaintState(complaint.state)
    check_move(COMPLAINT_MOVES, old, new)
    complaint.state = new
    words = clean_words(said).strip()[:LONGEST_SAID]
    if words:
        complaint.said = seal(words, place=COMPLAINT_SAID, uid=complaint.uid)
    complaint.save(update_fields=["state", "said"])
    _note(complaint, old, new, by=by, now=now)


def _note(
    complaint: SupplierComplaint, old: str, new: ComplaintState, *, by: Actor, now: datetime
) -> None:
    SupplierComplaintMove.objects.create(
        complaint=complaint, old=old, new=new, by=by.label[:80], reason="complaint", at=now
    )
