"""What the office says that a partner pays is what its program is charged."""

import pytest

from channels import services as channels
from core.money import write_e4
from core.scope import tenant_atomic
from tests.api.callers import Caller
from tests.channels.factories import WANG, make_keyed, make_tier
from tests.orders.factories import stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


def test_what_the_office_says_that_a_partner_pays_is_what_he_pays(shop):
    with tenant_atomic():
        plain, own = stocked_sku(1), stocked_sku(1)
        tier = make_tier(rate=9_000)
        channels.set_tier_price(tier_id=tier.pk, sku_id=own.pk, price_e4=12_345, by=WANG, now=NOON)
        keyed = make_keyed(tier_id=tier.pk)
        told = channels.prices_of_partner(partner=keyed.partner, skus=[plain, own])

    orders = [Caller(keyed).order(sku, f"N{sku.pk}") for sku in (plain, own)]

    assert told == {plain.pk: plain.price_e4 * 9 // 10, own.pk: 12_345}
    assert [order["total"] for order in orders] == [write_e4(told[sku.pk]) for sku in (plain, own)]
