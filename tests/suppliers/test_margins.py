"""A cost that eats the price makes the SKU dearer, or takes it off sale until it pays again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import services as catalog
from catalog.models import Product, Sku
from catalog.states import Kind, ProductState
from core.actors import Actor
from core.models import OutboxRow
from core.outbox import hear
from core.scope import tenant_atomic
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.models import MarginRule, Offer
from suppliers.selectors import cost_of_next
from suppliers.services.margins import least_price
from tenants.models import AuditRow
from tests.catalog.factories import make_product, make_sku
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
OWNER = Actor("user:1 owner@example.com")


@pytest.fixture
def sku(shop):
    """At ¥10.00, for ¥8.00."""
    with tenant_atomic():
        return make_sku(kind=Kind.SUPPLIER_CODE)


@pytest.fixture
def offer(sku):
    with tenant_atomic():
        return make_offer(sku=sku, cost_e4=80_000, most_e4=999_000)


def ruled(sku, action, margin_percent=10):
    return services.set_margin_rule(
        sku_id=sku.pk, action=action, margin_percent=margin_percent, by=OWNER, now=NOON
    )


def costs(offer, cost_e4):
    """Its cost is another one, and whoever hears of it has heard."""
    with tenant_atomic():
        Offer.objects.filter(pk=offer.pk).update(cost_e4=cost_e4)
    services.hear_cost(sku_id=offer.sku_id, now=NOON)


def fresh(sku):
    with tenant_atomic():
        return Sku.objects.select_related("product").get(pk=sku.pk)


def deeds():
    with tenant_atomic():
        rows = AuditRow.objects.filter(action__startswith="margin.").order_by("pk")
        return [(row.action, row.by) for row in rows if row.action != "margin.rule_set"]


def test_a_price_is_raised_to_cost_and_margin(sku, offer):
    ruled(sku, "reprice")

    costs(offer, 95_005)

    assert fresh(sku).price_e4 == 104_600  # 104505.5, up to a whole cent
    assert deeds() == [("margin.price_raised", "system")]
    with tenant_atomic():
        change = AuditRow.objects.filter(action="sku.changed").latest("pk")
    assert (change.by, change.data["before_e4"]) == ("system", 100_000)


def test_a_price_is_never_lowered(sku, offer):
    ruled(sku, "reprice")

    costs(offer, 10_000)

    assert (fresh(sku).price_e4, deeds()) == (100_000, [])


def test_once_is_enough(sku, offer):
    ruled(sku, "reprice")
    costs(offer, 95_000)
    costs(offer, 95_000)

    assert len(deeds()) == 1


def test_a_rule_that_does_nothing_does_nothing(sku, offer):
    ruled(sku, "none")
    costs(offer, 300_000)

    assert (fresh(sku).price_e4, fresh(sku).is_on_sale, deeds()) == (100_000, True, [])


def test_what_does_not_pay_is_taken_off_and_put_back(sku, offer):
    with tenant_atomic():
        make_sku(product=sku.product)
    ruled(sku, "delist")

    costs(offer, 95_000)
    off = fresh(sku)
    costs(offer, 90_000)
    back = fresh(sku)

    assert (off.is_on_sale, off.product.state) == (False, ProductState.PUBLISHED)
    assert back.is_on_sale
    assert deeds() == [("margin.taken_off", "system"), ("margin.put_back", "system")]


def test_the_last_one_on_sale_takes_its_product_along_and_back(sku, offer):
    ruled(sku, "delist")

    costs(offer, 95_000)
    off = fresh(sku)
    costs(offer, 80_000)
    back = fresh(sku)

    assert (off.is_on_sale, off.product.state) == (False, ProductState.UNPUBLISHED)
    assert (back.is_on_sale, back.product.state) == (True, ProductState.PUBLISHED)


def test_what_the_merchant_took_off_stays_off(sku, offer):
    with tenant_atomic():
        make_sku(product=sku.product)
    ruled(sku, "delist")
    catalog.change_sku(sku_id=sku.pk, given={"is_on_sale": False}, by=OWNER, now=NOON)

    costs(offer, 95_000)
    costs(offer, 80_000)

    assert (fresh(sku).is_on_sale, deeds()) == (False, [])


def test_what_the_merchant_put_back_is_his_again(sku, offer):
    with tenant_atomic():
        make_sku(product=sku.product)
    ruled(sku, "delist")
    costs(offer, 95_000)
    catalog.change_sku(
        sku_id=sku.pk, given={"is_on_sale": True, "price_e4": 200_000}, by=OWNER, now=NOON
    )
    costs(offer, 95_000)
    catalog.change_sku(sku_id=sku.pk, given={"is_on_sale": False}, by=OWNER, now=NOON)

    costs(offer, 80_000)

    assert not fresh(sku).is_on_sale


def test_another_rule_puts_it_back_at_a_price_that_pays(sku, offer):
    ruled(sku, "delist")
    costs(offer, 95_000)

    ruled(sku, "reprice")

    found = fresh(sku)
    assert (found.is_on_sale, found.price_e4) == (True, 104_500)
    assert found.product.state == ProductState.PUBLISHED


def test_a_rule_that_is_dropped_leaves_it_off(sku, offer):
    ruled(sku, "delist")
    costs(offer, 95_000)

    rule = ruled(sku, "none")

    with tenant_atomic():
        rule.refresh_from_db()
    assert (fresh(sku).is_on_sale, rule.taken_off_at) == (False, None)


def test_a_rule_is_followed_at_once(sku, offer):
    with tenant_atomic():
        Offer.objects.update(cost_e4=95_000)

    ruled(sku, "reprice", 20)

    assert fresh(sku).price_e4 == 114_000


def test_what_a_rule_cannot_do_is_left(shop):
    with tenant_atomic():
        product = make_product(ref="PX")
        stuck = make_sku(product=product, kind=Kind.SUPPLIER_CODE)
        make_sku(product=product, kind=Kind.VOUCHER)  # nobody could deliver it: refused
        stuck_offer = make_offer(sku=stuck, cost_e4=80_000, most_e4=999_000)
    ruled(stuck, "delist")

    costs(stuck_offer, 95_000)

    assert fresh(stuck).is_on_sale


def test_a_cost_said_by_the_merchant_is_heard(sku, offer):
    ruled(sku, "reprice")
    services.change_offer(offer_id=offer.pk, given={"cost_e4": 95_000}, by=OWNER, now=NOON)

    with tenant_atomic():
        facts = list(OutboxRow.objects.filter(event="suppliers.CostSaid", heard_at=None))
    for fact in facts:
        hear(row_id=fact.pk, now=timezone.now() + timedelta(minutes=1))

    assert fresh(sku).price_e4 == 104_500


def test_a_supplier_out_of_use_is_heard_of(sku, offer):
    with tenant_atomic():
        make_offer(sku=sku, cost_e4=95_000, most_e4=999_000)
    ruled(sku, "reprice")
    about = offer.supplier
    given = {"name": about.name, "base_url": about.base_url, "app_id": about.app_id}

    for is_on in (True, False, False):
        services.change_supplier(supplier_id=about.pk, given=given, is_on=is_on, by=OWNER, now=NOON)

    with tenant_atomic():
        (fact,) = OutboxRow.objects.filter(event="suppliers.CostSaid")
    hear(row_id=fact.pk, now=timezone.now() + timedelta(minutes=1))
    assert fresh(sku).price_e4 == 104_500


@pytest.mark.parametrize(
    ("offers", "cost_e4"),
    [
        ([{"cost_e4": 90_000}, {"cost_e4": 80_000}], 90_000),
        ([{"cost_e4": 90_000, "priority": 0}, {"cost_e4": 80_000}], 90_000),
        ([{"cost_e4": 110_000, "priority": 0}, {"cost_e4": 80_000}], 80_000),
        ([{"cost_e4": 120_000}, {"cost_e4": 110_000, "priority": 2}], 110_000),
        ([{"cost_e4": 80_000, "is_on": False}], None),
        ([{"cost_e4": 80_000, "supply": "no stock"}], None),
        ([{"cost_e4": 80_000, "most_e4": 70_000}], None),
        ([{"cost_e4": 80_000, "floor_e4": 110_000}, {"cost_e4": 90_000}], 90_000),
        ([{"cost_e4": 80_000, "floor_e4": 130_000}, {"cost_e4": 120_000}], 120_000),
        ([{"cost_e4": 80_000, "forbidden_channels": ["web"]}, {"cost_e4": 90_000}], 90_000),
        ([{"cost_e4": 80_000, "needs_authorisation": True}, {"cost_e4": 90_000}], 90_000),
        ([{"cost_e4": 80_000, "slow_hours": 5}, {"cost_e4": 90_000}], 90_000),
        ([], None),
    ],
    ids=["dearest of equals", "asked first", "first is too dear", "all too dear", "off", "no stock",
         "above its highest cost", "below its floor", "all below", "channel", "no authorisation",
         "slow", "nobody"],
)  # fmt: skip
def test_what_the_next_one_would_cost(sku, offers, cost_e4):
    with tenant_atomic():
        for given in offers:
            make_offer(sku=sku, **({"most_e4": 999_000} | given))

        assert cost_of_next(sku=sku, now=NOON) == cost_e4


def test_what_can_be_paid_is_rounded_up(scope):
    assert least_price(cost_e4=98_750, margin_percent=0) == 98_800
    assert least_price(cost_e4=100_000, margin_percent=15) == 115_000


@pytest.mark.parametrize(("action", "margin"), [("burn", 10), ("reprice", -1), ("reprice", 1001)])
def test_a_rule_that_makes_no_sense_is_refused(sku, action, margin):
    with pytest.raises(SupplierUnfit):
        ruled(sku, action, margin)


def test_what_is_in_stock_has_no_margin_rule(shop):
    with tenant_atomic():
        own = make_sku()

    with pytest.raises(SupplierUnfit):
        ruled(own, "reprice")
    with tenant_atomic():
        assert MarginRule.objects.count() == 0
        assert Product.objects.count() == 1
