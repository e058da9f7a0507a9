"""A partner orders: one call, the code in its answer, the money from his balance."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from analytics.models import Touched
from channels import services as channels
from channels.models import PartnerOrder
from channels.types import PartnerTerms
from core.models import Once
from core.scope import tenant_atomic
from inventory.models import Code, Hold
from orders.models import Order
from payments.models import Entry, Payment
from payments.selectors import balance_of, odd_balances
from tenants.models import AuditRow
from tests.api.callers import ORDERS, Caller
from tests.channels.factories import RICH, WANG, make_keyed, make_tier
from tests.orders.factories import PRICE, stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


def balance(keyed):
    with tenant_atomic():
        assert odd_balances() == []
        return balance_of(account_id=keyed.partner.account_id)


def counts():
    with tenant_atomic():
        return {
            "orders": Order.objects.count(),
            "sold": Code.objects.filter(state="sold").count(),
            "payments": Payment.objects.count(),
            "named": PartnerOrder.objects.count(),
        }


ONE = {"orders": 1, "sold": 1, "payments": 1, "named": 1}
NONE = dict.fromkeys(ONE, 0)


def test_a_sale_is_counted_again_once_though_it_is_paid_delivered_and_completed(caller, sku):
    caller.order(sku)

    with tenant_atomic():
        assert Touched.objects.count() == 1


def test_an_order_is_answered_with_its_code_and_paid_from_the_balance(caller, keyed, sku):
    told = caller.order(sku)

    assert caller.status == 201
    assert told["state"] == "completed"
    assert [unit["state"] for unit in told["units"]] == ["delivered"]
    assert told["units"][0]["code"].startswith("SECRET-")
    assert told["total"] == "10.0000"
    assert balance(keyed) == RICH - PRICE
    assert counts() == ONE


def test_what_was_answered_is_what_is_stored(caller, keyed, sku):
    told = caller.order(sku)

    read = caller.get(f"{ORDERS}/{told['ref']}")

    assert caller.status == 200
    assert read == told


def test_an_order_leaves_its_whole_history(caller, sku):
    caller.order(sku)

    with tenant_atomic():
        order = Order.objects.get()
        assert [(move.old, move.new) for move in order.moves.order_by("pk")] == [
            ("placed", "paid"), ("paid", "fulfilling"), ("fulfilling", "completed"),
        ]  # fmt: skip
        (unit,) = order.units.all()
        assert [(move.old, move.new) for move in unit.moves.all()] == [("queued", "delivered")]
        assert (order.channel, order.state) == ("api", "completed")
        assert sorted(
            Entry.objects.filter(journal__kind="capture").values_list("amount_e4", flat=True)
        ) == [-PRICE, PRICE]
        assert Hold.objects.get().state == "sold"
        assert AuditRow.objects.get(action="api.sold").target == order.number


def test_several_of_one_sku_are_one_order_with_a_code_each(caller, keyed, sku):
    told = caller.order(sku, quantity=3)

    assert caller.status == 201
    codes = {unit["code"] for unit in told["units"]}
    assert len(codes) == 3
    assert [unit["position"] for unit in told["units"]] == [1, 2, 3]
    assert balance(keyed) == RICH - 3 * PRICE


def test_more_than_there_is_takes_nothing(caller, keyed, sku):
    told = caller.order(sku, quantity=6)

    assert caller.status == 409
    assert told["error"]["code"] == "out_of_stock"
    assert balance(keyed) == RICH
    assert counts() == NONE


def test_who_has_too_little_is_told_so_and_keeps_the_codes_for_others(shop, sku):
    with tenant_atomic():
        poor = make_keyed(balance_e4=PRICE - 1)

    told = (caller := Caller(poor)).order(sku)

    assert (caller.status, told["error"]["code"]) == (402, "balance_too_low")
    assert told["error"]["data"] == {"needed": "10.0000", "available": "9.9999"}
    assert counts() == NONE


def test_a_credit_line_is_spent_like_money(shop, sku):
    with tenant_atomic():
        keyed = make_keyed(balance_e4=0, credit_e4=PRICE)
    caller = Caller(keyed)

    first, second = caller.order(sku, "N1"), caller.order(sku, "N2")

    assert first["state"] == "completed"
    assert second["error"]["code"] == "balance_too_low"
    assert second["error"]["data"] == {"needed": "10.0000", "available": "0.0000"}
    assert balance(keyed) == -PRICE


def test_a_tier_makes_the_price_at_four_decimals(shop, sku):
    with tenant_atomic():
        keyed = make_keyed(tier_id=make_tier(rate=9_875).pk)

    told = Caller(keyed).order(sku, quantity=3)

    assert (told["unit_price"], told["total"]) == ("9.8750", "29.6250")
    assert balance(keyed) == RICH - 296_250
    with tenant_atomic():
        assert sum(unit.paid_e4 for unit in Order.objects.get().units.all()) == 296_250


def test_the_day_s_limit_holds(shop, sku):
    with tenant_atomic():
        keyed = make_keyed(daily_limit_e4=2 * PRICE)
    caller = Caller(keyed)

    statuses = [caller.order(sku, f"N{n}") and caller.status for n in range(3)]

    assert statuses == [201, 201, 402]
    assert balance(keyed) == RICH - 2 * PRICE


def test_a_limit_that_is_set_later_knows_what_was_spent_that_day(caller, keyed, sku):
    first = caller.order(sku) and caller.status
    terms = PartnerTerms(name="Careful", daily_limit_e4=PRICE)
    now = timezone.now()
    channels.change_partner(partner_id=keyed.partner.pk, terms=terms, by=WANG, now=now)

    told = caller.order(sku, "N2")

    assert (first, caller.status, told["error"]["code"]) == (201, 402, "daily_limit_reached")
    assert balance(keyed) == RICH - PRICE


def test_it_is_not_sold_above_what_the_caller_allows(caller, sku):
    told = caller.order(sku, max_amount="9.9999")

    assert (caller.status, told["error"]["code"]) == (409, "price_above_limit")
    assert told["error"]["data"] == {"amount": "10.0000"}
    caller.order(sku, max_amount="10")
    assert caller.status == 201


def test_it_is_not_sold_below_its_cost(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1, cost_hint_e4=PRICE + 1)

    told = caller.order(sku)

    assert (caller.status, told["error"]["code"]) == (409, "cost_above_price")
    assert counts() == NONE


def test_an_order_of_another_partner_is_not_there(caller, shop, sku):
    told = caller.order(sku)
    with tenant_atomic():
        stranger = Caller(make_keyed())

    stranger.get(f"{ORDERS}/{told['ref']}")

    assert stranger.status == 404
    assert stranger.get(ORDERS)["data"] == []


def test_orders_are_listed_newest_first_in_pages(caller, sku):
    for number in ("N1", "N2", "N3"):
        caller.order(sku, number)

    first = caller.get(f"{ORDERS}?limit=2")
    with tenant_atomic():
        row = PartnerOrder.objects.order_by("-pk")[1].pk
    second = caller.get(f"{ORDERS}?limit=2&after={first['next']}")

    assert [one["partner_order_no"] for one in first["data"]] == ["N3", "N2"]
    assert [one["partner_order_no"] for one in second["data"]] == ["N1"]
    assert (first["has_more"], second["has_more"], second["next"]) == (True, False, None)
    assert first["next"] != f"c{row:x}"
    assert "units" not in first["data"][0]


def test_moments_are_in_utc(caller, sku):
    told = caller.order(sku)

    at = datetime.fromisoformat(told["created_at"])
    assert abs((datetime.now(tz=UTC) - at).total_seconds()) < 3600
    assert told["created_at"].endswith("Z")


def test_the_answer_kept_for_a_repeat_does_not_lie_in_the_clear(caller, sku):
    told = caller.order(sku, key="K1")

    with tenant_atomic():
        kept = bytes(Once.objects.get().answer)
    assert told["units"][0]["code"].encode() not in kept
