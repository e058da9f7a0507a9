"""Real threads, real commits: however many come at once, money moves once."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier

import pytest
from django.db import connection, connections

from core.scope import tenant_atomic
from payments import services
from payments.errors import BalanceTooLow, RefundTooLarge
from payments.models import Entry, Journal, Notice, Payment, PaymentMove, Refund, SandboxRefund
from payments.selectors import balance_of, money_of, odd_balances
from payments.states import Outcome, PaymentState, RefundState
from tests.payments.factories import (
    PRICE,
    ZHANG,
    hear,
    make_balance,
    make_paid,
    make_payable,
    make_payment,
    posting,
)
from tests.times import NOON
from tests.waiting import wait_for_a_waiter

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def at_once(works):
    """Run all works in threads that start together; their answers or refusals, in order."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait(timeout=30)
        try:
            return work()
        except (BalanceTooLow, RefundTooLarge) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        # Each thread runs in a copy of the test's context: the tenant is bound there too.
        waiting = [pool.submit(copy_context().run, run, work) for work in works]
        return [one.result(timeout=60) for one in waiting]


def refund(payment, *, number, amount_e4):
    return services.refund(
        payment_id=payment.pk, amount_e4=amount_e4, number=number, reason="asked",
        by=ZHANG, now=NOON,
    )  # fmt: skip


def count(model):
    with tenant_atomic():
        return model.objects.count()


def assert_books_are_right():
    with tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT journal_id FROM payments_entry GROUP BY journal_id HAVING sum(amount_e4) <> 0"
        )
        assert cursor.fetchall() == []
        assert odd_balances() == []


def test_five_notices_at_once_are_one_effect(shop):
    payment = make_payment()
    wire = posting(payment)

    heard = at_once([lambda: hear(wire)] * 5)

    assert sorted(captured.is_first for captured in heard) == [False] * 4 + [True]
    assert (count(Journal), count(Entry), count(Notice)) == (1, 2, 1)
    with tenant_atomic():
        assert PaymentMove.objects.filter(new=PaymentState.CAPTURED).count() == 1
    assert_books_are_right()


def test_ten_notices_of_different_events_are_one_effect(shop):
    payment = make_payment()
    wires = [posting(payment, event_id=f"EV{number}") for number in range(10)]

    heard = at_once([lambda wire=wire: hear(wire) for wire in wires])

    assert sum(captured.is_first for captured in heard) == 1
    assert count(Journal) == 1


def test_two_tabs_open_one_payment(shop):
    payable = make_payable()

    opened = at_once([lambda: services.start(payable=payable, provider="sandbox", now=NOON)] * 8)

    assert len({payment.pk for payment in opened}) == 1
    assert count(Payment) == 1


def test_fifty_refunds_at_once_never_exceed_what_was_paid(shop):
    payment = make_paid(amount_e4=200_000)

    answers = at_once(
        [lambda n=n: refund(payment, number=f"R{n}", amount_e4=10_000) for n in range(50)]
    )

    assert answers.count(RefundTooLarge) == 30
    assert count(Refund) == 20
    with tenant_atomic():
        money = money_of(payable_id=payment.payable_id)
    assert (money.paid_e4, money.refunded_e4) == (200_000, 200_000)
    assert_books_are_right()


def test_fifty_refunds_under_one_number_are_one(shop):
    payment = make_paid()

    answers = at_once([lambda: refund(payment, number="R1", amount_e4=100)] * 50)

    assert len({answer.pk for answer in answers}) == 1
    with tenant_atomic():
        assert money_of(payable_id=payment.payable_id).refunded_e4 == 100


def test_ten_workers_pay_a_refund_once(shop):
    promised = refund(make_paid(), number="R1", amount_e4=PRICE)

    at_once([lambda: services.push_refund(refund_id=promised.pk, now=NOON)] * 10)

    with tenant_atomic():
        assert Refund.objects.get().state == RefundState.DONE
        assert SandboxRefund.objects.count() == 1
        assert Refund.objects.get().tries == 1
    assert_books_are_right()


def test_a_balance_for_three_pays_three_of_twenty(shop):
    account = make_balance(amount_e4=PRICE * 3)

    def buy():
        payable = make_payable()
        return services.pay_from_balance(payable=payable, account_id=account.pk, now=NOON)

    answers = at_once([buy] * 20)

    assert answers.count(BalanceTooLow) == 17
    with tenant_atomic():
        assert balance_of(account_id=account.pk) == 0
    assert_books_are_right()


def test_a_double_click_pays_from_a_balance_once(shop):
    account = make_balance(amount_e4=PRICE * 10)
    payable = make_payable()

    answers = at_once(
        [lambda: services.pay_from_balance(payable=payable, account_id=account.pk, now=NOON)] * 10
    )

    assert sum(captured.is_first for captured in answers) == 1
    with tenant_atomic():
        assert balance_of(account_id=account.pk) == PRICE * 9


def test_the_same_top_up_at_once_is_one(shop):
    account = make_balance()

    at_once(
        [
            lambda: services.top_up_balance(
                account_id=account.pk, amount_e4=500, ref="bank-7", by=ZHANG, now=NOON
            )
        ]
        * 10
    )

    with tenant_atomic():
        assert balance_of(account_id=account.pk) == 500
    assert_books_are_right()


def test_a_payment_that_is_being_captured_is_not_waited_for_by_who_closes(shop):
    """The one who closes holds the order that the capture will ask for next: waiting would be a
    circle."""
    payment = make_payment()
    wire = posting(payment)

    with tenant_atomic():
        body, headers = wire
        notice = services.read_notice(provider="sandbox", body=body, headers=headers)
        services.capture(notice=notice, now=NOON)
        at_once([lambda: services.close_payments_of(payable_id=payment.payable_id, now=NOON)])

    with tenant_atomic():
        assert Payment.objects.get().state == PaymentState.CAPTURED


def test_money_for_a_payment_that_is_given_up_in_this_moment_is_late_money(shop):
    payment = make_payment()
    wire = posting(payment)

    with ThreadPoolExecutor(1) as pool:
        with tenant_atomic():
            services.close_payment(payment_id=payment.pk, now=NOON)
            waiting = pool.submit(copy_context().run, at_once, [lambda: hear(wire)])
            wait_for_a_waiter()
        (captured,) = waiting.result(timeout=60)

    assert captured.is_first
    with tenant_atomic():
        assert Payment.objects.get().state == PaymentState.CAPTURED
        assert PaymentMove.objects.latest("pk").reason == "late_money_closed"
        assert Notice.objects.get().outcome == Outcome.CAPTURED
    assert_books_are_right()


def test_without_the_conditional_update_the_constraint_refuses(shop):
    """The control: the row count is the first lock, the constraint the second."""
    payment = make_paid(amount_e4=200_000)
    statement = "UPDATE payments_payment SET refunded_e4 = refunded_e4 + %s WHERE id = %s"

    def take():
        try:
            with tenant_atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [10_000, payment.pk])
        except Exception as refusal:  # noqa: BLE001 -- counted below by its words
            return str(refusal)
        return "taken"

    answers = at_once([take] * 30)

    assert answers.count("taken") == 20
    refused = [answer for answer in answers if answer != "taken"]
    assert all("payment_refunded_at_most_paid" in answer for answer in refused)
