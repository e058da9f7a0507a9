"""A partner's orders under the shop's risk rules."""

import pytest

from channels import services as channels
from channels.models import WebhookEvent
from channels.states import LossGuard
from core.moments import written
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Code
from orders.models import Order
from payments.selectors import balance_of
from risk.models import Assessment
from tests.api.callers import ORDERS, Caller
from tests.api.hearing import hear_all
from tests.catalog.factories import make_sku
from tests.channels.factories import RICH, make_endpoint, make_keyed
from tests.orders.factories import LI, PRICE, stocked_sku
from tests.risk.factories import make_rule

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MANY = {"count": {"by": "partner", "within": 3600}, "op": ">", "value": 1}
DEAR = {"fact": "amount", "op": ">=", "value": "10.00"}


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


def balance(keyed):
    with tenant_atomic():
        return balance_of(account_id=keyed.partner.account_id)


def test_the_second_of_a_partner_is_held_paid_and_goes_on_when_it_is_let(caller, keyed, sku):
    with tenant_atomic():
        make_rule(MANY)

    states = [caller.order(sku, f"N{at}")["state"] for at in range(2)]

    assert states == ["completed", "held"]
    assert balance(keyed) == RICH - 2 * PRICE
    with tenant_atomic():
        held = Order.objects.get(state="held")
        assert held.may_lose is False
    fulfillment.release_held(order_id=held.pk, by=LI, now=held.placed_at)
    assert caller.get(f"{ORDERS}/{held.number}")["units"][0]["code"].startswith("SECRET-")


def test_a_held_order_says_until_when_and_nothing_of_the_rule(caller, sku):
    caller.speaks("en")
    with tenant_atomic():
        make_rule(DEAR, name="Tricksters of Hangzhou")

    told = caller.order(sku)

    assert told["held"]["reason"] == "review"
    assert told["held"]["message"] == "Somebody at the shop looks at it before it goes on."
    with tenant_atomic():
        order = Order.objects.get()
    assert told["held"]["until"] == written(order.decide_by)
    assert told["held"]["then"] == order.held_then
    assert "Hangzhou" not in caller.raw.decode()
    fulfillment.release_held(order_id=order.pk, by=LI, now=order.placed_at)
    assert caller.get(f"{ORDERS}/{told['ref']}")["held"] is None


def test_that_it_is_held_and_goes_on_is_told_once_each(caller, keyed, sku):
    make_endpoint(keyed.partner, "https://partner.example/hooks")
    with tenant_atomic():
        make_rule(DEAR, name="Tricksters of Hangzhou")
    told = caller.order(sku, "MINE")
    hear_all()
    with tenant_atomic():
        order = Order.objects.get()
        channels.tell_of_hold(order_id=order.pk, now=order.placed_at)
    until = written(order.decide_by)

    fulfillment.release_held(order_id=order.pk, by=LI, now=order.placed_at)
    hear_all()

    with tenant_atomic():
        events = list(WebhookEvent.objects.order_by("pk").values_list("kind", "data"))
        channels.tell_of_hold(order_id=order.pk, now=order.placed_at)
        channels.tell_of_release(order_id=order.pk, now=order.placed_at)
        assert WebhookEvent.objects.count() == len(events)
    about = {"object": "order", "order": told["ref"], "partner_order_no": "MINE"}
    about |= {"total": "10.0000", "currency": "CNY"}
    held = {"reason": "review", "until": until, "then": told["held"]["then"]}
    of_the_order = {kind: data for kind, data in events if kind.startswith("order.")}
    assert of_the_order == {
        "order.held": about | {"state": "held", "held": held},
        "order.released": about | {"state": "processing"},
        "order.completed": about | {"state": "completed"},
    }
    assert "Hangzhou" not in str(events)


def test_a_unit_that_a_person_has_to_look_at_says_so(caller, shop):
    caller.speaks("en")
    with tenant_atomic():
        by_hand = make_sku(kind="by_hand")
    told = caller.order(by_hand)
    assert told["units"][0]["held"] is None
    with tenant_atomic():
        waiting = Unit.objects.get()
    fulfillment.deliver_order(order_id=waiting.order_id, now=waiting.next_at)

    (unit,) = caller.get(f"{ORDERS}/{told['ref']}")["units"]

    with tenant_atomic():
        until = written(Unit.objects.get().review_until)
    assert unit["state"] == "processing"
    assert unit["held"] == {
        "reason": "review",
        "message": "Somebody at the shop looks at it before it goes on.",
        "until": until,
        "then": "pay_back",
    }


def test_refused_it_costs_nothing_is_told_alike_again_and_is_remembered_once(caller, keyed, sku):
    with tenant_atomic():
        make_rule(DEAR, action="deny")

    first = caller.order(sku, key="once")
    raw, status = caller.raw, caller.status
    caller.order(sku, key="once")

    assert (status, first["error"]["code"]) == (403, "refused_by_rules")
    assert caller.raw == raw
    assert balance(keyed) == RICH
    with tenant_atomic():
        assert not Order.objects.exists()
        assert [one.action for one in Assessment.objects.all()] == ["deny"]
        assert set(Code.objects.values_list("state", flat=True)) == {"available"}


def test_a_loss_is_never_let_go_by_a_deadline(shop, sku):
    with tenant_atomic():
        keyed = make_keyed(loss_guard=LossGuard.WAIT)
        dear = stocked_sku(2, cost_hint_e4=PRICE + 1)
        make_rule(DEAR, then="release", hold_minutes=5)
    caller = Caller(keyed)

    states = [caller.order(one, f"N{at}")["state"] for at, one in enumerate((sku, dear))]

    assert states == ["held", "held"]
    with tenant_atomic():
        plain, losing = Order.objects.order_by("pk")
    assert (plain.held_then, losing.held_then) == ("release", "pay_back")
    for order in (plain, losing):
        fulfillment.decide_overdue(order_id=order.pk, now=order.decide_by)
        with tenant_atomic():
            order.refresh_from_db()
    assert (plain.state, losing.state) == ("completed", "canceled")
