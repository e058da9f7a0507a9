"""Offers follow what their suppliers say, as far as they are left to it."""

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.selectors import (
    choose_offer,
    find_listed,
    judged_offers,
    offers_of_line,
    products_of_supplier,
    skus_with_offers,
)
from suppliers.services import FOLLOWED
from suppliers.types import Sale
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.dashboard.test_suppliers import ZONE
from tests.suppliers.factories import make_offer
from tests.suppliers.listings import change, fresh, line
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


# Whose word counts


def test_an_offer_follows_its_suppliers_price(says, offer):
    says(line(cost_e4=82_000))

    found = fresh(offer)
    assert (found.cost_e4, found.most_e4) == (82_000, 82_000)


def test_what_the_merchant_set_is_never_overwritten(says, offer):
    change(offer, cost_e4=70_000, most_e4=75_000)

    says(line(cost_e4=82_000))

    found = fresh(offer)
    assert (found.cost_e4, found.most_e4) == (70_000, 75_000)
    assert found.own_fields == ["cost_e4", "most_e4"]


def test_a_highest_cost_of_the_merchants_stands_while_the_cost_follows(says, offer):
    change(offer, most_e4=85_000)

    says(line(cost_e4=90_000))

    found = fresh(offer)
    assert (found.cost_e4, found.most_e4, found.own_fields) == (90_000, 85_000, ["most_e4"])


def test_saving_the_same_takes_nothing_over(says, offer):
    change(offer, cost_e4=80_000, most_e4=80_000, weight=3)

    assert fresh(offer).own_fields == []


def test_a_field_that_is_given_back_follows_at_once(says, offer):
    says(line(cost_e4=82_000, stock=0))
    change(offer, cost_e4=70_000, most_e4=75_000, ignores_supply=True)
    assert (fresh(offer).own_fields, fresh(offer).supply) == (sorted(FOLLOWED), "open")

    services.follow_supplier(offer_id=offer.pk, fields=FOLLOWED, by=SYSTEM, now=NOON)

    found = fresh(offer)
    assert (found.cost_e4, found.most_e4, found.supply) == (82_000, 82_000, "no stock")
    assert found.own_fields == []
    with tenant_atomic():
        assert AuditRow.objects.filter(action="offer.followed").count() == 1


@pytest.mark.parametrize("fields", [[], ["weight"], ["cost_e4", "sku_id"]])
def test_only_what_a_catalogue_says_can_be_given_back(offer, fields):
    with pytest.raises(SupplierUnfit):
        services.follow_supplier(offer_id=offer.pk, fields=fields, by=SYSTEM, now=NOON)


@pytest.mark.parametrize(
    ("cost_e4", "own"), [(82_000, []), (70_000, ["cost_e4"])], ids=["the same", "another"]
)
def test_a_new_offer_follows_unless_it_says_otherwise(says, supplier, cost_e4, own):
    says(line(cost_e4=82_000))
    with tenant_atomic():
        sku = make_sku()

    given = {"product": "88", "cost_e4": cost_e4}
    made = services.offer(supplier_id=supplier.pk, sku_id=sku.pk, given=given, by=SYSTEM, now=NOON)

    assert (made.own_fields, made.cost_e4, made.most_e4) == (own, cost_e4, cost_e4)


def test_a_gift_cards_offer_follows_its_own_value(says, supplier):
    with tenant_atomic():
        ten, twenty = (
            make_offer(supplier=supplier, face_value=value, cost_e4=1, most_e4=1)
            for value in (10, 20)
        )

    says(line(cost_e4=95_000, face_value=10), line(cost_e4=190_000, face_value=20))

    assert (fresh(ten).cost_e4, fresh(twenty).cost_e4) == (95_000, 190_000)


@pytest.mark.parametrize(
    ("first", "then", "cost_e4"),
    [
        ([line(cost_e4=70_000)], [line(cost_e4=82_000, face_value=10)], 82_000),
        ([line(cost_e4=70_000, face_value=10)], [line(cost_e4=82_000)], 82_000),
        ([], [line(cost_e4=70_000), line(cost_e4=82_000, face_value=10)], 82_000),
    ],
    ids=["the other is gone", "its own is gone", "both are told"],
)
def test_of_two_lines_the_one_still_told_counts_then_its_own_value(
    says, supplier, first, then, cost_e4
):
    with tenant_atomic():
        offer = make_offer(supplier=supplier, face_value=10, cost_e4=1, most_e4=1)
    says(*first, line("1"))

    says(*then, line("1"))

    found = fresh(offer)
    assert (found.cost_e4, found.supply) == (cost_e4, "open")
    with tenant_atomic():
        told = find_listed(supplier_id=supplier.pk, product="88", face_value=10)
    assert (told.cost_e4, told.gone_at) == (cost_e4, None)


def test_a_line_is_about_the_offers_of_its_value(says, supplier):
    with tenant_atomic():
        make_offer(supplier=supplier, face_value=10)
    says(line(face_value=10), line(face_value=20), line(), line("1"))

    with tenant_atomic():
        told = {
            (one.product, one.face_value): (one.is_offered, offers_of_line(line=one).count())
            for one in products_of_supplier(supplier_id=supplier.pk)
        }

    assert told == {
        ("88", 10): (True, 1), ("88", 20): (False, 0), ("88", 0): (True, 1), ("1", 0): (False, 0),
    }  # fmt: skip


# What cannot be had


@pytest.mark.parametrize(
    ("told", "why"),
    [({"is_on_sale": False}, "off shelf"), ({"stock": 0}, "no stock")],
    ids=["off the shelf", "out of stock"],
)
def test_what_the_supplier_has_not_is_not_asked_for(says, offer, told, why):
    says(line(**told))

    found = fresh(offer)
    assert found.is_on  # that is the merchant's word
    sale = Sale(paid_e4=100_000)
    sales = {found.sku_id: sale}
    with tenant_atomic():
        choice = choose_offer(sku_id=found.sku_id, sale=sale, key="k", zone=ZONE, now=NOON)
        (judged,) = judged_offers(sales=sales, zone=ZONE, now=NOON)[found.sku_id]
        assert skus_with_offers(sales=sales, now=NOON) == set()
    assert (choice.offer, choice.why, choice.is_final) == (None, f"0 of 1, 1 {why}", True)
    assert judged.why == why

    says(line())

    assert fresh(offer).supply == "open"


def test_what_is_gone_from_the_catalogue_is_not_asked_for(says, offer):
    says(line(), line("1"))

    says(line("1"))

    assert fresh(offer).supply == "off shelf"


def test_the_merchant_may_sell_it_whatever_the_list_says(says, offer):
    change(offer, ignores_supply=True)

    says(line(stock=0))

    assert (fresh(offer).supply, fresh(offer).own_fields) == ("open", ["supply"])


def test_another_product_is_to_be_had_until_it_is_known(says, offer):
    says(line(stock=0))

    change(offer, product="99")

    assert fresh(offer).supply == "open"
