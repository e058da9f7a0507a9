"""A payment moves along its table, or not at all."""

import pytest

from core.states import MoveRefused
from payments import services
from payments.models import Payment
from payments.services import paying
from payments.states import PAYMENT_MOVES, PaymentState
from tests.payments.factories import make_paid, make_payment
from tests.times import NOON

FORBIDDEN = [
    (old, new) for old in PaymentState for new in PaymentState if new not in PAYMENT_MOVES[old]
]


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    payment = make_payment()
    paid_at = NOON if old == PaymentState.CAPTURED else None
    Payment.objects.filter(pk=payment.pk).update(state=old, paid_at=paid_at)
    payment.refresh_from_db()
    moves = payment.moves.count()

    with pytest.raises(MoveRefused):
        paying._move(payment, new, reason="test", now=NOON)

    payment.refresh_from_db()
    assert payment.state == old
    assert payment.moves.count() == moves


def test_closing_gives_up_what_is_open_and_leaves_what_is_paid():
    paid, waiting = make_paid(), make_payment()

    for payment in (paid, waiting):
        services.close_payments_of(payable_id=payment.payable_id, now=NOON)

    states = dict(Payment.objects.values_list("pk", "state"))
    assert states == {paid.pk: PaymentState.CAPTURED, waiting.pk: PaymentState.CLOSED}


def test_closing_twice_is_closing_once():
    payment = make_payment()

    for _time in range(2):
        services.close_payment(payment_id=payment.pk, now=NOON)

    assert [move.new for move in payment.moves.order_by("pk")] == ["created", "pending", "closed"]
