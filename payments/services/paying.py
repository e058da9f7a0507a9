"""A payment's life. `start` stores it with its first moves; from then on only `moving._move` writes
its state.

A payment is moved under its row's lock: of two that capture the same payment, the second one waits
and sees what the first one made of it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput
from core.failpoints import reach
from core.keys import new_key
from core.money import MOST_E4
from core.refs import new_ref
from core.rows import draft, fetch
from core.scope import tenant_atomic
from core.sheets import Sheet
from payments import selectors
from payments.errors import NoticeRefused, PaidAlready
from payments.models import Payment
from payments.services import ledger, notices
from payments.services.moving import _move, _note
from payments.services.registry import BALANCE, provider_named
from payments.states import OPEN, AccountKind, Outcome, PaymentState
from payments.types import Booking, Captured, Notice, Payable

TIME_TO_PAY = timedelta(minutes=15)
FRESH = timedelta(minutes=5)
FIRST_ASKED = timedelta(seconds=30)


@tenant_atomic
def start(*, payable: Payable, provider: str, now: datetime, sheet: Sheet | None = None) -> Payment:
    """The open payment of this payable with this provider, opened if there is none.

    Two tabs get the same one. Raises PaidAlready when money is there, ProviderUnknown. Who gives a
    `sheet` writes it, if the payable is new.
    """
    spoken_to = provider_named(provider)
    if provider == BALANCE:
        raise InvalidInput(_("A balance is not paid by a notice."), param="provider")
    known = [] if payable.is_new else selectors.live_payments(payable_id=payable.id)
    for found in known:
        if found.provider == provider and found.state in OPEN:
            return found
    _refuse_paid(known)
    payment = _new(payable, provider=provider, state=PaymentState.PENDING, now=now)
    opened = spoken_to.open(number=payment.number, payable=payable, expires_at=payment.expires_at)
    payment.provider_ref, payment.pay_url = opened.provider_ref, opened.pay_url
    payment.ask_at = now + FIRST_ASKED
    own = sheet if sheet is not None and payable.is_new else Sheet()
    if payable.is_new:
        own.insert(payment)
    else:
        own.insert(payment, unless_there="payment_open_once")
        own.only_if(payment)
    _note(own, payment, ("", PaymentState.CREATED), reason="started", now=now)
    _note(own, payment, (PaymentState.CREATED, PaymentState.PENDING), reason="opened", now=now)
    own.insert(*opened.own_books)
    if own is not sheet and not own.write():
        # Another tab opened one in this moment: the constraint let one of the two in. Nobody was
        # shown the way to pay the one that we opened in vain.
        return _other_tabs(payable, provider)
    return payment


def _other_tabs(payable: Payable, provider: str) -> Payment:
    """The payment that was faster; it may have come to its end since."""
    known = selectors.live_payments(payable_id=payable.id)
    _refuse_paid(known)
    for found in known:
        if found.provider == provider:
            return found
    raise InvalidInput(_("The time to pay was over a moment ago. Load the page again."))


def _refuse_paid(known: list[Payment]) -> None:
    if any(payment.state == PaymentState.CAPTURED for payment in known):
        raise PaidAlready(_("This is paid already."))


def _new(
    payable: Payable,
    *,
    provider: str,
    state: PaymentState = PaymentState.CREATED,
    now: datetime,
) -> Payment:
    if not 0 < payable.amount_e4 <= MOST_E4:
        raise InvalidInput(_("There is nothing to pay."), param="amount")
    return draft(
        Payment,
        number=f"P{now:%y%m%d}{new_ref(14)}",
        payable_ref=payable.ref,
        payable_id=payable.id,
        title=payable.title[:120],
        provider=provider,
        state=state,
        amount_e4=payable.amount_e4,
        currency=payable.currency,
        made_at=now,
        expires_at=payable.expires_at or now + TIME_TO_PAY,
        into_id=payable.into_id,
    )


def read_notice(*, provider: str, body: bytes, headers: Mapping[str, str]) -> Notice:
    """The notice in our words, its signature checked on the raw body; or NoticeRefused.

    Whoever catches NoticeRefused calls `keep_refusal` outside the transaction that is rolled back.
    """
    return provider_named(provider).read_notice(body=body, headers=headers)


@tenant_atomic
def capture(*, notice: Notice, now: datetime, sheet: Sheet | None = None) -> Captured:
    """The money is here: capture the payment, once.

    Everything the notice claims is compared with ours before anything moves; NoticeRefused
    otherwise. A repeat, however late and however many at once, is `is_first=False` and no effect.
    Who gives a `sheet` writes it, in the same transaction.
    """
    payment = _locked(number=notice.payment_number)
    _compare(notice, payment)
    assert payment is not None  # _compare refused it
    if PaymentState(payment.state) == PaymentState.CAPTURED:
        return _repeated(notice, payment, now=now)
    # A true repeat may be old; an event that nobody has seen may not.
    if abs(now - notice.signed_at) > FRESH:
        raise _refusal(Outcome.STALE, notice)
    own, old = sheet or Sheet(), PaymentState(payment.state)
    _move(
        payment,
        PaymentState.CAPTURED,
        reason="notice" if old in OPEN else f"late_money_{old}",
        now=now,
        sheet=own,
        paid_at=now,
        ask_at=None,
        provider_ref=notice.provider_ref,
    )
    notices.note(own, notice=notice, payment=payment, now=now)
    _book_capture(own, payment, source=(AccountKind.PROVIDER, payment.provider), now=now)
    if sheet is None:
        own.write()
    reach("payments.captured")
    return _captured(payment, is_first=True)


def _locked(*, number: str) -> Payment | None:
    return next(iter(fetch(Payment, "number = %s FOR NO KEY UPDATE", number)), None)


def _compare(notice: Notice, payment: Payment | None) -> None:
    if notice.merchant_ref != provider_named(notice.provider).merchant_ref:
        raise _refusal(Outcome.OTHER_MERCHANT, notice)
    if payment is None or payment.provider != notice.provider:
        raise _refusal(Outcome.UNKNOWN_PAYMENT, notice)
    if not notice.is_paid:
        raise _refusal(Outcome.NOT_PAID, notice)
    if notice.currency != payment.currency:
        raise _refusal(Outcome.WRONG_CURRENCY, notice)
    if notice.amount_e4 != payment.amount_e4:
        raise _refusal(Outcome.WRONG_AMOUNT, notice)
    if not _is_its_trade(notice, payment):
        raise _refusal(Outcome.SECOND_TRADE, notice)


def _is_its_trade(notice: Notice, payment: Payment) -> bool:
    """One trade at the provider pays one payment, and one payment is paid by one trade."""
    if payment.provider_ref:
        return payment.provider_ref == notice.provider_ref
    return not Payment.objects.filter(
        provider=notice.provider, provider_ref=notice.provider_ref
    ).exists()


def _refusal(outcome: Outcome, notice: Notice) -> NoticeRefused:
    return NoticeRefused(outcome, event_ref=notice.event_ref, payment_number=notice.payment_number)


def _repeated(notice: Notice, payment: Payment, *, now: datetime) -> Captured:
    notices.keep_repeat(notice=notice, payment=payment, now=now)
    return _captured(payment, is_first=False)


def _captured(payment: Payment, *, is_first: bool) -> Captured:
    return Captured(
        payment_id=payment.pk,
        payable_id=payment.payable_id,
        is_first=is_first,
        is_into_balance=payment.into_id is not None,
    )


@tenant_atomic(savepoint=False)
def pay_new_from_balance(
    *, payable: Payable, account_id: int, now: datetime, sheet: Sheet
) -> Captured:
    """Pay what is made in this moment from a balance kept here, on the caller's sheet.

    When that is written, BalanceTooLow is raised if there is not enough.
    """
    return _pay_now(payable, account_id=account_id, now=now, sheet=sheet)


@tenant_atomic
def pay_from_balance(*, payable: Payable, account_id: int, now: datetime) -> Captured:
    """Pay at once from a balance kept here; the same payable again is `is_first=False`.

    Raises BalanceTooLow, and nothing is left behind.
    """
    paid = Payment.objects.filter(
        payable_id=payable.id, account_id=account_id, state=PaymentState.CAPTURED
    )
    found = paid.first()
    if found is None:
        try:
            with tenant_atomic():
                _refuse_paid(selectors.live_payments(payable_id=payable.id))
                sheet = Sheet()
                captured = _pay_now(payable, account_id=account_id, now=now, sheet=sheet)
                sheet.write()
                return captured
        except (IntegrityError, PaidAlready):
            # Another request paid since we looked: from this balance (a double click) it is our
            # answer too, from elsewhere the refusal stands.
            found = paid.first()
            if found is None:
                raise
    return Captured(payment_id=found.pk, payable_id=found.payable_id, is_first=False)


def _pay_now(payable: Payable, *, account_id: int, now: datetime, sheet: Sheet) -> Captured:
    account = ledger.account_of(account_id=account_id)
    if account.currency != payable.currency:
        raise InvalidInput(_("The balance is in another currency."), param="account")
    payment = _new(payable, provider=BALANCE, now=now)
    payment.pk, payment.account = new_key(Payment), account
    sheet.insert(payment)
    _note(sheet, payment, ("", PaymentState.CREATED), reason="started", now=now)
    source = (AccountKind(account.kind), account.owner_ref)
    _move(payment, PaymentState.CAPTURED, reason="balance", now=now, sheet=sheet, paid_at=now)
    _book_capture(sheet, payment, source=source, now=now)
    return Captured(payment_id=payment.pk, payable_id=payable.id, is_first=True)


@tenant_atomic
def close_payment(*, payment_id: int, by: Actor = SYSTEM, now: datetime) -> None:
    """Give an open payment up; one that is not open, or is being captured right now, is left."""
    _close(Payment.objects.filter(pk=payment_id), by=by, now=now)


@tenant_atomic
def close_payments_of(*, payable_id: int, by: Actor = SYSTEM, now: datetime) -> None:
    """Give all open payments of a payable up."""
    _close(Payment.objects.filter(payable_id=payable_id), by=by, now=now)


def _close(payments: "QuerySet[Payment]", *, by: Actor, now: datetime) -> None:
    # Skipped, not waited for: a capture holds its payment while it reaches for the order that our
    # caller may hold, and late money is taken by a closed payment just as well.
    locked = payments.filter(state__in=sorted(OPEN)).select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    for payment in locked.order_by("pk"):
        _move(payment, PaymentState.CLOSED, reason="not_paid_in_time", now=now, by=by)


def _book_capture(
    sheet: Sheet, payment: Payment, *, source: ledger.AccountName, now: datetime
) -> None:
    target = ledger.target_of(payment)
    accounts = ledger.accounts_named([source, target], currency=payment.currency)
    booking = Booking(
        ref=f"capture:{payment.number}",
        kind="capture" if payment.into_id is None else "payment_in",
        lines=(
            ledger.line(accounts[source], -payment.amount_e4),
            ledger.line(accounts[target], payment.amount_e4),
        ),
        currency=payment.currency,
        by=SYSTEM,
    )
    ledger.book(sheet, booking, now=now)
