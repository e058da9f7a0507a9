"""Money back: never more than was paid, once per number, and it arrives."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import outbox
from core.errors import InvalidInput
from core.models import OutboxRow
from core.scope import tenant_atomic
from core.states import MoveRefused
from payments import services
from payments.errors import NotCaptured, RefundNumberTaken, RefundTooLarge
from payments.models import Journal, Refund, SandboxRefund, SandboxTrade
from payments.selectors import (
    balance_of,
    find_account,
    get_refund,
    held_up_refunds,
    money_of,
    odd_balances,
)
from payments.services import refunding
from payments.services.registry import provider_named
from payments.states import REFUND_MOVES, AccountKind, RefundState
from payments.types import MoneyWord, RefundAnswer, RefundOutcome
from tests.payments.factories import (
    PRICE,
    ZHANG,
    entries_of,
    make_balance,
    make_paid,
    make_payable,
    make_payment,
)
from tests.times import NEXT_DAY, NOON

SOON = NOON + timedelta(minutes=2)
FORBIDDEN = [
    (old, new) for old in RefundState for new in RefundState if new not in REFUND_MOVES[old]
]


def promise(payment, *, amount_e4=PRICE, number="R1"):
    return services.refund(
        payment_id=payment.pk, amount_e4=amount_e4, number=number, reason="asked",
        by=ZHANG, now=NOON,
    )  # fmt: skip


def push(refund, *, now=NOON):
    services.push_refund(refund_id=refund.pk, now=now)
    return read(refund)


def read(refund):
    with tenant_atomic():
        return get_refund(refund_id=refund.pk)


def money(payment):
    with tenant_atomic():
        return money_of(payable_id=payment.payable_id)


def paid_out():
    """What the sandbox's own books say."""
    with tenant_atomic():
        return dict(SandboxRefund.objects.values_list("number", "amount_e4"))


def kept_by(kind):
    account = find_account(kind=kind)
    assert account is not None
    return balance_of(account_id=account.pk)


class LostAnswers:
    """A provider that pays out, and whose answer is lost the first times."""

    def __init__(self, true_provider, *, lost):
        self._provider, self.lost = true_provider, lost

    def refund(self, *, order):
        answer = self._provider.refund(order=order)
        self.lost -= 1
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN) if self.lost >= 0 else answer


@pytest.fixture
def lost_answers(shop, monkeypatch):
    provider = LostAnswers(provider_named("sandbox"), lost=0)
    monkeypatch.setattr(refunding, "provider_named", lambda name: provider)
    return provider


def test_a_full_refund_reaches_the_buyer(shop):
    payment = make_paid()

    done = push(promise(payment))

    assert done.state == RefundState.DONE
    assert done.ended_at == NOON
    assert paid_out() == {"R1": PRICE}
    assert money(payment).state == MoneyWord.REFUNDED
    assert money(payment).pending_e4 == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_promise_is_heard_by_a_worker_without_the_sweeper(shop):
    refund = promise(make_paid())
    with tenant_atomic():
        (row,) = OutboxRow.objects.filter(event="payments.RefundCreated")

    outbox.hear(row_id=row.pk, now=timezone.now())

    assert read(refund).state == RefundState.DONE


def test_the_books_of_a_refund(shop):
    payment = make_paid()

    push(promise(payment, amount_e4=100))

    with tenant_atomic():
        assert entries_of("refund:R1:promised") == {"revenue": -100, "refunds": 100}
        assert entries_of("refund:R1:done") == {"refunds": -100, "provider": 100}


def test_partial_refunds_add_up_to_what_was_paid(shop):
    payment = make_paid()
    promise(payment, amount_e4=PRICE - 100, number="R1")
    promise(payment, amount_e4=100, number="R2")

    with pytest.raises(RefundTooLarge) as refusal:
        promise(payment, amount_e4=100, number="R3")

    assert refusal.value.data == {"left_e4": 0}
    assert money(payment).refunded_e4 == PRICE


def test_the_same_number_is_the_same_refund(shop):
    payment = make_paid()
    first = promise(payment)

    again = promise(payment)
    push(again)
    push(again)

    assert again.pk == first.pk
    assert paid_out() == {"R1": PRICE}


def test_a_number_is_not_used_for_another_refund(shop):
    payment, other = make_paid(), make_paid()
    promise(payment)

    for of, amount_e4 in [(payment, 100), (other, PRICE)]:
        with pytest.raises(RefundNumberTaken):
            promise(of, amount_e4=amount_e4)

    assert money(other).refunded_e4 == 0


def test_what_was_not_paid_is_not_paid_back(shop):
    payment = make_payment()

    with pytest.raises(NotCaptured):
        promise(payment)

    with tenant_atomic():
        assert not Refund.objects.exists()


@pytest.mark.parametrize("amount_e4", [0, -100, 50])
def test_an_amount_that_nobody_can_pay_is_refused(shop, amount_e4):
    payment = make_paid()

    with pytest.raises(InvalidInput):
        promise(payment, amount_e4=amount_e4)

    assert money(payment).refunded_e4 == 0


