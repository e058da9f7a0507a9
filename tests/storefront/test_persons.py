"""A rule wants to know that a person asks: who shows it goes on with what was typed already."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.guards import By
from core.scope import tenant_atomic
from orders.models import Order
from orders.selectors import timeline
from risk.models import Assessment, Challenge
from storefront import checking
from storefront.checking import CHECKS
from tests.conftest import client_of
from tests.races.at_once import at_once
from tests.risk.factories import make_rule
from tests.storefront.factories import (
    PHONE,
    bought,
    buy,
    codes_left,
    delivered,
    notify,
    order_at,
    page_of,
    stocked,
)

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NAME = "同一 IP 频繁"
ALL = {"fact": "hour", "op": ">=", "value": 0}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def visitor(shop, sku, language="zh-hans"):
    """A browser that has read the page it orders from."""
    client = client_of(shop)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    client.get(page_of(sku))
    return client


def rule(*moments):
    with tenant_atomic():
        return make_rule(ALL, name=NAME, moments=list(moments), action="verify", now=timezone.now())


def carried(answer) -> dict[str, str]:
    """The form that the question's page carries along."""
    assert answer.status_code == 403
    return dict(HIDDEN.findall(answer.content.decode()))


def solution(off: int = 0) -> str:
    with tenant_atomic():
        wanted = Challenge.objects.latest("pk").answer
    return str(sum(int(term) for term in wanted.split("+")) + off)


def said_of(order):
    with tenant_atomic():
        return [row.text for row in timeline(order_id=order.pk) if NAME in row.text]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("way", ["slider", "words"])
def test_who_proves_to_be_a_person_has_ordered_without_typing_anything_anew(shop, way, language):
    sku = stocked()
    client = visitor(shop, sku, language)
    rule("order")

    asked = carried(buy(client, sku, password="geheim-1"))
    assert (asked["contact"], asked["password"]) == (PHONE, "geheim-1")
    if way == "words":
        asked = carried(client.post(page_of(sku), asked | {"instead": "words"}))
    with tenant_atomic():
        assert not Order.objects.exists()
        assert Challenge.objects.latest("pk").way == way
    done = client.post(page_of(sku), asked | {"answer": solution(3 if way == "slider" else 0)})

    order = order_at(done["Location"])
    assert notify(client, order).content == b"success"
    with tenant_atomic():
        assert Order.objects.get().state == "completed"
        assert [(one.action, one.verified) for one in Assessment.objects.all()] == [("verify", way)]
    assert len(said_of(order)) == 1


def test_the_answer_stands_nowhere_in_the_page(shop):
    rule("order")

    page = buy(client_of(shop), stocked()).content.decode()

    told = re.sub(r"data:image/\w+;base64,[^\"]+", "", page)
    assert page != told
    assert f'"{solution()}"' not in told


def test_a_wrong_answer_has_spent_its_question_and_keeps_the_form(shop):
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")
    asked = carried(buy(client, sku))
    right = solution()

    again = carried(client.post(page_of(sku), asked | {"answer": solution(5)}))
    assert (again["contact"], again["check"] != asked["check"]) == (PHONE, True)
    late = client.post(page_of(sku), asked | {"answer": right})

    assert late.status_code == 403
    with tenant_atomic():
        assert not Order.objects.exists()


def test_another_browser_has_no_use_for_the_answer_nor_has_another_form(shop):
    sku = stocked()
    client, other = visitor(shop, sku), visitor(shop, sku)
    rule("order")
    asked = carried(buy(client, sku)) | {"answer": solution()}

    assert other.post(page_of(sku), asked).status_code == 403
    assert client.post(page_of(sku), asked | {"request_key": "another"}).status_code == 403
    with tenant_atomic():
        assert not Order.objects.exists()


def test_a_question_ends_after_ten_minutes(shop):
    sku, now = stocked(), timezone.now()
    client = visitor(shop, sku)
    with time_machine.travel(now, tick=False) as clock:
        rule("order")
        asked = carried(buy(client, sku)) | {"answer": solution()}
        clock.shift(timedelta(minutes=10))

        assert client.post(page_of(sku), asked).status_code == 403


