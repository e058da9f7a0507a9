"""Who asks for an order is judged by the shop's rules, which tell nothing of it."""

import pytest
from django.utils import timezone

from core.errors import NotFound
from core.scope import tenant_atomic
from orders.selectors import timeline
from risk import places
from risk import services as risk
from risk.models import Assessment
from risk.types import NewListing
from storefront.services import buying
from tests.conftest import client_of
from tests.risk.factories import ZHAO, make_rule
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


def test_a_blocked_address_looks_nothing_up_by_an_allowed_phone(shop, order):
    entries = [
        NewListing(listing="allow", trait="phone", value=PHONE),
        NewListing(listing="block", trait="ip", value="127.0.0.1"),
    ]
    with tenant_atomic():
        risk.add_to_list(entries=entries, by=ZHAO, now=timezone.now())

    assert ask(client_of(shop), order.number).status_code == 429

    with tenant_atomic():
        told = [row.text for row in timeline(order_id=order.pk)]
    assert "有人查询此订单，被规则拒绝：仅凭所填内容在白名单上，以黑名单为准、在黑名单上。" in told


@pytest.mark.parametrize("typed", ["13900139000", "YK9F-27QX-1111"])
def test_what_is_typed_for_a_number_and_is_none_is_written_down_nowhere(shop, typed):
    rule(ALL, "tag")

    assert ask(client_of(shop), typed).status_code == 404
    assert looks() == [("?", "tag", "")]


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


@pytest.mark.parametrize("bug", [RuntimeError("the file of places is away"), NotFound()])
@pytest.mark.parametrize(("unanswered", "status"), [("tag", 302), ("hold", 429)])
def test_where_risk_itself_is_broken_a_look_up_ends_as_the_merchant_chose(
    shop, order, monkeypatch, bug, unanswered, status
):
    rule(ALL, "deny")
    with tenant_atomic():
        risk.set_policy(
            is_on=True, unanswered=unanswered, hold_minutes=60, by=ZHAO, now=timezone.now()
        )

    def broken(**_given):
        raise bug

    monkeypatch.setattr(places, "facts_of", broken)

    assert ask(client_of(shop), order.number).status_code == status
    assert looks() == [(order.number, unanswered, "")]


def test_where_it_cannot_be_told_who_is_a_person_nobody_is_asked_for_ever(shop, order, monkeypatch):
    rule(ALL, "verify", moments=["look_up", "order"])

    def broken(**_given):
        raise RuntimeError("no such column")

    monkeypatch.setattr(buying, "known_person", broken)

    assert ask(client_of(shop), order.number).status_code == 429
    assert buy(client_of(shop), stocked()).status_code == 302


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
