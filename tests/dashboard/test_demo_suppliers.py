"""The demo shops buy from the simulators, wherever these are today."""

import pytest

from core.scope import bind, tenant_atomic
from dashboard.demo import book, people, sandbox, shelves
from dashboard.demo.plan import Span
from suppliers.models import Offer, Supplier
from tenants.roles import Role
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def cloud():
    shop = book.shop("cloud")
    span = Span(now=NOON, days=1)
    merchant = people.open_shop(shop, now=NOON)
    with bind(merchant.pk):
        shelves.fill_catalog(shop, by=people.actor_of(Role.OPERATOR, "cloud"), span=span)
        yield merchant


def test_what_the_demo_sells_of_suppliers_has_its_offers(cloud):
    sandbox.dock_all(base_url="http://127.0.0.1:9", now=NOON)

    with tenant_atomic():
        assert Supplier.objects.count() == 3
        offers = Offer.objects.select_related("sku")
        bought = {offer.sku_id for offer in offers}
        assert {offer.sku.kind for offer in offers} == {"supplier_code", "top_up"}
        assert len(bought) == 6


def test_a_second_start_tells_the_new_address_and_changes_nothing_else(cloud):
    for port in (9, 10):
        sandbox.dock_all(base_url=f"http://127.0.0.1:{port}", now=NOON)

    with tenant_atomic():
        assert all(":10/" in each.base_url for each in Supplier.objects.all())
        assert Offer.objects.count() == 8
