"""What a supplier offers is written down as it was agreed, and nonsense is told by its name."""

from datetime import time

import pytest

from core.actors import SYSTEM
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.selectors import skus_with_offers
from suppliers.types import Sale
from tests.catalog.factories import make_sku
from tests.suppliers.factories import make_offer, make_supplier
from tests.times import NOON


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def offered(supplier=None, sku=None, **given):
    return services.offer(
        supplier_id=(supplier or make_supplier()).pk,
        sku_id=(sku or make_sku()).pk,
        given={"product": "88", "cost_e4": 50_000} | given,
        by=SYSTEM,
        now=NOON,
    )


def test_without_a_highest_cost_it_may_cost_what_it_costs_today():
    assert offered().most_e4 == 50_000
    assert offered(most_e4=60_000).most_e4 == 60_000


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"product": " "}, "product"),
        ({"product": "x" * 81}, "product"),
        ({"cost_e4": -1}, "cost_e4"),
        ({"most_e4": 10**14}, "most_e4"),
        ({"weight": 0}, "weight"),
        ({"priority": 100}, "priority"),
        ({"face_value": -1}, "face_value"),
        ({"opens": time(9)}, "closes"),
        ({"colour": "red"}, "colour"),
        ({"floor_e4": -1}, "floor_e4"),
        ({"forbidden_channels": ["web", "moon"]}, "forbidden_channels"),
        ({"path": "x" * 201}, "path"),
        ({"slow_hours": 169}, "slow_hours"),
    ],
)
def test_nonsense_is_refused_by_name(given, param):
    with pytest.raises(SupplierUnfit) as refusal:
        offered(**given)

    assert refusal.value.param == param


def test_the_same_product_is_offered_once():
    supplier, sku = make_supplier(), make_sku()
    offered(supplier, sku)

    with pytest.raises(SupplierUnfit) as refusal:
        offered(supplier, sku)

    assert refusal.value.param == "product"


def test_other_terms():
    made = offered()

    changed = services.change_offer(
        offer_id=made.pk, given={"cost_e4": 40_000, "is_on": False}, by=SYSTEM, now=NOON
    )

    assert (changed.cost_e4, changed.most_e4, changed.is_on) == (40_000, 40_000, False)


@pytest.mark.parametrize(
    "given",
    [{"cost_e4": 95_000, "most_e4": 99_000}, {"is_on": False}],
    ids=["dearer than what the shop gets", "out of use"],
)
def test_what_no_supplier_delivers_is_not_for_sale(given):
    sku = make_sku()
    make_offer(sku=sku, **given)

    assert skus_with_offers(sales={sku.pk: Sale(paid_e4=90_000)}, now=NOON) == set()


def test_a_supplier_out_of_use_offers_nothing():
    sku, supplier = make_sku(), make_supplier()
    make_offer(sku=sku, supplier=supplier)
    assert skus_with_offers(sales={sku.pk: Sale(paid_e4=90_000)}, now=NOON) == {sku.pk}
    given = {"name": "Renamed", "base_url": supplier.base_url, "app_id": supplier.app_id}

    services.change_supplier(supplier_id=supplier.pk, given=given, is_on=False, by=SYSTEM, now=NOON)

    assert skus_with_offers(sales={sku.pk: Sale(paid_e4=90_000)}, now=NOON) == set()
