"""Catalogues are kept as suppliers tell them; offers follow, as far as they are left to it."""

from datetime import timedelta

import pytest

from core.actors import SYSTEM
from core.models import OutboxRow
from core.scope import tenant_atomic
from core.statements import run
from suppliers import services
from suppliers.abilities import ListedProduct
from suppliers.errors import NoAnswer, SupplierUnfit
from suppliers.models import Catalogue, Offer, PriceChange, SupplierProduct
from suppliers.selectors import (
    choose_offer,
    count_price_changes,
    due_catalogues,
    judged_offers,
    products_of_supplier,
    skus_with_offers,
)
from suppliers.services import FOLLOWED, listed, syncing
from suppliers.types import Kind, Sale
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.conftest import as_tenant
from tests.dashboard.test_suppliers import ZONE
from tests.suppliers.factories import at_the_judge, make_offer, make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LATER = NOON + timedelta(hours=1)


class Played:
    """A supplier that says what a test says, and then raises what it says."""

    def __init__(self, *lines, then=None):
        self.lines, self.then = lines, then

    def products(self, *, only=""):
        yield from (one for one in self.lines if only in ("", one.product))
        if self.then:
            raise self.then


def line(product="88", cost_e4=80_000, **more):
    fields = {"name": "Month", "kind": Kind.CODES} | more
    return ListedProduct(product=product, cost_e4=cost_e4, **fields)


@pytest.fixture
def supplier(shop):
    with tenant_atomic():
        return make_supplier()


@pytest.fixture
def says(monkeypatch, supplier):
    """`says(*lines)`: the supplier's catalogue is read, and has these lines."""
    moments = iter(NOON + timedelta(hours=at) for at in range(99))

    def read(*lines, then=None, now=None):
        monkeypatch.setattr(
            syncing, "speaker", lambda _supplier, **_within: Played(*lines, then=then)
        )
        return services.sync_products(supplier_id=supplier.pk, now=now or next(moments))

    return read


def lines():
    with tenant_atomic():
        return {one.product: one for one in SupplierProduct.objects.all()}


def fresh(offer):
    with tenant_atomic():
        return Offer.objects.select_related("sku", "supplier").get(pk=offer.pk)


@pytest.fixture
def offer(supplier):
    with tenant_atomic():
        return make_offer(supplier=supplier, cost_e4=80_000, most_e4=80_000)


def change(offer, **given):
    return services.change_offer(offer_id=offer.pk, given=given, by=SYSTEM, now=NOON)


# What is kept


def test_a_supplier_at_the_judge_is_read_as_it_is(shop, judge):
    judge.desk.reset()
    with tenant_atomic():
        supplier = at_the_judge(judge, "kasushou")
        offer = make_offer(supplier=supplier, product="1000", cost_e4=1, most_e4=1)

    done = services.sync_products(supplier_id=supplier.pk, now=NOON)

    assert (done.said, done.read, done.changed, done.offers) == ("", 2, 2, 1)
    assert fresh(offer).cost_e4 == 98_750
    assert lines()["1000"].stock == 1_000


def test_what_changed_is_told_from_what_did_not(says):
    says(line("1"), line("2"))

    done = says(line("1"), line("2", name="Year"), line("3"))

    assert (done.read, done.changed, done.gone) == (3, 2, 0)
    found = lines()
    assert (found["1"].changed_at, found["1"].first_seen_at) == (NOON, NOON)
    assert (found["2"].changed_at, found["2"].first_seen_at) == (LATER, NOON)
    assert (found["2"].name, found["3"].first_seen_at) == ("Year", LATER)


def test_what_is_not_told_any_more_is_marked_and_comes_back(says):
    says(line("1"), line("2"))
    assert says(line("1")).gone == 1
    assert (lines()["1"].gone_at, lines()["2"].gone_at) == (None, LATER)

    says(line("1"), line("2"))

    assert lines()["2"].gone_at is None


