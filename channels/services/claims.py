"""Money on a partner's balance, or off it, by two people. `_move` is the only place that writes a
claim's state."""

import base64
from datetime import date, datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from channels.errors import AnotherPersonNeeded, ReferenceClaimed
from channels.events import BalanceCredited
from channels.models import CLAIM_PROOF, BalanceClaim, BalanceClaimMove, ClaimProof, Partner
from channels.states import CLAIM_MOVES, ClaimKind, ClaimState
from channels.types import ClaimProofFile, NewTransfer
from core.actors import Actor
from core.constraints import broken_rule
from core.crypto import seal, unseal
from core.errors import FileRefused, InvalidInput, NotAllowed
from core.money import MOST_E4
from core.outbox import emit
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from inventory.selectors import today_here
from payments import services as payments
from suppliers.services.papers import find_kind, is_too_large
from suppliers.states import PaperKind
from tenants import audit
from tenants.selectors import get_shop

LONGEST_REF, LONGEST_NOTE = 80, 200
_KINDS = {kind.mime: kind for kind in PaperKind}


@tenant_atomic
def file_transfer(*, partner_id: int, given: NewTransfer, by: Actor, now: datetime) -> BalanceClaim:
    """A transfer is said to have come in; nothing is booked yet.

    The same reference, amount and day of the same partner again is the first claim, unchanged.
    Raises InvalidInput or FileRefused, which name the field, or ReferenceClaimed.
    """
    bank_ref = _plain(given.bank_ref)
    _check_transfer(given, bank_ref, today=today_here(now=now))
    found = _claimed(bank_ref)
    if found is not None:
        return _same(found, given, partner_id)
    claim = _drafted(partner_id, ClaimKind.TRANSFER, given.amount_e4, by=by, now=now)
    claim.paid_on, claim.bank_ref, claim.note = given.paid_on, bank_ref, _plain(given.note)
    try:
        with tenant_atomic():
            _take_in(claim, ClaimState.FILED, by=by, now=now)
    except IntegrityError as error:
        twin = _claimed(bank_ref)
        if twin is None or broken_rule(error) != "claim_bank_ref_once":
            raise
        return _same(twin, given, partner_id)
    if given.proof is not None:
        _keep_proof(claim, given.proof)
    return claim


@tenant_atomic
def file_correction(
    *, partner_id: int, amount_e4: int, reason: str, by: Actor, now: datetime
) -> BalanceClaim:
    """A balance is said to be wrong by so much, below zero for too much; nothing is booked yet."""
    why = _plain(reason)
    if not 0 < abs(amount_e4) <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    if not why or len(why) > LONGEST_NOTE:
        raise InvalidInput(_("Write why, 200 characters at most."), param="reason")
    claim = _drafted(partner_id, ClaimKind.CORRECTION, amount_e4, by=by, now=now)
    claim.note = why
    _take_in(claim, ClaimState.MATCHED, by=by, now=now)
    return claim


@tenant_atomic
def match_claim(*, claim_id: int, by: Actor, now: datetime) -> BalanceClaim:
    """The transfer was found at the bank; a second time changes nothing."""
    claim = _locked(claim_id)
    if claim.state == ClaimState.MATCHED:
        return claim
    _move(claim, ClaimState.MATCHED, by=by, now=now)
    _record("claim.matched", claim, by=by, now=now)
    return claim


@tenant_atomic
def confirm_claim(*, claim_id: int, by: Actor, now: datetime) -> BalanceClaim:
    """Another person agrees: it is booked on the balance, once.

    A second time changes nothing. Raises AnotherPersonNeeded, MoveRefused, or BalanceTooLow where a
    correction would take more than there is.
    """
    claim = _locked(claim_id)
    if claim.state == ClaimState.CONFIRMED:
        return claim
    if _person(by) == claim.filed_user:
        raise AnotherPersonNeeded(_("Who filed it does not confirm it: ask a colleague to."))
    claim.decided_by, claim.decided_user, claim.decided_at = by.label[:80], by.user_id, now
    _move(claim, ClaimState.CONFIRMED, by=by, now=now)
    _book(claim, by=by, now=now)
    _record("claim.confirmed", claim, by=by, now=now)
    return claim


@tenant_atomic
def refuse_claim(*, claim_id: int, reason: str, by: Actor, now: datetime) -> BalanceClaim:
    """Nothing is booked, for this reason; who filed it may take it back so. A second time changes
    nothing."""
    claim = _locked(claim_id)
    if claim.state == ClaimState.REFUSED:
        return claim
    why = _plain(reason)[:LONGEST_NOTE]
    if not why:
        raise InvalidInput(_("Write why it is refused."), param="reason")
    claim.why, claim.decided_by, claim.decided_user = why, by.label[:80], by.user_id
    claim.decided_at = now
    _move(claim, ClaimState.REFUSED, by=by, reason=why, now=now)
    _record("claim.refused", claim, by=by, reason=why, now=now)
    return claim


