"""A look at an order that is paid waits for Redis before it locks the order, not after."""

from contextvars import copy_context
from datetime import timedelta
from threading import Thread

import pytest
from django.core.cache import cache
from django.db import connections

from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from orders import services as orders
from orders.models import Order
from tests.orders.factories import captured, placed, stocked_sku
from tests.risk.factories import make_rule
from tests.times import NOON
from tests.waiting import wait_for_a_waiter

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def scripts_run() -> int:
    said = cache.client().info("commandstats")  # type: ignore[attr-defined]  # -- core.cache's own
    return sum(said.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("eval", "evalsha"))


def test_redis_is_asked_by_who_still_waits_for_the_order(shop):
    with tenant_atomic():
        order = placed(stocked_sku(1), ip="203.0.113.7")
        payment = captured(order)
        make_rule(now=NOON + timedelta(seconds=1))  # it has still to be asked
    before = scripts_run()

    def take() -> None:
        try:
            fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)
        finally:
            connections.close_all()

    with tenant_atomic():
        orders.take_order(order_id=order.pk)
        waiting = Thread(target=copy_context().run, args=(take,))
        waiting.start()
        wait_for_a_waiter()
        asked = scripts_run() - before
    waiting.join()

    assert asked > 0
    with tenant_atomic():
        assert Order.objects.get().state == "completed"
