"""Orders under risk rules: refused before anything is stored, held or paid back once paid."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from prometheus_client import REGISTRY

from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from inventory.models import Code
from orders import services as orders
from orders.errors import RefusedByRules
from orders.models import Order
from orders.selectors import timeline
from orders.types import OpenCase
from payments.selectors import money_of
from risk import services as risk
from risk.models import Assessment
from risk.states import Unanswered
from tests.orders.factories import LI, a_request, captured, placed, stocked_sku
from tests.risk.factories import make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECOND = timedelta(seconds=1)
DEAR = {"fact": "amount", "op": ">=", "value": "10.00"}


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(9)


def paid(sku, *, now=NOON, **fields):
    with tenant_atomic():
        order = placed(sku, now=now, ip="203.0.113.7", **fields)
        payment = captured(order, now=now)
    fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=now)
    with tenant_atomic():
        order.refresh_from_db()
    return order


def counted(check):
    return REGISTRY.get_sample_value("quanyi_checks_failed_total", {"check": check}) or 0


def test_the_fourth_order_from_one_address_waits_and_says_which_rule(sku):
    with tenant_atomic():
        make_rule(name="too many from one address", hold_minutes=45)

    found = [paid(sku, now=NOON + at * SECOND) for at in range(4)]

    assert [order.state for order in found] == ["completed"] * 3 + ["held"]
    last = found[3]
    assert last.decide_by == NOON + 3 * SECOND + timedelta(minutes=45)
    with tenant_atomic():
        assert sorted(Code.objects.exclude(state="available").values_list("state", flat=True)) == [
            "reserved", "sold", "sold", "sold",
        ]  # fmt: skip
        said = [str(row.text) for row in timeline(order_id=last.pk)]
    assert any("too many from one address" in text for text in said)


def test_approved_its_code_arrives(sku):
    with tenant_atomic():
        make_rule(DEAR)
    order = paid(sku)

    fulfillment.release_held(order_id=order.pk, by=LI, now=NOON)

    with tenant_atomic():
        order.refresh_from_db()
        assert order.state == "completed"
        assert Code.objects.filter(state="sold").count() == 1


def test_refused_at_placing_nothing_of_it_stands_but_the_look(sku):
    with tenant_atomic():
        make_rule(DEAR, name="dear", action="deny")
        request = a_request(sku)

    with pytest.raises(RefusedByRules) as refused, tenant_atomic():
        orders.place(request=request, now=NOON)
    orders.keep_refused(refusal=refused.value)

    with tenant_atomic():
        assert not Order.objects.exists()
        assert Assessment.objects.get().action == "deny"
        assert set(Code.objects.values_list("state", flat=True)) == {"available"}


def test_a_rule_that_came_while_it_was_unpaid_pays_it_back(sku):
    with tenant_atomic():
        order = placed(sku)
        make_rule(DEAR, action="deny", now=NOON + SECOND)
        payment = captured(order)

    fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)

    with tenant_atomic():
        order.refresh_from_db()
        assert order.state == "canceled"
        assert money_of(payable_id=order.pk).refunded_e4 == order.total_e4
        assert set(Code.objects.values_list("state", flat=True)) == {"available"}


def test_an_order_that_a_worker_opens_is_screened_too(sku):
    with tenant_atomic():
        make_rule(DEAR)
        order = placed(sku)
        payment = captured(order)
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)

    for _again in range(2):
        fulfillment.open_units(order_id=order.pk, now=NOON)

    with tenant_atomic():
        order.refresh_from_db()
        assert (order.state, order.held_then) == ("held", "pay_back")
        assert set(Code.objects.exclude(state="available").values_list("state", flat=True)) == {
            "reserved"
        }


@pytest.mark.parametrize(
    ("unanswered", "state"), [(Unanswered.TAG, "completed"), (Unanswered.HOLD, "held")]
)
@pytest.mark.parametrize(
    ("breaks_when", "check"), [("placed", "risk_order"), ("paid", "risk_paid")]
)
def test_where_risk_itself_is_broken_an_order_is_taken_as_the_merchant_chose(
    sku, unanswered, state, breaks_when, check
):
    before = counted(check)
    with tenant_atomic():
        make_rule({**DEAR, "value": "9999.00"})
        risk.set_policy(is_on=True, unanswered=unanswered, hold_minutes=60, by=LI, now=NOON)
        order = placed(sku, ip="no address" if breaks_when == "placed" else "203.0.113.7")
        if breaks_when == "paid":
            Assessment.objects.update(spoken=[{}])
        payment = captured(order)

    fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=NOON)

    with tenant_atomic(), override("en"):
        order.refresh_from_db()
        said = " ".join(str(row.text) for row in timeline(order_id=order.pk))
    assert order.state == state
    assert "the rules could not be asked" in said
    assert counted(check) == before + 1


@pytest.mark.parametrize(
    ("fact", "value", "states"),
    [("is_first_order", True, ["held", "completed"]), ("orders_before", 1, ["completed", "held"])],
)
def test_a_rule_may_ask_what_a_buyer_did_before(sku, fact, value, states):
    with tenant_atomic():
        make_rule({"fact": fact, "op": "=", "value": value})

    assert [paid(sku, now=NOON + at * SECOND).state for at in range(2)] == states


@pytest.mark.parametrize("fact", ["refunds_before", "complaints_before"])
def test_a_rule_may_ask_what_came_of_a_buyers_orders(sku, fact):
    with tenant_atomic():
        make_rule({"fact": fact, "op": ">=", "value": 1})
    first = paid(sku)
    second = paid(sku, now=NOON + SECOND)

    fulfillment.refund_units(order_id=first.pk, by=LI, reason="test", now=NOON)
    with tenant_atomic():
        request = OpenCase(order_id=second.pk, kind="code_fails", text="It does not work")
        orders.open_case(request=request, by=LI, now=NOON)

    assert (first.state, second.state) == ("completed", "completed")
    assert paid(sku, now=NOON + 2 * SECOND).state == "held"


def test_a_brand_is_known_of_each_order(sku):
    with tenant_atomic():
        brand = sku.product.brand.name
        make_rule({"fact": "brand", "op": "=", "value": brand})

    assert paid(sku).state == "held"


def test_a_trial_holds_nobody_and_is_not_told(sku):
    with tenant_atomic():
        make_rule(DEAR, name="on trial", state="shadow")

    order = paid(sku)

    assert order.state == "completed"
    with tenant_atomic():
        assert not any("on trial" in str(row.text) for row in timeline(order_id=order.pk))
        assert Assessment.objects.get().spoken[0]["name"] == "on trial"
