"""The office decides about codes that risk keeps closed."""

from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from orders.models import Opening
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.orders.factories import placed
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def order(shop):
    with tenant_atomic():
        order = placed()
        Opening.objects.create(
            order=order, asked_at=NOON, decide_by=NOON + timedelta(days=1), held_then="pay_back"
        )
        return order


@pytest.mark.parametrize("role", Role.values)
def test_who_may_decide_has_the_buttons_on_the_order(shop, order, role):
    page = browser_of(shop, role).get(f"/office/orders/{order.pk}/").content.decode()

    for verb in ("allow", "refuse"):
        assert (f"/orders/{order.pk}/codes/{verb}/" in page) == ("orders.review" in RIGHTS[role])


@pytest.mark.parametrize(("verb", "end"), [("allow", "allowed"), ("refuse", "refused")])
def test_it_is_decided_there_and_noted_who_did(shop, order, verb, end):
    browser = browser_of(shop, Role.OWNER)

    answer = browser.post(f"/office/orders/{order.pk}/codes/{verb}/", follow=True)

    assert answer.status_code == 200
    with tenant_atomic():
        assert Opening.objects.get(order=order).state == end
        assert AuditRow.objects.filter(action=f"opening.{end}", target=order.number).count() == 1


def test_another_verb_is_no_page(shop, order):
    answer = browser_of(shop, Role.OWNER).post(f"/office/orders/{order.pk}/codes/burn/")

    assert answer.status_code == 404
