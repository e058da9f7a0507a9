"""Who asks for an order is judged by the shop's rules, which tell nothing of it."""

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from orders.selectors import timeline
from risk import places
from risk.models import Assessment
from tests.conftest import client_of
from tests.risk.factories import make_rule
from tests.storefront.factories import PHONE, buy, delivered, path_of, stocked
from tests.storefront.test_persons import carried, solution

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NAME = "同一 IP 频繁查单"
OFTEN = {"count": {"by": "ip", "within": 600, "of": ["look_up"]}, "op": ">", "value": 2}
ALL = {"fact": "hour", "op": ">=", "value": 0}
MISSING = "20261122-7KQ4MXW2PD"


@pytest.fixture
def order(shop):
    return delivered(client_of(shop), stocked())


def rule(when, action, **more):
    with tenant_atomic():
        moments = more.pop("moments", ["look_up"])
        return make_rule(
            when, name=NAME, moments=moments, action=action, now=timezone.now(), **more
        )


def ask(client, number, proof=PHONE, **more):
    return client.post("/orders/find/", {"number": number, "proof": proof} | more)


def looks():
    with tenant_atomic():
        found = Assessment.objects.filter(moment="look_up").order_by("pk")
        return [(one.subject, one.action, one.verified) for one in found]


def words(answer):
    told = answer.content.decode().replace(answer["X-Request-Id"], "")
    return answer.status_code, answer["Retry-After"], told


@pytest.mark.parametrize("action", ["deny", "hold"])
def test_the_third_is_refused_whether_or_not_there_is_such_an_order(shop, order, action):
    rule(OFTEN, action)

    first = [ask(client_of(shop), MISSING).status_code for _each in range(2)]
    right, missing = ask(client_of(shop), order.number), ask(client_of(shop), MISSING)

    assert first == [404, 404]
    assert (right.status_code, right["Retry-After"]) == (429, "120")
    assert words(right) == words(missing)
    assert [one[1] for one in looks()] == ["pass", "pass", action, action]


def test_a_look_up_refused_is_in_the_orders_own_history(shop, order):
    rule(ALL, "deny")
    ask(client_of(shop), order.number)

    with tenant_atomic():
        told = [row.text for row in timeline(order_id=order.pk)]
    said = "当时段（小时）不低于 0，则拦截（判断时机：查询订单）"
    assert f"有人查询此订单，被规则拒绝：“{NAME}”（{said}）。" in told


@pytest.mark.parametrize("by_link", [False, True])
def test_who_proves_to_be_a_person_is_shown_the_order_he_asked_for(shop, order, by_link):
    rule({"fact": "is_by_link", "op": "=", "value": by_link}, "verify")
    client = client_of(shop)
    path = path_of(order) if by_link else "/orders/find/"
    given = {"proof": PHONE} if by_link else {"proof": PHONE, "number": order.number}

    asked = carried(client.post(path, given))
    assert asked["proof"] == PHONE
    done = client.post(path, asked | {"answer": solution()})

    assert done["Location"] == path_of(order)
    assert looks()[-1] == (order.number, "verify", "slider")


def test_a_wrong_proof_stays_wrong_for_a_person(shop, order):
    rule(ALL, "verify")
    client = client_of(shop)

    asked = carried(ask(client, order.number, proof="13900139000"))

    assert client.post("/orders/find/", asked | {"answer": solution()}).status_code == 404


def test_an_order_is_found_where_risk_itself_is_broken(shop, order, monkeypatch):
    rule(ALL, "deny")

    def broken(**_given):
        raise RuntimeError("the file of places is not what it was")

    monkeypatch.setattr(places, "facts_of", broken)

    assert ask(client_of(shop), order.number)["Location"] == path_of(order)
    assert looks() == []


def test_without_a_rule_about_them_look_ups_leave_nothing(shop, order):
    rule(ALL, "deny", moments=["order"])

    assert ask(client_of(shop), order.number)["Location"] == path_of(order)
    assert looks() == []


def test_orders_are_counted_with_look_ups_where_a_rule_wants_that(shop):
    both = {"by": "ip", "within": 600, "of": ["look_up", "order"]}
    rule({"count": both, "op": ">", "value": 2}, "deny", moments=["order"])
    client, sku = client_of(shop), stocked()
    for _each in range(2):
        ask(client, MISSING)

    assert buy(client, sku).status_code == 403