def test_a_line_that_is_unreadable_is_not_gone_and_stays_as_it_was(says):
    says(line("1"), line("2"))

    says(line("1"), ListedProduct(product="2", is_unreadable=True))

    assert (lines()["2"].gone_at, lines()["2"].cost_e4) == (None, 80_000)


def test_half_a_catalogue_makes_nothing_gone_and_is_tried_again(says):
    says(line("1"), line("2"))

    done = says(line("1", 90_000), then=NoAnswer("HTTP 502"))

    assert (done.said, done.changed, done.gone) == ("HTTP 502", 1, 0)
    assert lines()["1"].cost_e4 == 90_000
    with tenant_atomic():
        found = Catalogue.objects.get()
    assert (found.failures, found.said, found.read_at) == (1, "HTTP 502", NOON)


def test_an_empty_catalogue_where_there_was_one_is_not_believed(says):
    says(line("1"))

    assert says().said == "an empty catalogue"

    assert lines()["1"].gone_at is None


def test_failures_wait_longer_each_time_and_one_success_ends_it(says):
    waits, now = [], NOON
    for _each in range(6):
        says(then=NoAnswer("HTTP 502"), now=now)
        with tenant_atomic():
            next_at = Catalogue.objects.get().next_at
        waits.append(next_at - now)
        now = next_at
    assert waits == [timedelta(minutes=30 * 2**at) for at in range(4)] + [timedelta(hours=6)] * 2

    says(line("1"), now=now)

    with tenant_atomic():
        found = Catalogue.objects.get()
    assert (found.failures, found.said, found.next_at - now) == (0, "", timedelta(minutes=30))


def test_it_is_read_by_one_and_when_it_is_due(says, supplier):
    assert says(line("1"), now=NOON) is not None
    assert says(line("1"), now=NOON + timedelta(minutes=29)) is None
    services.sync_soon(supplier_id=supplier.pk, by=SYSTEM, now=NOON)
    assert says(line("1"), now=NOON) is not None


def test_a_price_in_another_currency_is_not_reckoned_with(says, offer):
    says(line(cost_e4=1, currency="USD"))

    assert (lines()["88"].cost_e4, fresh(offer).cost_e4) == (None, 80_000)


@pytest.mark.parametrize("product", ["", "x" * 81, "a\0b"])
def test_a_product_that_nobody_could_order_is_left_out(says, product):
    assert says(line(product), line("1")).read == 1


def test_ten_thousand_products_are_kept_in_a_few_statements(
    says, unprepared, django_assert_max_num_queries
):
    many = [line(str(number), 10_000 + number) for number in range(10_000)]
    with django_assert_max_num_queries(30):
        assert says(*many).changed == 10_000

    same = [*many[:-2], line("9998", 1), line("new")]
    with django_assert_max_num_queries(30):
        done = says(*same)

    assert (done.changed, done.gone) == (2, 1)
    assert len(lines()) == 10_001


def test_what_did_not_change_is_hardly_written(says):
    says(line("1"), line("2"))
    before = row_versions()
    says(line("1"), line("2"))
    assert row_versions() == before

    says(line("1"), line("2"), now=NOON + listed.SEEN_EVERY + timedelta(hours=1))

    assert lines()["1"].seen_at == NOON + listed.SEEN_EVERY + timedelta(hours=1)


def row_versions():
    with tenant_atomic():
        return run("SELECT id, xmin::text FROM suppliers_supplierproduct ORDER BY id").rows


def test_one_product_can_be_asked_for(says, monkeypatch, supplier):
    says(line("1"), line("2"))
    played = Played(line("1", 70_000))
    monkeypatch.setattr(syncing, "speaker", lambda _supplier, **_within: played)

    services.sync_product(supplier_id=supplier.pk, product="1", now=LATER)
    services.sync_product(supplier_id=supplier.pk, product="2", now=LATER)

    found = lines()
    assert (found["1"].cost_e4, found["1"].gone_at) == (70_000, None)
    assert found["2"].gone_at == LATER


