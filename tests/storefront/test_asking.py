"""A notice that never comes: the provider is asked, and what it says is as good as a notice."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connections
from django.utils import timezone

from core.scope import tenant_atomic
from orders import services as orders
from payments import services as payments
from payments.models import Notice, Payment, SandboxTrade
from payments.selectors import due_to_ask
from payments.states import Outcome
from storefront import services
from tests.conftest import client_of
from tests.storefront.factories import bought, codes_left, notify, state_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def client(shop):
    return client_of(shop)


def the_payment() -> Payment:
    with tenant_atomic():
        return Payment.objects.get()


def tap(how: str, *, now: datetime) -> None:
    payments.sandbox_pay(token=the_payment().pay_url.split("/")[-2], misbehaviour=how, now=now)


def ask_all(*, now: datetime) -> int:
    """As the sweeper would at this moment; returns how many were asked for."""
    due = due_to_ask(now=now, limit=10)
    for _tenant, payment_id in due:
        services.ask_for_money(payment_id=payment_id, now=now)
    return len(due)


def test_money_that_nobody_tells_of_is_found_and_pays_the_order(client):
    order, now = bought(client, stocked()), timezone.now()
    tap("silent", now=now)

    asked = [ask_all(now=now), ask_all(now=now + timedelta(seconds=31))]

    assert asked == [0, 1]
    assert state_of(order) == "completed"
    assert ask_all(now=now + timedelta(hours=1)) == 0


def test_a_notice_after_all_changes_nothing(client):
    order, now = bought(client, stocked()), timezone.now()
    tap("silent", now=now)
    ask_all(now=now + timedelta(seconds=31))

    answer = notify(client, order)

    assert (answer.status_code, answer.content) == (200, b"success")
    assert state_of(order) == "completed"


def test_who_has_not_paid_is_asked_for_more_and_more_seldom_and_then_never(client):
    order, now = bought(client, stocked()), timezone.now()
    began, asked = now, []

    while now < began + timedelta(hours=2):
        now += timedelta(seconds=5)
        if ask_all(now=now):
            asked.append(round((now - began).total_seconds()))

    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert 30 <= asked[0] <= 35
    assert gaps[:3] == [20, 20, 20]
    assert max(gaps) <= 305
    assert 12 < len(asked) < 25
    assert asked[-1] < 60 * 51
    assert state_of(order) == "placed"


def test_a_payment_passed_by_when_its_order_closed_is_closed_after_the_last_asking(client):
    order, now = bought(client, stocked()), timezone.now() + timedelta(minutes=16)
    payment_id = the_payment().pk

    with tenant_atomic(), ThreadPoolExecutor(1) as pool:
        Payment.objects.select_for_update(no_key=True).get(pk=payment_id)  # as who asks
        pool.submit(copy_context().run, close_elsewhere, order, now).result(timeout=60)
    passed_by = the_payment().state
    ask_all(now=now + timedelta(hours=1))

    assert (state_of(order), passed_by, the_payment().state) == ("closed", "pending", "closed")
    assert ask_all(now=now + timedelta(hours=2)) == 0


def close_elsewhere(order, now: datetime) -> None:
    try:
        orders.close_unpaid(order_id=order.pk, now=now)
    finally:
        connections.close_all()


def test_money_that_comes_late_without_a_word_takes_the_goods_again(client):
    sku = stocked(codes=1)
    order, now = bought(client, sku), timezone.now() + timedelta(minutes=16)
    orders.close_unpaid(order_id=order.pk, now=now)
    tap("silent", now=now)

    assert ask_all(now=now) == 1

    assert (state_of(order), codes_left(sku)) == ("completed", 0)


def test_what_the_provider_says_is_compared_as_a_notice_is(client):
    order, now = bought(client, stocked()), timezone.now()
    tap("silent", now=now)
    with tenant_atomic():
        SandboxTrade.objects.update(amount_e4=100)

    ask_all(now=now + timedelta(seconds=31))

    assert state_of(order) == "placed"
    with tenant_atomic():
        assert Notice.objects.get().outcome == Outcome.WRONG_AMOUNT


def test_what_was_just_asked_for_is_not_asked_for_again(client):
    now = timezone.now() + timedelta(minutes=1)
    bought(client, stocked())
    tap("silent", now=now)
    payment_id = the_payment().pk

    first = payments.ask(payment_id=payment_id, now=now)

    assert first is not None
    assert payments.ask(payment_id=payment_id, now=now) is None
