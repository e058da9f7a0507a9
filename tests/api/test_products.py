"""What a partner may sell, at its prices."""

import pytest

from channels import services as channels
from channels.models import PartnerSku
from core.scope import tenant_atomic
from tests.api.callers import PRODUCTS, Caller
from tests.catalog.factories import make_product, make_sku, make_template
from tests.channels.factories import WANG, make_keyed, make_tier
from tests.orders.factories import PRICE, stocked_sku
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_product_says_all_that_a_partner_s_page_needs(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(2, buyer_template=make_template())

    (told,) = caller.get(PRODUCTS)["data"]

    assert told == caller.get(f"{PRODUCTS}/{sku.ref}")
    assert (told["sku"], told["price"], told["list_price"]) == (sku.ref, "10.0000", "10.0000")
    assert (told["available"], told["stock"], told["currency"]) == (True, 2, "CNY")
    assert told["buyer_fields"] == [
        {
            "key": "phone",
            "type": "phone",
            "label": "充值手机号",
            "label_en": "Phone to top up",
            "required": True,
            "options": [],
        }
    ]


def test_what_is_sold_out_says_so(caller, shop):
    with tenant_atomic():
        stocked_sku(0)

    (told,) = caller.get(PRODUCTS)["data"]

    assert (told["available"], told["stock"]) == (False, 0)


def test_what_is_not_on_sale_is_not_there(caller, shop):
    with tenant_atomic():
        hidden = make_sku(product=make_product(state="draft"))
        make_sku(is_on_sale=False)

    assert caller.get(PRODUCTS)["data"] == []
    caller.get(f"{PRODUCTS}/{hidden.ref}")
    assert caller.status == 404


def test_a_partner_with_a_list_of_its_own_sees_and_buys_that_only(shop):
    with tenant_atomic():
        keyed = make_keyed(sells_all=False)
        mine, other = stocked_sku(1), stocked_sku(1)
        PartnerSku.objects.create(partner=keyed.partner, sku=mine)
    caller = Caller(keyed)

    assert [one["sku"] for one in caller.get(PRODUCTS)["data"]] == [mine.ref]
    assert caller.order(other)["error"]["code"] == "sku_not_allowed"
    assert caller.order(mine)["state"] == "completed"


@pytest.mark.parametrize(
    ("tier", "cost_e4", "price"),
    [
        ({"way": "list", "rate": 10_000}, None, "10.0000"),
        ({"way": "discount", "rate": 9_500}, None, "9.5000"),
        ({"way": "discount", "rate": 3_333}, None, "3.3330"),
        ({"way": "cost_plus", "rate": 10_500}, 80_001, "8.4002"),  # 8.400105, rounded up
        ({"way": "cost_plus", "rate": 10_500}, None, "10.0000"),  # no cost is known
        ({"way": "cost_plus", "rate": 20_000}, 80_000, "10.0000"),  # never above the list price
        ({"way": "discount", "rate": 5_000, "floor_rate": 10_100}, 80_000, "8.0800"),
    ],
)
def test_a_tier_s_price(shop, tier, cost_e4, price):
    with tenant_atomic():
        keyed = make_keyed(tier_id=make_tier(**tier).pk)
        stocked_sku(1, cost_hint_e4=cost_e4)

    (told,) = Caller(keyed).get(PRODUCTS)["data"]

    assert told["price"] == price


def test_a_sku_s_own_price_in_a_tier_comes_first(shop):
    with tenant_atomic():
        tier = make_tier(rate=9_000)
        keyed = make_keyed(tier_id=tier.pk)
        sku = stocked_sku(2)
        channels.set_tier_price(
            tier_id=tier.pk, sku_id=sku.pk, price_e4=98_750, by=WANG, now=MORNING
        )
    caller = Caller(keyed)

    assert caller.get(f"{PRODUCTS}/{sku.ref}")["price"] == "9.8750"
    assert caller.order(sku)["total"] == "9.8750"


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_as_many_queries_for_one_as_for_three(
    caller, shop, unprepared, django_assert_num_queries, number
):
    with tenant_atomic():
        for _ in range(number):
            stocked_sku(1)
    caller.get(PRODUCTS)

    with django_assert_num_queries(7):
        caller.get(PRODUCTS)


def test_the_balance_and_its_entries(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    order = caller.order(sku)

    balance = caller.get("/api/v1/balance")
    entries = caller.get("/api/v1/balance/entries")["data"]

    assert balance == {
        "object": "balance",
        "livemode": True,
        "balance": "990.0000",
        "credit_limit": "0.0000",
        "available": "990.0000",
        "currency": "CNY",
    }
    assert [(one["kind"], one["amount"], one["order"]) for one in entries] == [
        ("capture", f"-{PRICE // 10_000}.0000", order["ref"]),
        ("top_up", "1000.0000", None),
    ]