def test_who_tells_nothing_is_not_asked(shop):
    with tenant_atomic():
        mute = make_supplier(protocol="ofpay", base_url="http://ofpay.test")

    assert services.sync_products(supplier_id=mute.pk, now=NOON) is None
    with pytest.raises(SupplierUnfit):
        services.sync_soon(supplier_id=mute.pk, by=SYSTEM, now=NOON)


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


# Prices that move


def test_a_price_that_moved_far_is_told_once(says, offer, supplier):
    says(line(), line("1", 10_000), line("2", 100_000))
    done = says(line(cost_e4=84_001), line("1", 9_000), line("2", 105_000))
    says(line(cost_e4=84_001), line("1", 9_000), line("2", 105_000))

    assert done.alerts == 2
    with tenant_atomic():
        found = {one.product.product: one for one in PriceChange.objects.all()}
        counted = count_price_changes(now=LATER + timedelta(days=6))
        assert count_price_changes(now=LATER + timedelta(days=8)) == {}
    assert set(found) == {"88", "1"}
    assert (found["88"].old_e4, found["88"].new_e4) == (80_000, 84_001)
    assert (found["88"].is_offered, found["1"].is_offered) == (True, False)
    assert counted == {supplier.pk: 1}


def test_how_far_is_far_is_the_merchants_to_say(says, supplier):
    says(line())
    services.change_catalogue(
        supplier_id=supplier.pk, every_minutes=60, alert_percent=50, by=SYSTEM, now=NOON
    )

    assert says(line(cost_e4=120_000)).alerts == 0
    assert says(line(cost_e4=181_000)).alerts == 1


@pytest.mark.parametrize(("every", "alert"), [(4, 5), (1441, 5), (30, -1), (30, 1001)])
def test_a_pace_that_makes_no_sense_is_refused(supplier, every, alert):
    with pytest.raises(SupplierUnfit):
        services.change_catalogue(
            supplier_id=supplier.pk, every_minutes=every, alert_percent=alert, by=SYSTEM, now=NOON
        )


def test_each_reading_tells_of_the_costs(says):
    says(line())

    with tenant_atomic():
        facts = OutboxRow.objects.filter(event="suppliers.CostsSaid")
        assert [row.payload.keys() for row in facts] == [{"supplier_id"}]


# Whom the sweeper finds, and whose it is


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_finds_who_is_due(shop):
    with tenant_atomic():
        due, read, off = make_supplier(), make_supplier(), make_supplier()
        make_supplier(protocol="ofpay", base_url="http://ofpay.test")
        type(off).objects.filter(pk=off.pk).update(is_on=False)
        Catalogue.objects.create(supplier=read, next_at=NOON + timedelta(minutes=30))

    assert due_catalogues(now=NOON, limit=9) == [(shop.pk, due.pk)]
    later = NOON + timedelta(minutes=31)
    assert due_catalogues(now=later, limit=9) == [(shop.pk, due.pk), (shop.pk, read.pk)]
    assert due_catalogues(now=later, limit=1) == [(shop.pk, due.pk)]


def test_a_catalogue_is_its_shops_own(says, supplier, other_shop):
    says(line())

    with as_tenant(other_shop.pk), tenant_atomic():
        assert SupplierProduct.objects.count() == 0
        assert list(products_of_supplier(supplier_id=supplier.pk)) == []


def test_words_are_found_in_a_catalogue(says, supplier, offer):
    says(line(name="优酷 月卡"), line("1", name="爱奇艺 月卡"), line("2", name="优酷 年卡"))

    with tenant_atomic():
        found = products_of_supplier(supplier_id=supplier.pk, text="优酷 月卡")
        assert [(one.product, one.is_offered) for one in found] == [("88", True)]
        assert products_of_supplier(supplier_id=supplier.pk, text="2").count() == 1
