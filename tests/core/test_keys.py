from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from django.db import connection, connections

from core.keys import AHEAD, new_key
from core.scope import bind, tenant_atomic
from orders.models import Item, Order
from tests.orders.factories import make_order


def some_keys(count: int) -> list[int]:
    try:
        with tenant_atomic():
            return [new_key(Order) for _ in range(count)]
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_no_two_sessions_are_given_the_same_key(shop):
    with bind(shop.pk), ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(copy_context().run, some_keys, AHEAD + 7) for _ in range(4)]
        keys = [key for job in jobs for key in job.result(timeout=60)]
        with tenant_atomic():
            stored = make_order()

    assert len(set(keys)) == 4 * (AHEAD + 7)
    assert stored.pk not in keys


@pytest.mark.usefixtures("scope")
def test_keys_are_taken_ahead_table_by_table(django_assert_num_queries):
    new_key(Order), new_key(Item)

    with django_assert_num_queries(0):
        first, second = new_key(Order), new_key(Order)

    assert second == first + 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_another_session_knows_nothing_of_what_was_taken_ahead(shop, django_assert_num_queries):
    """It may be of a database that was restored meanwhile."""
    with bind(shop.pk), tenant_atomic():
        new_key(Order)
    connection.close()

    with bind(shop.pk), tenant_atomic(), django_assert_num_queries(1):
        new_key(Order)