def test_two_clicks_on_the_answer_are_one_order(shop):
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")
    asked = carried(buy(client, sku)) | {"answer": solution()}

    def click(_number):
        twin = client_of(shop)
        twin.cookies = client.cookies
        return twin.post(page_of(sku), asked)

    answers = at_once(click, times=2)

    assert {one.status_code for one in answers} == {302}
    assert len({one["Location"] for one in answers}) == 1
    assert codes_left(sku) == 2


def test_who_has_proven_it_is_not_asked_again_for_a_quarter_of_an_hour(shop):
    sku, now = stocked(), timezone.now()
    client = visitor(shop, sku)
    with time_machine.travel(now, tick=False) as clock:
        rule("order", "open")
        asked = carried(buy(client, sku)) | {"answer": solution()}
        order = order_at(client.post(page_of(sku), asked)["Location"])
        assert notify(client, order).content == b"success"

        assert client.post(f"/o/{order.token}/codes/").status_code == 200
        bought(client, sku, request_key="a second form")
        assert buy(client_of(shop), sku, request_key="a third").status_code == 403
        clock.shift(timedelta(minutes=16))

        assert buy(client, sku, request_key="a fourth form").status_code == 403


def test_codes_are_shown_to_who_proves_to_be_a_person_and_a_script_is_told(shop):
    sku = stocked()
    client = visitor(shop, sku)
    order = delivered(client, sku)
    rule("open")
    path = f"/o/{order.token}/codes/"

    told = client.post(path, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["is_person_wanted"]) == (403, True)
    asked = carried(client.post(path)) | {"answer": solution()}
    shown = client.post(path, asked)
    with tenant_atomic():
        looks = list(Assessment.objects.filter(moment="open"))

    assert shown.status_code == 200
    assert [(one.action, one.verified) for one in looks] == [("verify", "slider")]
    assert client.post(path, headers={"accept": "application/json"}).json()["units"]
    assert len(said_of(order)) == 1


def test_who_asks_for_many_questions_waits(shop):
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")

    answers = [buy(client, sku).status_code for _each in range(CHECKS.budgets[By.DEVICE].free + 1)]

    assert answers == [403] * 8 + [429]
    with tenant_atomic():  # who is let wait was looked at too
        assert [one.action for one in Assessment.objects.all()] == ["verify"] * 9


def test_who_answers_for_one_thing_was_asked_about_the_other_still(shop):
    first, second = stocked(), stocked()
    client = visitor(shop, first)
    rule("order")
    for _twice in range(2):
        asked = carried(buy(client, first)) | {"answer": solution()}
    carried(buy(client, second, request_key="the other form"))

    assert client.post(page_of(first), asked).status_code == 302

    with tenant_atomic():
        looks = Assessment.objects.order_by("pk").values_list("sku", "action", "verified")
        assert list(looks) == [(second.ref, "verify", ""), (first.ref, "verify", "slider")]


def test_a_subscriber_of_ipv6_does_not_spend_the_shops_questions(shop, monkeypatch):
    budgets = CHECKS.budgets | {By.NETWORK: replace(CHECKS.budgets[By.NETWORK], free=2)}
    monkeypatch.setattr(checking, "CHECKS", replace(CHECKS, budgets=budgets))
    sku = stocked()
    rule("order")

    def asked(address):
        return buy(client_of(shop, REMOTE_ADDR=address), sku).status_code

    assert [asked(f"2001:db8::{n}") for n in range(3)] == [403, 403, 429]
    assert asked("2001:db8:0:1::1") == 403


def test_where_nobody_could_be_asked_a_paid_order_is_held(shop):
    sku = stocked()
    client = visitor(shop, sku)
    order = bought(client, sku)
    rule("order")

    assert notify(client, order).content == b"success"

    with tenant_atomic():
        order.refresh_from_db()
    assert order.state == "held"
