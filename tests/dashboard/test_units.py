"""One thing of an order, shown to staff who say why."""

import pytest
import time_machine
from django.utils import timezone

from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.access import FRESH
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from tenants import audit
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.orders.factories import LI, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
TEXT = "topped up, receipt 8812"


@pytest.fixture
def typed(shop):
    """The address of a unit that a person delivered."""
    with tenant_atomic():
        order = paid(make_sku(kind="by_hand"))
        fulfillment.open_units(order_id=order.pk, now=NOON)
        unit = Unit.objects.get(order_id=order.pk)
        fulfillment.deliver_by_hand(unit_id=unit.pk, text=Secret(TEXT), by=LI, now=NOON)
    return f"/office/orders/{order.pk}/units/{unit.pk}/"


def looks():
    with tenant_atomic():
        return list(AuditRow.objects.filter(action="unit.read").values_list("reason", flat=True))


def test_what_a_person_delivered_is_shown_with_a_reason_and_written_down(shop, typed):
    browser = browser_of(shop, "operator")
    order_page = browser.get(f"{typed[: typed.index('units')]}").content.decode()

    asked = browser.get(f"{typed}goods/").content.decode()
    answer = browser.post(f"{typed}reveal/", {"reason": "the buyer asks"})

    assert f'href="{typed}goods/"' in order_page
    assert TEXT not in order_page + asked
    assert TEXT in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert looks() == ["the buyer asks"]


def test_who_may_not_open_codes_is_not_led_there(shop, typed):
    order_page = browser_of(shop, "support").get(typed[: typed.index("units")]).content.decode()

    assert "/goods/" not in order_page


def test_without_a_reason_or_past_the_quota_it_stays_closed(shop, typed, monkeypatch):
    monkeypatch.setattr(audit, "MOST_LOOKS", 1)
    browser = browser_of(shop, "operator")

    answers = [browser.post(f"{typed}reveal/", {"reason": why}) for why in (" ", "one", "two")]

    assert [TEXT in answer.content.decode() for answer in answers] == [False, True, False]
    assert [answer.status_code for answer in answers] == [422, 200, 429]
    assert looks() == ["one"]


def test_an_old_password_is_asked_again_first(shop, typed):
    browser = browser_of(shop, "operator")

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.post(f"{typed}reveal/", {"reason": "the buyer asks"})

    assert answer["Location"] == f"/office/reauthenticate/?next={typed}goods/"
    assert looks() == []


def test_a_code_of_our_own_stock_has_no_such_page(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))
        fulfillment.open_units(order_id=order.pk, now=NOON)
        unit = Unit.objects.get(order_id=order.pk)

    answer = browser_of(shop, "operator").get(f"/office/orders/{order.pk}/units/{unit.pk}/goods/")

    assert answer.status_code == 404