@tenant_atomic
def read_claim_proof(*, claim_id: int, by: Actor, now: datetime) -> ClaimProofFile | None:
    """The bank's slip as it was uploaded; who took it is noted. None where there is none."""
    found = ClaimProof.objects.select_related("claim__partner").filter(claim_id=claim_id).first()
    if found is None:
        return None
    _record("claim.proof_read", found.claim, by=by, now=now)
    text = unseal(bytes(found.body), place=CLAIM_PROOF, uid=found.uid)
    return ClaimProofFile(name=found.title, body=base64.b64decode(text), kind=_KINDS[found.kind])


def _book(claim: BalanceClaim, *, by: Actor, now: datetime) -> None:
    is_transfer = claim.kind == ClaimKind.TRANSFER
    book = payments.top_up_balance if is_transfer else payments.correct_balance
    journal = book(
        account_id=claim.partner.account_id,
        amount_e4=claim.amount_e4,
        ref=claim.ref,
        by=by,
        now=now,
    )
    if is_transfer:
        emit(BalanceCredited(partner_id=claim.partner_id, entry_ref=journal.ref))


def _check_transfer(given: NewTransfer, bank_ref: str, *, today: date) -> None:
    if not 0 < given.amount_e4 <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    if not bank_ref or len(bank_ref) > LONGEST_REF:
        raise InvalidInput(
            _("Write the bank's reference, 80 characters at most."), param="bank_ref"
        )
    if given.paid_on.year < 2000 or given.paid_on > today:
        raise InvalidInput(_("Choose the day it was paid: today or before."), param="paid_on")
    if len(given.note) > LONGEST_NOTE:
        raise InvalidInput(
            _("Write at most %(most)s characters.") % {"most": LONGEST_NOTE}, param="note"
        )


def _claimed(bank_ref: str) -> BalanceClaim | None:
    live = BalanceClaim.objects.exclude(state=ClaimState.REFUSED)
    return live.select_related("partner").filter(bank_ref=bank_ref).first()


def _same(found: BalanceClaim, given: NewTransfer, partner_id: int) -> BalanceClaim:
    told = (found.partner_id, found.amount_e4, found.paid_on)
    if told == (partner_id, given.amount_e4, given.paid_on):
        return found
    raise ReferenceClaimed(
        _("This reference stands in a claim of %(partner)s already. Look at that one first.")
        % {"partner": found.partner.name},
        param="bank_ref",
        claim=found.ref,
    )


def _drafted(
    partner_id: int, kind: ClaimKind, amount_e4: int, *, by: Actor, now: datetime
) -> BalanceClaim:
    return BalanceClaim(
        ref=new_ref(),
        partner=Partner.objects.get(pk=partner_id),
        kind=kind,
        amount_e4=amount_e4,
        currency=get_shop().currency,
        filed_by=by.label[:80],
        filed_user=_person(by),
        filed_at=now,
    )


def _take_in(claim: BalanceClaim, first: ClaimState, *, by: Actor, now: datetime) -> None:
    claim.state = first
    claim.save()
    BalanceClaimMove.objects.create(
        claim=claim, old="", new=first, by=by.label[:80], reason="", at=now
    )
    _record("claim.filed", claim, by=by, now=now)


def _person(by: Actor) -> int:
    """Two people are told apart by their keys; what no person does is not enough here."""
    if by.user_id is None:
        raise NotAllowed
    return by.user_id


def _move(
    claim: BalanceClaim, new: ClaimState, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    old = ClaimState(claim.state)
    check_move(CLAIM_MOVES, old, new)
    claim.state = new
    claim.save(update_fields=["state", "decided_by", "decided_user", "decided_at", "why"])
    BalanceClaimMove.objects.create(
        claim=claim, old=old, new=new, by=by.label[:80], reason=reason[:60], at=now
    )


def _keep_proof(claim: BalanceClaim, proof: ClaimProofFile) -> None:
    if is_too_large(proof.body):
        raise FileRefused(_("The file is larger than 5 MB."), param="proof")
    kind = find_kind(proof.body)
    if kind is None:
        raise FileRefused(_("Give a PDF, PNG or JPEG file."), param="proof")
    row = ClaimProof(claim=claim, title=_plain(proof.name)[-120:], kind=kind.mime)
    row.body = seal(base64.b64encode(proof.body).decode(), place=CLAIM_PROOF, uid=row.uid)
    row.save()


def _record(
    action: str, claim: BalanceClaim, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    told: dict[str, str | int | None] = {
        "claim": claim.ref,
        "amount_e4": claim.amount_e4,
        "bank_ref": claim.bank_ref,
    }
    audit.record(by=by, action=action, target=claim.partner.ref, reason=reason, data=told, now=now)


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def _locked(claim_id: int) -> BalanceClaim:
    rows = BalanceClaim.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("partner").get(pk=claim_id)
