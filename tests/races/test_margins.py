"""What a merchant saves while a margin rule, or another page, looks at the same SKU stays saved."""

from contextvars import copy_context
from threading import Thread

import pytest
from django.db import connections

from catalog import services as catalog
from catalog.models import Sku
from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.models import MarginRule
from tests.catalog.factories import make_sku
from tests.suppliers.factories import make_offer
from tests.times import NOON
from tests.waiting import wait_for_a_waiter

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    """At ¥10.00, for ¥9.50; the rule wants ¥10.45."""
    with tenant_atomic():
        found = make_sku(kind="supplier_code")
        make_offer(sku=found, cost_e4=95_000, most_e4=999_000)
        MarginRule.objects.create(sku=found, action="reprice", margin_percent=10)
        return found


def change(sku, **given):
    catalog.change_sku(sku_id=sku.pk, given=given, by=SYSTEM, now=NOON)


def after(first, then):
    """The SKU when `then` ran into what `first` has done and not yet committed."""

    def run():
        try:
            then()
        finally:
            connections.close_all()

    other = Thread(target=copy_context().run, args=(run,))
    with tenant_atomic():
        first()
        other.start()
        wait_for_a_waiter()
    other.join()
    with tenant_atomic():
        return Sku.objects.get()


def test_a_rule_does_not_lower_a_price_that_was_raised_meanwhile(sku):
    found = after(
        lambda: change(sku, price_e4=200_000),
        lambda: services.keep_margin(sku_id=sku.pk, now=NOON),
    )

    assert found.price_e4 == 200_000


def test_two_changes_of_a_sku_are_both_kept(sku):
    found = after(lambda: change(sku, name="Year"), lambda: change(sku, price_e4=200_000))

    assert (found.name, found.price_e4) == ("Year", 200_000)
