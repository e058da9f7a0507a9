"""Two reviewers decide in the same moment: one of them does, the other is told."""

from threading import Barrier

import pytest

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import NotHeld
from fulfillment.types import Judged
from orders.models import Order, OrderMove
from payments.selectors import money_of
from risk.models import Review
from risk.states import Judgement
from tests.orders.factories import LI, hold, placed, stocked_sku
from tests.races.at_once import at_once
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
REVIEWERS = 4


@pytest.fixture
def order(shop):
    with tenant_atomic():
        return hold(placed(stocked_sku(1)))


@pytest.mark.parametrize("round_", range(5))
def test_one_decides_and_the_others_are_told(order, round_):
    def decide(number: int) -> bool:
        is_approved = number % 2 == 0
        word = Judgement.HONEST if is_approved else Judgement.FRAUD
        judged = Judged(is_approved=is_approved, judgement=word)
        fulfillment.review(order_id=order.pk, judged=judged, by=LI, now=NOON)
        return is_approved

    got = at_once(decide, times=REVIEWERS)

    won = [one for one in got if isinstance(one, bool)]
    assert len(won) == 1
    assert [type(one) for one in got if not isinstance(one, bool)] == [NotHeld] * (REVIEWERS - 1)
    with tenant_atomic():
        order.refresh_from_db()
        assert order.state == ("completed" if won[0] else "canceled")
        assert Review.objects.get().is_approved == won[0]
        back = money_of(payable_id=order.pk).refunded_e4
        assert back == (0 if won[0] else order.total_e4)
        assert OrderMove.objects.filter(order=order, old="held").count() == 1


def test_who_does_not_lock_decides_twice(order):
    """The control: the same two steps without the lock are a race that both win."""
    start = Barrier(2)

    def decide(_number: int) -> bool:
        with tenant_atomic():
            waits = Order.objects.get(pk=order.pk).state == "held"
            start.wait()
            return waits

    assert at_once(decide, times=2) == [True, True]
