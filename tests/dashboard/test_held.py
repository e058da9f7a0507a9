"""The office's list of orders that wait for a decision."""

import pytest

from core.scope import tenant_atomic
from orders.models import Order
from risk import services as risk
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.orders.factories import hold, placed
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/held/"


@pytest.fixture
def order(shop):
    with tenant_atomic():
        return hold(placed())


def state(order):
    with tenant_atomic():
        return Order.objects.get(pk=order.pk).state


@pytest.mark.parametrize("role", Role.values)
def test_everybody_sees_them_and_who_may_decide_has_the_buttons(shop, order, role):
    page = browser_of(shop, role).get(LIST).content.decode()

    assert order.number in page
    assert "Held: this price would not bring the cost in." in page
    assert (f"/orders/{order.pk}/release/" in page) == ("orders.review" in RIGHTS[role])


def test_one_that_is_held_because_risk_broke_says_so(shop, order):
    with tenant_atomic():
        looked = risk.not_looked(moment="order", subject=order.number, now=NOON)
        risk.keep_look(looked=looked)

    page = browser_of(shop, Role.OPERATOR).get(LIST).content.decode()

    assert "The rules could not be asked" in page


@pytest.mark.parametrize(("verb", "end"), [("release", "completed"), ("refuse", "canceled")])
def test_it_is_decided_there(shop, order, verb, end):
    browser = browser_of(shop, Role.OPERATOR)

    answer = browser.post(f"/office/orders/{order.pk}/{verb}/", follow=True)

    assert answer.status_code == 200
    assert state(order) == end
    assert order.number not in browser.get(LIST).content.decode()
    with tenant_atomic():
        assert AuditRow.objects.filter(
            action={"release": "order.released", "refuse": "order.refunded"}[verb],
            target=order.number,
        ).exists()


def test_a_second_click_says_that_it_was_decided(shop, order):
    browser = browser_of(shop, Role.OPERATOR)
    browser.post(f"/office/orders/{order.pk}/release/")

    answer = browser.post(f"/office/orders/{order.pk}/refuse/")

    assert answer.status_code == 409
    assert "This order does not wait for a decision any more." in answer.content.decode()
    assert state(order) == "completed"


def test_another_verb_is_not_there(shop, order):
    answer = browser_of(shop, Role.OPERATOR).post(f"/office/orders/{order.pk}/burn/")

    assert (answer.status_code, state(order)) == (404, "held")
