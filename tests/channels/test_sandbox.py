"""A shop and its sandbox: two tenants that never see or move each other's rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import services as catalog
from catalog.models import Product, Sku
from channels import services as channels
from channels.models import ApiKey, Partner
from channels.selectors import due_sandboxes, pay_in_limits
from channels.selectors.payments_in import Limits
from channels.services import sandbox
from channels.types import KeyTerms
from core.errors import InvalidInput, NotFound
from core.scope import ScopeError, step_over, tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.selectors import stock_of
from inventory.types import NewContent
from orders.models import Order
from payments.selectors import balance_of
from payments.services import ways_to_pay
from suppliers import services as suppliers
from suppliers.errors import SupplierUnfit
from suppliers.models import Offer, Supplier
from tenants import services as tenants
from tenants.models import Domain, Member, Merchant
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.catalog.factories import make_sku, make_template
from tests.channels.factories import WANG, make_partner, make_tier
from tests.channels.sandboxes import open_twin
from tests.conftest import as_tenant, client_of
from tests.dashboard.people import make_member
from tests.orders.factories import stocked_sku
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MAGIC = {
    "TEST_DUPLICATE_WEBHOOK", "TEST_FAILURE", "TEST_PARTIAL", "TEST_REFUND", "TEST_SLOW",
    "TEST_SUCCESS", "TEST_TOPUP", "TEST_UNKNOWN",
}  # fmt: skip


def refs_of(twin):
    with twin.scope():
        return set(Sku.objects.filter(is_on_sale=True).values_list("ref", flat=True))


def counts(twin):
    with twin.scope():
        models = (Product, Sku, Partner, ApiKey, Offer, Supplier, Order)
        return [model.objects.count() for model in models]


def refresh(now=NOON):
    sandbox.open_sandbox(by=WANG, now=now)


def test_a_sandbox_has_the_shops_name_marked_a_host_and_its_staff(shop):
    with tenant_atomic():
        owner = make_member("owner").pk

    twin_id = sandbox.open_sandbox(by=WANG, now=MORNING)

    twin = Merchant.objects.get(pk=twin_id)
    assert (twin.slug, twin.name, twin.sandbox_of_id) == ("cloud-test", "Cloud（沙盒）", shop.pk)
    assert Domain.objects.get(merchant=twin).host == "cloud-test.localhost"
    with step_over(twin_id), tenant_atomic():
        assert list(Member.objects.values_list("user_id", "role")) == [(owner, "owner")]


def test_a_sandbox_sells_the_shops_goods_under_their_refs_and_the_magic_ones(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    twin = open_twin()

    listed = {one["sku"]: one for one in twin.caller.get(f"{PRODUCTS}?limit=100")["data"]}

    assert set(listed) == MAGIC | {sku.ref}
    assert all(one["available"] and not one["livemode"] for one in listed.values())
    assert listed[sku.ref]["stock"] == 200


@pytest.mark.parametrize("kind", ["stock_code", "reusable", "supplier_code"])
def test_the_shops_own_goods_are_delivered_as_what_they_are_not(shop, kind):
    with tenant_atomic():
        sku = make_sku(kind=kind)
        if kind == "reusable":
            body = Secret("https://real.example")
            inventory.set_content(given=NewContent(sku_id=sku.pk, body=body), by=WANG, now=MORNING)
    twin = open_twin()

    ref = twin.caller.order(sku)["ref"]
    twin.work(timezone.now())

    told = twin.caller.get(f"{ORDERS}/{ref}")
    assert told["units"][0]["code"].startswith("TEST")


def test_a_top_up_of_the_shops_goes_by_its_account(shop):
    with tenant_atomic():
        form = make_template({"key": "phone", "kind": "phone", "label": "手机号"})
        sku = make_sku(kind="top_up", buyer_template=form)
    twin = open_twin()

    ref = twin.caller.order(sku, buyer={"phone": "13800000001"})["ref"]
    twin.work(timezone.now())

    assert twin.caller.get(f"{ORDERS}/{ref}")["units"][0]["state"] == "refunded"


def test_what_is_ordered_with_a_test_key_leaves_the_shop_as_it_is(shop):
    with tenant_atomic():
        sku = stocked_sku(3)
    twin = open_twin()

    twin.caller.order(sku)

    with tenant_atomic():
        assert Order.objects.count() == 0
        assert stock_of([sku.pk]) == {sku.pk: 3}
        assert balance_of(account_id=twin.partner.account_id) == 10_000_000
    with twin.scope():
        play = Partner.objects.get(ref=twin.partner.ref)
        assert balance_of(account_id=play.account_id) == 100_000_000 - sku.price_e4


def test_orders_of_the_shop_and_of_its_sandbox_are_not_found_by_each_others_keys(shop):
    with tenant_atomic():
        sku = stocked_sku(2)
    twin = open_twin()
    live_key = channels.issue_key(
        partner_id=twin.partner.pk, terms=KeyTerms(), by=WANG, now=MORNING
    )
    live = Caller(live_key.text.reveal())

    of_test, of_live = twin.caller.order(sku)["ref"], live.order(sku)["ref"]

    live.get(f"{ORDERS}/{of_test}")
    twin.caller.get(f"{ORDERS}/{of_live}")
    assert (live.status, twin.caller.status) == (404, 404)
    assert [one["ref"] for one in live.get(ORDERS)["data"]] == [of_live]
    assert [one["ref"] for one in twin.caller.get(ORDERS)["data"]] == [of_test]


def test_the_same_order_number_names_one_order_here_and_another_one_there(shop):
    with tenant_atomic():
        sku = stocked_sku(2)
    twin = open_twin()
    key = channels.issue_key(partner_id=twin.partner.pk, terms=KeyTerms(), by=WANG, now=MORNING)

    told = [twin.caller.order(sku, "P1"), Caller(key.text.reveal()).order(sku, "P1")]

    assert told[0]["ref"] != told[1]["ref"]
    assert [one["livemode"] for one in told] == [False, True]


def test_a_sandboxs_own_host_takes_test_keys_and_no_others(shop):
    twin = open_twin()
    key = twin.key

    there = Caller(key, host="cloud-test.localhost")
    disguised = Caller(key.replace("qy_test_", "qy_live_"), host="cloud-test.localhost")

    with as_tenant(twin.pk):
        told = there.get(PRODUCTS)
        disguised.get(PRODUCTS)

    assert told["data"][0]["livemode"] is False
    assert disguised.status == 401


def test_every_object_says_whether_it_is_real(shop):
    twin = open_twin()
    ref = twin.caller.order("TEST_SUCCESS")["ref"]

    told = [
        twin.caller.get("/api/v1/balance"),
        twin.caller.get(f"{ORDERS}/{ref}"),
        twin.caller.get(ORDERS)["data"][0],
        twin.caller.get("/api/v1/balance/entries")["data"][0],
        twin.caller.get(f"{PRODUCTS}/TEST_SUCCESS"),
    ]

    assert [one["livemode"] for one in told] == [False] * 5


def test_a_second_time_changes_nothing(shop):
    with tenant_atomic():
        make_sku(kind="supplier_code")
        stocked_sku(1)
    twin = open_twin(tier_id=None)
    twin.caller.order("TEST_SUCCESS")
    before = counts(twin)

    refresh()

    assert counts(twin) == before
    with twin.scope():
        assert set(Product.objects.values_list("changed_at", flat=True)) == {MORNING}
    assert twin.caller.get("/api/v1/balance")["balance"] == "9999.0000"


def test_new_goods_and_prices_come_with_the_next_time(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    twin = open_twin()
    with tenant_atomic():
        catalog.change_sku(sku_id=sku.pk, given={"price_e4": 230_000}, by=WANG, now=NOON)
        fresh = make_sku()

    refresh()

    assert refs_of(twin) == MAGIC | {sku.ref, fresh.ref}
    assert twin.caller.get(f"{PRODUCTS}/{sku.ref}")["price"] == "23.0000"


def test_what_is_taken_online_is_as_in_the_shop(shop):
    twin = open_twin()
    channels.set_pay_in_limits(limits=Limits(daily_e4=20_000), by=WANG, now=MORNING)

    refresh()

    with twin.scope():
        assert pay_in_limits() == Limits(daily_e4=20_000)


def test_what_left_the_shelf_is_not_sold_in_the_sandbox_either(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    twin = open_twin()
    twin.caller.order(sku)
    catalog.unpublish(product_id=sku.product_id, by=WANG, now=NOON)

    refresh()

    twin.caller.order(sku, "N2")
    assert twin.caller.status == 404
    assert len(twin.caller.get(ORDERS)["data"]) == 1


def test_skus_that_have_changed_names_are_told_apart(shop):
    with tenant_atomic():
        one = make_sku(name="A")
        other = make_sku(product=one.product, name="B")
    twin = open_twin()
    with tenant_atomic():
        Sku.objects.filter(pk=one.pk).update(name="C")
        Sku.objects.filter(pk=other.pk).update(name="A")
        Sku.objects.filter(pk=one.pk).update(name="B")

    refresh()

    with twin.scope():
        names = dict(Sku.objects.values_list("ref", "name"))
    assert (names[one.ref], names[other.ref]) == ("B", "A")


def test_a_partners_terms_are_the_same_in_the_sandbox(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
        tier = make_tier(rate=5_000)
        channels.set_tier_price(
            tier_id=tier.pk, sku_id=sku.pk, price_e4=77_000, by=WANG, now=MORNING
        )
    twin = open_twin(tier_id=tier.pk, credit_e4=5_000_000)

    assert twin.caller.get(f"{PRODUCTS}/{sku.ref}")["price"] == "7.7000"
    assert twin.caller.get(f"{PRODUCTS}/TEST_SUCCESS")["price"] == "0.5000"
    assert twin.caller.get("/api/v1/balance")["available"] == "10500.0000"


def test_who_may_buy_some_goods_only_may_try_the_magic_ones_as_well(shop):
    with tenant_atomic():
        sku, _not_his = stocked_sku(1), stocked_sku(1)
    twin = open_twin(sells_all=False, sku_ids=(sku.pk,))

    listed = twin.caller.get(f"{PRODUCTS}?limit=100")["data"]

    assert {one["sku"] for one in listed} == MAGIC | {sku.ref}


def test_a_suspended_partners_test_key_is_refused_after_the_next_time(shop):
    twin = open_twin()
    channels.suspend_partner(partner_id=twin.partner.pk, by=WANG, reason="unpaid", now=NOON)

    refresh()

    twin.caller.get(PRODUCTS)
    assert twin.caller.status == 403


def test_play_money_that_was_spent_comes_again(shop):
    with tenant_atomic():
        sku = make_sku(kind="supplier_code", price_e4=95_000_000)
    twin = open_twin()
    twin.caller.order(sku)
    assert twin.caller.get("/api/v1/balance")["balance"] == "500.0000"

    refresh()

    assert twin.caller.get("/api/v1/balance")["balance"] == "10000.0000"


def test_a_key_for_a_partner_made_later_brings_him_along(shop):
    open_twin()
    with tenant_atomic():
        later = make_partner()

    made = sandbox.issue_test_key(partner_ref=later.ref, terms=KeyTerms(), by=WANG, now=NOON)

    assert Caller(made.text.reveal()).get("/api/v1/balance")["balance"] == "10000.0000"


def test_there_is_no_test_key_for_nobody(shop):
    with pytest.raises(NotFound):
        sandbox.issue_test_key(partner_ref="nobody", terms=KeyTerms(), by=WANG, now=NOON)

    assert not Merchant.objects.filter(sandbox_of=shop).exists()


def test_a_test_key_is_listed_and_revoked_from_the_shop(shop):
    twin = open_twin()
    with sandbox.in_sandbox():
        key = ApiKey.objects.get()
        channels.revoke_key(key_id=key.pk, by=WANG, now=NOON)

    twin.caller.get(PRODUCTS)
    assert twin.caller.status == 401


def test_nothing_is_opened_inside_a_transaction_of_the_shop(shop):
    with tenant_atomic(), pytest.raises(ScopeError):
        sandbox.open_sandbox(by=WANG, now=MORNING)


def test_a_sandbox_has_no_sandbox(shop):
    twin = open_twin()

    with step_over(twin.pk), pytest.raises(InvalidInput):
        sandbox.open_sandbox(by=WANG, now=MORNING)


def test_a_reset_sandbox_is_empty_and_filled_anew_and_its_keys_are_good(shop):
    twin = open_twin()
    twin.caller.order("TEST_SUCCESS")

    fresh = sandbox.reset_sandbox(by=WANG, now=NOON)
    again = sandbox.reset_sandbox(by=WANG, now=NOON)

    assert len({twin.pk, fresh, again}) == 3
    assert twin.caller.get(ORDERS)["data"] == []
    assert twin.caller.get("/api/v1/balance")["balance"] == "10000.0000"
    states = Merchant.objects.filter(sandbox_of=shop).order_by("pk").values_list("slug", "state")
    assert list(states) == [
        (f"test-{twin.pk}", "set_aside"),
        (f"test-{fresh}", "set_aside"),
        ("cloud-test", "active"),
    ]


def test_a_suspended_shops_sandbox_is_closed_with_it(shop):
    twin = open_twin()
    at_home = client_of(Merchant.objects.get(pk=twin.pk))

    tenants.suspend(merchant_id=shop.pk, by=WANG, reason="unpaid", now=NOON)

    assert Merchant.objects.get(pk=twin.pk).state == "suspended"
    twin.caller.get(PRODUCTS)
    assert (twin.caller.status, at_home.get("/").status_code) == (403, 403)
    tenants.reopen(merchant_id=shop.pk, by=WANG, reason="paid", now=NOON)
    assert twin.caller.get(PRODUCTS)["object"] == "list"


def test_no_real_supplier_is_docked_in_a_sandbox_and_no_played_one_in_a_shop(shop, settings):
    twin = open_twin()
    settings.SANDBOX_PAYMENTS = False
    given = {"name": "X", "base_url": "https://x.example", "app_id": "x"}
    secrets = {"secret": Secret("s")}

    real, played = given | {"protocol": "fulu"}, given | {"protocol": "sandbox"}

    with step_over(twin.pk), pytest.raises(SupplierUnfit):
        suppliers.dock(given=real, secrets=secrets, by=WANG, now=NOON)
    with pytest.raises(SupplierUnfit):
        suppliers.dock(given=played, secrets=secrets, by=WANG, now=NOON)


def test_a_sandboxs_pages_say_what_they_are_and_take_play_money_only(shop, settings):
    settings.SANDBOX_PAYMENTS = False
    twin = open_twin()
    with as_tenant(twin.pk):
        page = client_of(Merchant.objects.get(pk=twin.pk)).get("/").content.decode()
        ways = [way.name for way in ways_to_pay()]

    assert "沙盒：这里的一切都不是真的" in page
    assert ways == ["sandbox"]
    assert 'class="trial"' not in client_of(shop).get("/").content.decode()
    assert ways_to_pay() == []


def test_codes_that_were_used_up_come_again(shop):
    with tenant_atomic():
        sku = stocked_sku(1, most_per_order=100)
    twin = open_twin()
    for number in range(2):
        twin.caller.order(sku, f"N{number}", quantity=80)
    left = twin.caller.get(f"{PRODUCTS}/{sku.ref}")["stock"]

    with step_over(twin.pk):
        sandbox.restock_sandbox(now=NOON)

    sandbox.restock_sandbox(now=NOON)  # a shop gets nothing of it

    with tenant_atomic():
        assert stock_of([sku.pk]) == {sku.pk: 1}
    assert (left, twin.caller.get(f"{PRODUCTS}/{sku.ref}")["stock"]) == (40, 240)


def test_a_sandbox_that_is_used_is_looked_after(shop):
    twin, now = open_twin(), timezone.now()

    with as_tenant(twin.pk):
        before = due_sandboxes(now=now, limit=10)
    twin.caller.get(PRODUCTS)
    with as_tenant(twin.pk):
        after = due_sandboxes(now=now, limit=10)
        later = due_sandboxes(now=now + timedelta(minutes=3), limit=10)

    assert (before, after, later) == ([], [(twin.pk, twin.pk)], [])
