"""An order on paper: what was bought and paid, and nothing that anybody could use."""

import pytest

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.services import masks_of
from tests.dashboard.people import browser_of
from tests.orders.factories import paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


def test_it_tells_what_was_bought_and_no_code_or_whole_address(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1), contact_mail="someone@example.com")
        fulfillment.open_units(order_id=order.pk, now=NOON)
        code = Unit.objects.select_related("code").get().code
        mask = masks_of(codes=[code])[code.pk]

    page = browser_of(shop, "viewer").get(f"/office/orders/{order.pk}/paper/")

    text = page.content.decode()
    assert order.number in text
    assert mask in text
    assert "someone@example.com" not in text
    assert "owner" not in text


def test_it_is_reached_from_the_order(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))

    page = browser_of(shop, "viewer").get(f"/office/orders/{order.pk}/")

    assert f'href="/office/orders/{order.pk}/paper/"' in page.content.decode()
