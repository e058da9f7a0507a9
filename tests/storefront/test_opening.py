"""Codes are asked for under the shop's risk rules: who opens many soon waits for a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import AppError
from core.scope import own_connection, tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.selectors import has_goods
from orders import services as orders
from orders.errors import NotHeldClosed
from orders.models import Item, Opening, OpeningMove
from orders.selectors import due_openings, timeline
from orders.states import OpeningState
from orders.types import Opener
from risk import places
from risk import services as risk
from risk.models import Assessment
from risk.services import judging
from tests.conftest import client_of
from tests.orders.factories import LI
from tests.races.at_once import at_once
from tests.risk.factories import make_rule
from tests.storefront.factories import delivered, paid, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NAME = "同一 IP 频繁兑换"
OFTEN = {"count": {"by": "ip", "within": 600, "of": ["open"]}, "op": ">", "value": 3}


@pytest.fixture
def rule(shop):
    with tenant_atomic():
        return make_rule(OFTEN, name=NAME, moments=["open"])


def four(shop, sku):
    visitors = [client_of(shop) for _each in range(4)]
    return [(one, delivered(one, sku, request_key=f"form-{at}")) for at, one in enumerate(visitors)]


def open_codes(client, order):
    return client.post(f"/o/{order.token}/codes/", headers={"accept": "application/json"})


def page(client, order):
    return client.get(f"/o/{order.token}/").content.decode()


def opening():
    with tenant_atomic():
        return Opening.objects.get()


def held(shop):
    """The fourth who opens codes, whose codes stay closed."""
    for client, order in four(shop, stocked(4)):
        answer = open_codes(client, order)
    assert answer.status_code == 403
    return client, order


def test_the_fourth_opening_from_one_address_is_held_and_once_allowed_the_code_is_there(shop, rule):
    answers = []
    for client, order in four(shop, stocked(4)):
        answers.append(open_codes(client, order))

    assert [one.status_code for one in answers] == [200, 200, 200, 403]
    assert "店铺会先人工查看" in answers[3].json()["error"]
    assert answers[3].json()["error"] in page(client, order)
    with tenant_atomic():
        assert Unit.objects.get(order=order).shown_at is None
        told = [row.text for row in timeline(order_id=order.pk)]
    assert any(NAME in text for text in told)

    fulfillment.allow_opening(order_id=order.pk, by=LI, now=timezone.now())

    assert len(open_codes(client, order).json()["units"]) == 1
    assert "店铺会先人工查看" not in page(client, order)


def test_who_opened_once_opens_again_uncounted(shop, rule):
    (client, order), *_rest = four(shop, stocked(4))

    assert [open_codes(client, order).status_code for _try in range(6)] == [200] * 6
    with tenant_atomic():
        assert Assessment.objects.filter(moment="open").count() == 1


def test_what_is_held_stays_so_for_a_file_and_without_scripts(shop, rule):
    client, order = held(shop)

    for path in ("codes/", "codes.txt"):
        answer = client.post(f"/o/{order.token}/{path}")
        assert answer.status_code == 403, path
        assert "店铺会先人工查看" in answer.content.decode()
    with tenant_atomic():
        assert Assessment.objects.filter(moment="open").count() == 4
        assert Unit.objects.get(order=order).shown_at is None


def test_a_page_that_waits_for_it_hears_of_the_decision(shop, rule):
    client, order = held(shop)
    live = f"/o/{order.token}/live/"
    before = client.get(live).json()

    assert not before["is_final"]
    assert "html" not in client.get(live, {"v": before["version"]}).json()
    fulfillment.allow_opening(order_id=order.pk, by=LI, now=timezone.now())
    after = client.get(live, {"v": before["version"]}).json()
    assert after["is_final"]
    assert "data-closed" not in after["html"]


def test_refused_the_codes_stay_closed_and_the_money_goes_back(shop, rule):
    client, order = held(shop)

    fulfillment.refuse_opening(order_id=order.pk, by=LI, reason="fraud", now=timezone.now())

    assert open_codes(client, order).json() == {"units": {}}
    with tenant_atomic():
        assert Unit.objects.get(order=order).state == "refunded"
    assert "已退款" in page(client, order)


def test_refused_what_another_device_has_seen_is_not_paid_back(shop, rule):
    client, order = held(shop)
    with tenant_atomic():
        Unit.objects.filter(order=order).update(shown_at=timezone.now())

    assert (
        fulfillment.refuse_opening(order_id=order.pk, by=LI, reason="no", now=timezone.now())
        is None
    )

    assert open_codes(client, order).status_code == 403
    with tenant_atomic():
        assert Unit.objects.get(order=order).state == "delivered"


@pytest.mark.parametrize(
    ("then", "state", "unit"),
    [("release", "allowed", "delivered"), ("pay_back", "refused", "refunded")],
)
def test_nobody_decides_then_the_rule_does(shop, then, state, unit):
    with tenant_atomic():
        make_rule(OFTEN, moments=["open"], then=then, hold_minutes=30)
    _client, order = held(shop)
    late = opening().decide_by

    fulfillment.decide_opening(order_id=order.pk, now=late - timedelta(seconds=1))
    assert opening().state == OpeningState.HELD
    assert due_openings(now=late, limit=9) == [(shop.pk, order.pk)]
    fulfillment.decide_opening(order_id=order.pk, now=late)
    fulfillment.decide_opening(order_id=order.pk, now=late)

    assert opening().state == state
    assert due_openings(now=late, limit=9) == []
    with tenant_atomic():
        assert Unit.objects.get(order=order).state == unit


def test_a_refusing_rule_leaves_a_person_the_last_word(shop):
    with tenant_atomic():
        make_rule(
            {"fact": "is_own_device", "op": "=", "value": True}, moments=["open"], action="deny"
        )
    client = client_of(shop)
    order = delivered(client, stocked(1))

    assert open_codes(client, order).status_code == 403
    assert (opening().state, opening().held_then) == ("held", "pay_back")
    fulfillment.refuse_opening(order_id=order.pk, by=LI, reason="no", now=timezone.now())
    with pytest.raises(NotHeldClosed):
        fulfillment.allow_opening(order_id=order.pk, by=LI, now=timezone.now())


def test_before_anything_is_delivered_nothing_is_opened(shop, rule):
    client = client_of(shop)
    order = paid(client, stocked(1))

    assert open_codes(client, order).json() == {"units": {}}
    with tenant_atomic():
        assert not Assessment.objects.filter(moment="open").exists()


def test_many_decide_at_once_and_the_first_has_the_last_word(shop, rule):
    _client, order = held(shop)

    def decide(number):
        given = {"order_id": order.pk, "by": LI, "reason": str(number), "now": timezone.now()}
        return (fulfillment.allow_opening, fulfillment.refuse_opening)[number % 2](**given)

    got = at_once(decide, times=6)

    with tenant_atomic():
        steps = list(OpeningMove.objects.order_by("pk").values_list("new", flat=True))
        unit = Unit.objects.get(order=order).state
    assert steps in (["allowed"], ["refused"])
    assert unit == ("refunded" if "refused" in steps else "delivered")
    assert sum(isinstance(one, AppError) for one in got) == 6 - len(steps)


@pytest.mark.parametrize("broken", [(places, "facts_of"), (judging, "find_look")])
@pytest.mark.parametrize(("unanswered", "status"), [("tag", 200), ("hold", 403)])
def test_where_risk_itself_is_broken_codes_are_opened_as_the_merchant_chose(
    shop, rule, monkeypatch, broken, unanswered, status
):
    client = client_of(shop)
    order = delivered(client, stocked(1))
    with tenant_atomic():
        risk.set_policy(
            is_on=True, unanswered=unanswered, hold_minutes=60, by=LI, now=timezone.now()
        )
    monkeypatch.setattr(*broken, breaks)

    answer = open_codes(client, order)
    file = client.post(f"/o/{order.token}/codes.txt")

    assert (answer.status_code, file.status_code) == (status, status)
    with tenant_atomic():
        told = [row.text for row in timeline(order_id=order.pk)]
    assert any("风控规则未能判断" in text for text in told)
    if status == 403:
        fulfillment.allow_opening(order_id=order.pk, by=LI, now=timezone.now())
        assert open_codes(client, order).status_code == 200


def test_codes_that_a_rule_keeps_closed_are_not_opened_by_a_fault(shop, rule, monkeypatch):
    client, order = held(shop)
    monkeypatch.setattr(judging, "find_look", breaks)

    assert open_codes(client, order).status_code == 403


def breaks(**_given):
    with own_connection().cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def test_many_devices_at_once_are_one_hold(shop):
    with tenant_atomic():
        make_rule({"fact": "hour", "op": ">=", "value": 0}, moments=["open"])
    order = delivered(client_of(shop), stocked(1))

    def ask(number):
        opener = Opener(buyer_key=f"{number}", ip="203.0.113.9", language="en")
        with tenant_atomic():
            return orders.ask_to_open(order=order, opener=opener, now=timezone.now())

    got = at_once(ask, times=6)

    assert {one.pk for one in got} == {opening().pk}


def test_a_top_up_is_used_once_it_is_there_so_nothing_of_it_is_opened_or_paid_back(shop, rule):
    client = client_of(shop)
    order = delivered(client, stocked(1))
    with tenant_atomic():
        Item.objects.filter(order=order).update(kind="top_up")
        Opening.objects.create(
            order=order, asked_at=timezone.now(), decide_by=timezone.now(), held_then="pay_back"
        )

    assert not has_goods_here(order)
    fulfillment.refuse_opening(order_id=order.pk, by=LI, reason="no", now=timezone.now())
    with tenant_atomic():
        assert Unit.objects.get(order=order).state == "delivered"


def has_goods_here(order):
    with tenant_atomic():
        return has_goods(order_id=order.pk)
