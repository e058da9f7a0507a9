"""Whatever people do with money in whatever order, the books are right after every step (P6).

MONEY_EXAMPLES=400 looks longer, and elsewhere each time.
"""

import os
from contextlib import ExitStack
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.errors import AppError
from core.scope import bind, tenant_atomic
from payments import services
from payments.models import Entry, Payment, Refund, SandboxRefund, SandboxTrade
from payments.selectors import balance_of, odd_balances
from payments.states import PaymentState, RefundState
from tests.conftest import make_shop
from tests.payments.factories import ZHANG, make_balance, make_payable, make_payment, posting
from tests.payments.factories import hear as hear_wire
from tests.times import NOON

cents = st.integers(1, 500).map(lambda number: number * 100)
picks = st.integers(0, 10**6)
_shops = count(1)
LONG = os.environ.get("MONEY_EXAMPLES", "")


class Money(RuleBasedStateMachine):
    """One shop, one partner's balance, and a sandbox; time goes on by an hour a step."""

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.now = NOON
        self.payments, self.numbers = [], []
        self.topped_up = self.spent = 0

    @initialize()
    def open_shop(self):
        # Each example has a shop of its own: claims and records must really commit.
        shop = make_shop(f"machine{next(_shops)}")
        self.stack.enter_context(bind(shop.pk))
        self.account = make_balance()

    def teardown(self):
        self.stack.close()

    def tick(self):
        self.now += timedelta(hours=1)
        return self.now

    def pick(self, number):
        return self.payments[number % len(self.payments)] if self.payments else None

    @rule(amount=cents)
    def top_up(self, amount):
        services.top_up_balance(
            account_id=self.account.pk, amount_e4=amount, ref=f"t{self.now}", by=ZHANG,
            now=self.tick(),
        )  # fmt: skip
        self.topped_up += amount

    @rule(amount=cents)
    def pay_from_balance(self, amount):
        try:
            paid = services.pay_from_balance(
                payable=make_payable(amount_e4=amount), account_id=self.account.pk, now=self.tick()
            )
        except AppError:
            return
        self.payments.append(paid.payment_id)

    @rule(amount=cents, repeats=st.integers(1, 3), lie=st.sampled_from([0, 0, 0, 100]))
    def pay_at_the_sandbox(self, amount, repeats, lie):
        payment = make_payment(amount_e4=amount, now=self.tick())
        with tenant_atomic():
            self._book_at_the_bank(payment)
        wire = posting(payment, now=self.now, amount_e4=amount + lie)
        for _time in range(repeats):
            try:
                hear_wire(wire, now=self.now)
            except AppError:
                return
        self.payments.append(payment.pk)

    def _book_at_the_bank(self, payment):
        SandboxTrade.objects.filter(payment_number=payment.number).update(paid_at=self.now)

    @rule(number=picks, amount=cents)
    def refund(self, number, amount):
        self._refund(self.pick(number), amount, f"R{len(self.numbers)}")

    @rule(number=picks)
    def refund_what_is_left(self, number):
        pk = self.pick(number)
        if pk is not None:
            with tenant_atomic():
                payment = Payment.objects.get(pk=pk)
            left = payment.amount_e4 - payment.refunded_e4
            self._refund(pk, left, f"R{len(self.numbers)}")

    @rule(number=picks)
    def ask_for_the_same_refund_again(self, number):
        if self.numbers:
            pk, amount, name = self.numbers[number % len(self.numbers)]
            self._refund(pk, amount, name)

    def _refund(self, pk, amount, name):
        if pk is None:
            return
        try:
            services.refund(
                payment_id=pk, amount_e4=amount, number=name, reason="x", by=ZHANG, now=self.tick()
            )
        except AppError:
            return
        self.numbers.append((pk, amount, name))

    @rule()
    def work_off_refunds(self):
        with tenant_atomic():
            waiting = list(Refund.objects.values_list("pk", flat=True))
        for pk in waiting:
            services.push_refund(refund_id=pk, now=self.now)
        self.tick()

    @rule(is_out=st.booleans())
    def switch_funds(self, is_out):
        services.set_out_of_funds(is_out_of_funds=is_out)

    @invariant()
    def books_are_right(self):
        if not hasattr(self, "account"):
            return
        with tenant_atomic():
            assert sum(Entry.objects.values_list("amount_e4", flat=True)) == 0
            assert odd_balances() == []
            self._each_payment_gives_back_at_most_what_it_got()
            self._the_balance_is_what_came_in_less_what_went_out()
            self._the_bank_paid_what_we_say_is_done()

    def _each_payment_gives_back_at_most_what_it_got(self):
        for payment in Payment.objects.all():
            promised = sum(payment.refunds.values_list("amount_e4", flat=True))
            assert promised == payment.refunded_e4 <= payment.amount_e4

    def _the_balance_is_what_came_in_less_what_went_out(self):
        balance = balance_of(account_id=self.account.pk)
        paid = Payment.objects.filter(account=self.account, state=PaymentState.CAPTURED)
        spent = sum(paid.values_list("amount_e4", flat=True))
        back = Refund.objects.filter(payment__account=self.account, state=RefundState.DONE)
        assert balance == self.topped_up - spent + sum(back.values_list("amount_e4", flat=True))
        assert balance >= 0

    def _the_bank_paid_what_we_say_is_done(self):
        done = Refund.objects.filter(payment__provider="sandbox", state=RefundState.DONE)
        ours = dict(done.values_list("number", "amount_e4"))
        assert ours == dict(SandboxRefund.objects.values_list("number", "amount_e4"))


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.timeout(3600 if LONG else 180)
def test_the_books_are_right_after_every_step():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=int(LONG or 20),
            stateful_step_count=30,
            deadline=None,
            derandomize=not LONG,
            database=None,
            phases=[Phase.generate],  # shrinking on a real database takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
