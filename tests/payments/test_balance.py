"""Paying from a balance kept here: at once, or not at all."""

import pytest

from core.errors import InvalidInput
from payments import services
from payments.errors import BalanceTooLow, PaidAlready
from payments.models import Payment
from payments.selectors import balance_of, money_of, odd_balances
from payments.states import PaymentState
from payments.types import MoneyWord
from tests.payments.factories import PRICE, ZHANG, make_balance, make_paid, make_payable
from tests.times import NOON


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def pay(payable, account):
    return services.pay_from_balance(payable=payable, account_id=account.pk, now=NOON)


def test_a_balance_pays_at_once():
    account = make_balance(amount_e4=PRICE + 100)
    payable = make_payable()

    captured = pay(payable, account)

    assert captured.is_first
    assert balance_of(account_id=account.pk) == 100
    assert money_of(payable_id=payable.id).state == MoneyWord.PAID
    assert Payment.objects.get().state == PaymentState.CAPTURED


def test_the_same_payable_is_paid_once():
    account = make_balance(amount_e4=PRICE * 2)
    payable = make_payable()
    first = pay(payable, account)

    again = pay(payable, account)

    assert (again.payment_id, again.is_first) == (first.payment_id, False)
    assert balance_of(account_id=account.pk) == PRICE


def test_a_balance_that_is_too_low_pays_nothing():
    account = make_balance(amount_e4=PRICE - 100)

    with pytest.raises(BalanceTooLow):
        pay(make_payable(), account)

    assert not Payment.objects.exists()
    assert balance_of(account_id=account.pk) == PRICE - 100
    assert odd_balances() == []


def test_a_balance_in_another_currency_does_not_pay():
    account = make_balance(amount_e4=PRICE)

    with pytest.raises(InvalidInput):
        pay(make_payable(currency="USD"), account)

    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", [0, -100, 10**18])
def test_an_amount_that_nobody_pays_is_refused(amount):
    account = make_balance(amount_e4=PRICE)

    with pytest.raises(InvalidInput):
        pay(make_payable(amount_e4=amount), account)

    assert balance_of(account_id=account.pk) == PRICE


def test_what_was_paid_elsewhere_is_not_paid_from_a_balance():
    payment = make_paid()
    account = make_balance(amount_e4=PRICE)

    with pytest.raises(PaidAlready):
        pay(make_payable(id=payment.payable_id), account)

    assert balance_of(account_id=account.pk) == PRICE


def test_a_balance_is_not_started_like_a_provider():
    with pytest.raises(InvalidInput):
        services.start(payable=make_payable(), provider="balance", now=NOON)


def test_a_promise_back_lowers_the_revenue_at_once():
    payment = make_paid()

    services.refund(
        payment_id=payment.pk, amount_e4=100, number="R1", reason="test", by=ZHANG, now=NOON
    )

    money = money_of(payable_id=payment.payable_id)
    assert (money.paid_e4, money.refunded_e4, money.pending_e4) == (PRICE, 100, 100)
    assert money.state == MoneyWord.PARTLY_REFUNDED
