"""A refund's life. Only `_move` and `_claim` write `Refund.state`.

A promise first (`refund`: what is left of the payment is taken by one conditional update), then
claim, call, record (`push_refund`). The number never changes, and the provider pays once per
number, so a lost answer is asked for again with the same words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput
from core.failpoints import reach
from core.money import CENT_E4
from core.outbox import emit
from core.scope import tenant_atomic
from core.states import check_move
from payments import selectors
from payments.errors import NotCaptured, RefundNumberTaken, RefundTooLarge
from payments.events import RefundCreated, RefundDone
from payments.models import Payment, Refund, RefundMove
from payments.services import ledger
from payments.services.registry import provider_named
from payments.states import (
    OWN_RISK,
    REFUND_DUE,
    REFUND_MOVES,
    AccountKind,
    PaymentState,
    RefundState,
)
from payments.types import RefundAnswer, RefundOrder, RefundOutcome
from tenants import audit

LEASE = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
TRIES_BEFORE_A_PERSON = 30  # some 25 hours of an answer that we cannot read

PROMISED = (AccountKind.REFUNDS, "")

AFTER = {
    RefundOutcome.DONE: RefundState.DONE,
    RefundOutcome.NO_FUNDS: RefundState.WAITING_FUNDS,
    RefundOutcome.REFUSED: RefundState.NEEDS_PERSON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    refund_id: int
    fence: int
    tries: int
    provider: str
    order: RefundOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    payment_id: int
    amount_e4: int
    number: str
    reason: str
    is_own_risk: bool = False


@tenant_atomic
def refund(
    *, payment_id: int, amount_e4: int, number: str, reason: str, by: Actor, now: datetime
) -> Refund:
    """Promise money back; a worker pays it out. The same number again is the same refund.

    `reason` is anybody's words. Raises RefundTooLarge when less than that is left of the payment.
    """
    wanted = _Wanted(payment_id=payment_id, amount_e4=amount_e4, number=number, reason=reason[:60])
    return _promise(wanted, by=by, now=now)


@tenant_atomic
def refund_at_own_risk(
    *, payment_id: int, amount_e4: int, number: str, by: Actor, now: datetime
) -> Refund:
    """`refund` for what may come, and is paid for then, all the same: booked as a kind of its own,
    so that reports can tell it."""
    wanted = _Wanted(
        payment_id=payment_id,
        amount_e4=amount_e4,
        number=number,
        reason=OWN_RISK,
        is_own_risk=True,
    )
    return _promise(wanted, by=by, now=now)


def _promise(wanted: _Wanted, *, by: Actor, now: datetime) -> Refund:
    payment_id, amount_e4 = wanted.payment_id, wanted.amount_e4
    payment = Payment.objects.select_for_update(of=("self",), no_key=True).get(pk=payment_id)
    found = selectors.find_refund(number=wanted.number)
    if found is not None:
        return _same(found, payment_id=payment_id, amount_e4=amount_e4)
    if payment.state != PaymentState.CAPTURED:
        raise NotCaptured(_("Only what was paid can be paid back."))
    if amount_e4 <= 0 or (amount_e4 % CENT_E4 and payment.account_id is None):
        raise InvalidInput(_("Write an amount above zero, in whole cents."), param="amount")
    enough_left = Payment.objects.filter(pk=payment_id, refunded_e4__lte=F("amount_e4") - amount_e4)
    if enough_left.update(refunded_e4=F("refunded_e4") + amount_e4) == 0:
        left = payment.amount_e4 - payment.refunded_e4
        raise RefundTooLarge(_("That is more than is left of this payment."), left_e4=left)
    promise = Refund.objects.create(
        number=wanted.number, payment=payment, amount_e4=amount_e4, reason=wanted.reason,
        by=by.label[:80], next_at=now, lease_until=now, made_at=now,
    )  # fmt: skip
    _remember(promise, old="", new=RefundState.CREATED, reason=wanted.reason, by=by, now=now)
    _book(promise, payment, step="promised", is_own_risk=wanted.is_own_risk, now=now)
    emit(RefundCreated(refund_id=promise.pk))
    return promise


def _same(found: Refund, *, payment_id: int, amount_e4: int) -> Refund:
    if (found.payment_id, found.amount_e4) != (payment_id, amount_e4):
        raise RefundNumberTaken(_("This refund number belongs to another refund."))
    return found


def push_refund(*, refund_id: int, now: datetime) -> None:
    """Claim the refund, ask the provider to pay it, record the answer.

    Nothing is locked while the provider thinks. A worker that dies in between leaves a lease that
    runs out; the next one asks under the same number.
    """
    lease = _claim(refund_id, now=now)
    if lease is None:
        return
    reach("payments.refund_claimed")
    answer = _ask(lease)
    reach("payments.refund_answered")
    _record(lease, answer, now=now)


@tenant_atomic(durable=True)
def _claim(refund_id: int, *, now: datetime) -> Lease | None:
    """The lease for exactly one worker: the row count is the lock."""
    due = Refund.objects.filter(
        pk=refund_id, state__in=sorted(REFUND_DUE), next_at__lte=now, lease_until__lte=now
    )
    old = due.values_list("state", flat=True).first()
    claimed = due.filter(state=old).update(
        state=RefundState.PENDING, fence=F("fence") + 1, tries=F("tries") + 1,
        lease_until=now + LEASE,
    ) if old else 0  # fmt: skip
    if not claimed:
        return None
    row = Refund.objects.select_related("payment").get(pk=refund_id)
    if old != RefundState.PENDING:
        _remember(row, old=str(old), new=RefundState.PENDING, reason="sent", by=SYSTEM, now=now)
    return Lease(
        refund_id=row.pk,
        fence=row.fence,
        tries=row.tries,
        provider=row.payment.provider,
        order=RefundOrder(
            number=row.number,
            payment_number=row.payment.number,
            provider_ref=row.payment.provider_ref,
            amount_e4=row.amount_e4,
            currency=row.payment.currency,
        ),
    )


def _ask(lease: Lease) -> RefundAnswer:
    return provider_named(lease.provider).refund(order=lease.order)


@tenant_atomic(durable=True)
def _record(lease: Lease, answer: RefundAnswer, *, now: datetime) -> None:
    """Write the answer down, only if the fencing number is still ours."""
    mine = Refund.objects.select_for_update(of=("self",), no_key=True)
    row = mine.filter(pk=lease.refund_id, fence=lease.fence, state=RefundState.PENDING).first()
    if row is None:
        return
    new = AFTER.get(answer.outcome)
    if new is None and lease.tries >= TRIES_BEFORE_A_PERSON:
        new = RefundState.NEEDS_PERSON
    row.lease_until = now
    row.next_at = now + min(FIRST_WAIT * 2 ** min(lease.tries, 12), LONGEST_WAIT)
    row.last_error = answer.reason[:120]
    row.provider_ref = answer.provider_ref[:64]
    row.save(update_fields=["lease_until", "next_at", "last_error", "provider_ref"])
    if new is not None:
        _move(row, new, reason=answer.outcome.value, by=SYSTEM, now=now)
    if new == RefundState.DONE:
        _book(row, row.payment, step="done", now=now)
        emit(RefundDone(refund_id=row.pk, into=_source(row.payment)[0]))


@tenant_atomic
def retry_refund(*, refund_id: int, by: Actor, now: datetime) -> Refund:
    """A person says: try again now, under the same number."""
    row = _locked(refund_id)
    if row.state != RefundState.PENDING:
        _move(row, RefundState.PENDING, reason="tried_again", by=by, now=now)
    row.next_at, row.tries = now, 0
    row.save(update_fields=["next_at", "tries"])
    audit.record(by=by, action="refund.retried", target=row.number, now=now)
    emit(RefundCreated(refund_id=row.pk))
    return row


@tenant_atomic
def give_up_refund(*, refund_id: int, by: Actor, reason: str, now: datetime) -> Refund:
    """A person says: this will not be paid back; what it took of the payment is free again."""
    row = _locked(refund_id)
    _move(row, RefundState.FAILED, reason="given_up", by=by, now=now)
    payment = Payment.objects.select_for_update(of=("self",), no_key=True).get(pk=row.payment_id)
    Payment.objects.filter(pk=payment.pk).update(refunded_e4=F("refunded_e4") - row.amount_e4)
    _book(row, payment, step="given_up", now=now)
    audit.record(by=by, action="refund.given_up", target=row.number, reason=reason, now=now)
    return row


def _book(
    row: Refund, payment: Payment, *, step: str, is_own_risk: bool = False, now: datetime
) -> None:
    """A promise lowers the revenue, or the balance it was paid into, at once; what was promised
    waits in an account of its own."""
    source, target = _source(payment), ledger.target_of(payment)
    route = {
        "promised": (target, PROMISED),
        "done": (PROMISED, source),
        "given_up": (PROMISED, target),
    }
    out_of, into = route[step]
    accounts = ledger.accounts_named([out_of, into], currency=payment.currency)
    ledger.write(
        ref=f"refund:{row.number}:{step}",
        kind=f"refund_{OWN_RISK if is_own_risk else step}",
        lines=[
            ledger.line(accounts[out_of], -row.amount_e4),
            ledger.line(accounts[into], row.amount_e4),
        ],
        currency=payment.currency,
        by=SYSTEM,
        now=now,
    )


def _source(payment: Payment) -> ledger.AccountName:
    """Where the money came from, and goes back to."""
    if payment.account is None:
        return AccountKind.PROVIDER, payment.provider
    return AccountKind(payment.account.kind), payment.account.owner_ref


def _move(row: Refund, new: RefundState, *, reason: str, by: Actor, now: datetime) -> None:
    """Move a locked refund, or raise MoveRefused; the history row goes with it."""
    old = RefundState(row.state)
    check_move(REFUND_MOVES, old, new)
    row.state = new
    if not REFUND_MOVES[new]:
        row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    _remember(row, old=old, new=new, reason=reason, by=by, now=now)


def _remember(row: Refund, *, old: str, new: str, reason: str, by: Actor, now: datetime) -> None:
    RefundMove.objects.create(refund=row, old=old, new=new, by=by.label[:80], reason=reason, at=now)


def _locked(refund_id: int) -> Refund:
    return Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=refund_id)
