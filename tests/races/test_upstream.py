"""Many workers and a person at one unit: bought once, or paid back, and never both."""

import pytest

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import NothingToRefund, WithSupplier
from fulfillment.models import Unit
from tests.catalog.factories import make_sku
from tests.orders.factories import LI, paid
from tests.races.at_once import at_once
from tests.suppliers.factories import at_the_judge, make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROUNDS = 6


@tenant_atomic
def queued(judge, *, quantity=1):
    sku = make_sku(kind="supplier_code")
    # At work for longer than the race takes: what is delivered already may be refunded after all.
    supplier = at_the_judge(judge, "kasushou", at_work_ms=60_000)
    make_offer(supplier=supplier, sku=sku, product="1000", cost_e4=98_750, most_e4=99_000)
    order = paid(sku, quantity)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


@tenant_atomic
def units():
    return list(Unit.objects.order_by("pk"))


def test_of_many_workers_one_buys(shop, judge):
    judge.desk.reset()
    for _ in range(ROUNDS):
        queued(judge)
        unit = units()[-1]
        at_once(lambda _number, pk=unit.pk: fulfillment.send(unit_id=pk, now=NOON))

    assert len(judge.desk.purchases()) == ROUNDS


def test_a_refund_and_a_purchase_at_once_are_one_of_the_two(shop, judge):
    judge.desk.reset()
    for _ in range(ROUNDS):
        order = queued(judge)
        unit = units()[-1]

        def act(number, order=order, unit=unit):
            if number % 2:
                return fulfillment.send(unit_id=unit.pk, now=NOON)
            return fulfillment.refund_units(order_id=order.pk, by=LI, reason="race", now=NOON)

        got = at_once(act)
        odd = {type(each) for each in got if isinstance(each, Exception)}
        assert odd <= {NothingToRefund, WithSupplier}

    states = [unit.state for unit in units()]
    bought = {each["client_no"] for each in judge.desk.purchases()}
    assert set(states) <= {"refunded", "accepted"}
    assert len(bought) == len(states) - states.count("refunded")
