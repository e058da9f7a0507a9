"""Catalogues are kept as suppliers tell them."""

from datetime import timedelta
from time import monotonic

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.statements import run
from suppliers import services
from suppliers.abilities import ListedProduct
from suppliers.errors import NoAnswer, SupplierUnfit
from suppliers.models import Catalogue, SupplierProduct
from suppliers.selectors import products_of_supplier
from suppliers.services import listed, syncing
from tests.conftest import as_tenant
from tests.suppliers.factories import at_the_judge, make_offer, make_supplier
from tests.suppliers.listings import LATER, fresh, line, lines
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


def breaks_off():
    raise NoAnswer("HTTP 502")


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

    done = says(line("1", 90_000), then=breaks_off)

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
        says(then=breaks_off, now=now)
        with tenant_atomic():
            next_at = Catalogue.objects.get().next_at
        waits.append(next_at - now)
        now = next_at
    assert waits == [timedelta(minutes=30 * 2**at) for at in range(4)] + [timedelta(hours=6)] * 2

    says(line("1"), now=now)

    with tenant_atomic():
        found = Catalogue.objects.get()
    assert (found.failures, found.said, found.next_at - now) == (0, "", timedelta(minutes=30))


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


def test_one_product_can_be_asked_for(shop, judge):
    judge.desk.reset()
    with tenant_atomic():
        supplier = at_the_judge(judge, "kasushou")
    services.sync_products(supplier_id=supplier.pk, now=NOON)
    judge.desk.product(
        protocol="kasushou", id="1000", kind="card", name="会员月卡", price_e4=70_000
    )

    services.sync_product(supplier_id=supplier.pk, product="1000", now=LATER)
    services.sync_product(supplier_id=supplier.pk, product="no such", now=LATER)

    found = lines()
    assert (found["1000"].cost_e4, found["1000"].gone_at) == (70_000, None)
    assert (found["2000"].gone_at, found["2000"].cost_e4) == (None, 50_000)


def test_who_waits_for_one_product_waits_for_seconds(shop, judge, monkeypatch):
    judge.desk.reset()
    monkeypatch.setattr(syncing, "ASKED_WITHIN", timedelta(seconds=0.5))
    with tenant_atomic():
        supplier = at_the_judge(judge, "kasushou", faults=["query:hang"])
    began = monotonic()

    done = services.sync_product(supplier_id=supplier.pk, product="1000", now=NOON)

    assert done.said
    assert monotonic() - began < 5


def test_who_tells_nothing_is_not_asked(shop):
    with tenant_atomic():
        mute = make_supplier(protocol="ofpay", base_url="http://ofpay.test")

    assert services.sync_products(supplier_id=mute.pk, now=NOON) is None
    with pytest.raises(SupplierUnfit):
        services.sync_soon(supplier_id=mute.pk, by=SYSTEM, now=NOON)


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
