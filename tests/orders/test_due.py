"""What waits for its time is found across tenants, and only when its time has come."""

from datetime import timedelta

import pytest

from core.scope import bind, tenant_atomic
from orders import services as orders
from orders.selectors import due_cases, due_to_close
from tests.conftest import make_shop
from tests.orders.factories import make_case, make_order
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
LATER = NOON + timedelta(minutes=1)


def in_shop(shop, **fields):
    with bind(shop.pk), tenant_atomic():
        return make_order(**fields)


def test_unpaid_orders_of_all_shops_are_due_when_their_time_is_over(other_shop):
    first = make_shop("cloud")
    late = in_shop(first, pay_until=NOON)
    in_shop(first, pay_until=LATER)
    in_shop(first, state="completed", pay_until=NOON)
    later = in_shop(other_shop, pay_until=NOON - timedelta(minutes=1))

    assert due_to_close(now=NOON, limit=10) == [(other_shop.pk, later.pk), (first.pk, late.pk)]
    assert due_to_close(now=NOON, limit=1) == [(other_shop.pk, later.pk)]


def test_a_case_is_due_once(shop):
    with tenant_atomic():
        case = make_case(due_at=NOON)
        make_case(due_at=LATER)
        make_case(state="refunded", due_at=NOON)

    assert due_cases(now=NOON, limit=10) == [(shop.pk, case.pk)]
    assert orders.flag_overdue(case_id=case.pk, now=NOON)
    assert due_cases(now=NOON, limit=10) == []
    assert not orders.flag_overdue(case_id=case.pk, now=NOON)