def test_a_provider_out_of_funds_pays_later_under_the_same_number(shop):
    payment = make_paid()
    services.set_out_of_funds(is_out_of_funds=True)
    waiting = push(promise(payment))
    assert waiting.state == RefundState.WAITING_FUNDS
    assert waiting.next_at > NOON
    services.set_out_of_funds(is_out_of_funds=False)

    done = push(waiting, now=NEXT_DAY)

    assert done.state == RefundState.DONE
    assert paid_out() == {"R1": PRICE}
    with tenant_atomic():
        assert [move.new for move in done.moves.order_by("pk")] == [
            "created", "pending", "waiting_funds", "pending", "done",
        ]  # fmt: skip


def test_a_waiting_refund_is_a_to_do_of_the_office(shop):
    payment = make_paid()
    services.set_out_of_funds(is_out_of_funds=True)

    push(promise(payment))

    with tenant_atomic():
        assert [refund.number for refund in held_up_refunds(now=NOON)] == ["R1"]


def test_a_refund_is_not_pushed_before_its_time(shop):
    payment = make_paid()
    services.set_out_of_funds(is_out_of_funds=True)
    waiting = push(promise(payment))
    services.set_out_of_funds(is_out_of_funds=False)

    push(waiting, now=NOON + timedelta(seconds=1))

    assert paid_out() == {}


def test_a_lost_answer_is_asked_for_again_under_the_same_number(lost_answers):
    payment = make_paid()
    lost_answers.lost = 1

    unknown = push(promise(payment))
    done = push(unknown, now=SOON)

    assert unknown.state == RefundState.PENDING
    assert done.state == RefundState.DONE
    assert paid_out() == {"R1": PRICE}


def test_answers_lost_for_long_call_a_person(lost_answers, monkeypatch):
    monkeypatch.setattr(refunding, "TRIES_BEFORE_A_PERSON", 2)
    payment = make_paid()
    lost_answers.lost = 2
    refund = push(push(promise(payment)), now=NEXT_DAY)
    assert refund.state == RefundState.NEEDS_PERSON

    services.retry_refund(refund_id=refund.pk, by=ZHANG, now=NEXT_DAY)
    done = push(refund, now=NEXT_DAY)

    assert done.state == RefundState.DONE
    assert paid_out() == {"R1": PRICE}


def test_a_refund_that_the_provider_refuses_waits_for_a_person(shop):
    payment = make_paid()
    with tenant_atomic():
        SandboxTrade.objects.update(paid_at=None)

    refused = push(promise(payment))

    assert refused.state == RefundState.NEEDS_PERSON
    assert refused.last_error == "no such paid trade"


def test_a_refund_given_up_frees_what_it_took(shop):
    payment = make_paid()
    with tenant_atomic():
        SandboxTrade.objects.update(paid_at=None)
    refused = push(promise(payment))

    services.give_up_refund(refund_id=refused.pk, by=ZHANG, reason="paid in cash", now=NOON)

    assert read(refused).state == RefundState.FAILED
    assert money(payment).refunded_e4 == 0
    with tenant_atomic():
        assert kept_by(AccountKind.REVENUE) == PRICE
        assert kept_by(AccountKind.REFUNDS) == 0


def test_a_worker_that_died_leaves_a_lease_that_runs_out(shop):
    refund = promise(make_paid())
    assert refunding._claim(refund.pk, now=NOON)

    at_once = push(refund)
    later = push(refund, now=NOON + refunding.LEASE)

    assert at_once.state == RefundState.PENDING
    assert later.state == RefundState.DONE


def test_a_worker_that_comes_back_too_late_records_nothing(shop):
    refund = promise(make_paid())
    old = refunding._claim(refund.pk, now=NOON)
    assert old is not None
    push(refund, now=NOON + refunding.LEASE)

    refunding._record(old, RefundAnswer(outcome=RefundOutcome.REFUSED), now=SOON)

    assert read(refund).state == RefundState.DONE


def test_a_refund_goes_back_to_the_balance_that_paid(shop):
    account = make_balance(amount_e4=PRICE)
    payable = make_payable()
    captured = services.pay_from_balance(payable=payable, account_id=account.pk, now=NOON)
    refund = services.refund(
        payment_id=captured.payment_id, amount_e4=100, number="R1", reason="asked",
        by=ZHANG, now=NOON,
    )  # fmt: skip

    push(refund)

    with tenant_atomic():
        assert balance_of(account_id=account.pk) == 100
        assert odd_balances() == []


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(scope, old, new):
    refund = Refund.objects.create(
        number="R1", payment=make_payment(), amount_e4=100, state=old, reason="test",
        by="test", next_at=NOON, lease_until=NOON, made_at=NOON,
    )  # fmt: skip

    with pytest.raises(MoveRefused):
        refunding._move(refund, new, reason="test", by=ZHANG, now=NOON)

    refund.refresh_from_db()
    assert refund.state == old
    assert not refund.moves.exists()
    assert not Journal.objects.exists()
