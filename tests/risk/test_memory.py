"""Counts in Redis: exact to a tenth of their window, gone and rebuilt, away and asked elsewhere."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.scope import require_tenant, step_over, tenant_atomic
from risk import services as risk
from risk.models import Assessment
from risk.services import memory
from risk.states import RuleState, Unanswered
from tests.api.callers import Caller
from tests.channels.factories import make_keyed
from tests.conftest import make_shop
from tests.orders.factories import stocked_sku
from tests.risk.factories import ZHAO, a_case, assess, make_rule
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("shop"),
]  # fmt: skip
SECOND = timedelta(seconds=1)


def look(**more):
    at = more.pop("now", NOON)
    return assess(case=a_case(**more), now=at).action


@pytest.fixture
def rule():
    with tenant_atomic():
        return make_rule()


def keys():
    """Of the bound shop: other tests' shops leave theirs behind until they end."""
    return [key.decode() for key in cache.client().keys(f"risk:{{{require_tenant()}}}:*")]


def test_what_no_rule_asks_is_not_remembered_there():
    look()

    assert keys() == []


def test_a_new_rule_counts_what_was_before_it(rule):
    for at in range(3):
        look(now=NOON + at * SECOND)

    assert risk.rebuild(now=NOON + 5 * SECOND) == 1
    assert risk.rebuild(now=NOON + 5 * SECOND) == 0
    assert look(now=NOON + 6 * SECOND) == "hold"


def test_a_flushed_redis_changes_no_verdict(rule):
    risk.rebuild(now=NOON)
    for at in range(3):
        look(now=NOON + at * SECOND)
    cache.client().flushdb()

    assert look(now=NOON + 4 * SECOND) == "hold"  # counted by Postgres
    assert risk.rebuild(now=NOON + 5 * SECOND) == 1
    assert look(now=NOON + 6 * SECOND) == "hold"
    assert keys()


def test_once_ready_it_is_not_asked_of_postgres(rule):
    risk.rebuild(now=NOON)
    for at in range(3):
        look(now=NOON + at * SECOND)
    with tenant_atomic():
        Assessment.objects.all().delete()

    assert look(now=NOON + 4 * SECOND) == "hold"


@pytest.fixture
def away(monkeypatch):
    def no_redis():
        raise OSError("away")

    monkeypatch.setattr(memory, "_client", no_redis)
    memory._away_until = 0.0
    yield
    memory._away_until = 0.0


def test_while_redis_is_away_postgres_counts(rule, away):
    assert [look(now=NOON + at * SECOND) for at in range(4)] == ["pass", "pass", "pass", "hold"]


@pytest.mark.parametrize("unanswered", Unanswered)
def test_what_nobody_can_count_in_time_means_what_the_merchant_said(
    rule, away, monkeypatch, unanswered
):
    with tenant_atomic():
        risk.set_policy(is_on=True, unanswered=unanswered, hold_minutes=60, by=ZHAO, now=NOON)
    monkeypatch.setattr("risk.services.assessing.counted_in_postgres", lambda **_asked: None)

    assert look() == unanswered


def test_a_slow_postgres_is_not_waited_for(rule, away, monkeypatch):
    monkeypatch.setattr("risk.selectors.counts._what", lambda _one: "count(pg_sleep(5))")
    with tenant_atomic():
        for _each in range(2):
            look()

    assert look() == "tag"
    with tenant_atomic():
        assert Assessment.objects.count() == 3


def test_a_rule_that_was_off_counts_what_nobody_counted_meanwhile(rule):
    risk.rebuild(now=NOON)
    assert look() == "pass"

    def switch(state):
        with tenant_atomic():
            risk.switch_rule(rule_id=rule.pk, state=state, by=ZHAO, reason="test", now=NOON)

    switch(RuleState.OFF)
    for at in range(1, 3):
        look(now=NOON + at * SECOND)
    switch(RuleState.ON)

    assert look(now=NOON + 3 * SECOND) == "hold"  # counted by Postgres
    assert risk.rebuild(now=NOON + 4 * SECOND) == 1
    assert look(now=NOON + 5 * SECOND) == "hold"


def test_counts_slide(rule):
    risk.rebuild(now=NOON)
    for minute in range(0, 9, 3):
        assert look(now=NOON + timedelta(minutes=minute)) == "pass"

    assert look(now=NOON + timedelta(minutes=9)) == "hold"
    assert look(now=NOON + timedelta(minutes=12)) == "hold"
    assert look(now=NOON + timedelta(minutes=30)) == "pass"


def test_a_window_that_is_no_multiple_of_ten_is_whole():
    with tenant_atomic():
        count = {"by": "ip", "within": 119, "of": ["order"]}
        make_rule({"count": count, "op": ">", "value": 1})
    risk.rebuild(now=NOON - 200 * SECOND)
    first = NOON - timedelta(seconds=NOON.timestamp() % 11 + 118)

    assert look(now=first) == "pass"
    assert look(now=first + 118 * SECOND) == "hold"


def test_two_shops_count_apart(rule):
    risk.rebuild(now=NOON)
    for at in range(3):
        look(now=NOON + at * SECOND)
    other = make_shop("star")

    with step_over(other.pk):
        with tenant_atomic():
            make_rule()
        risk.rebuild(now=NOON)
        assert look(now=NOON + 4 * SECOND) == "pass"
    assert look(now=NOON + 5 * SECOND) == "hold"


def test_a_slow_count_leaves_the_sale_alone(rule, away, monkeypatch, shop):
    """Within a sale all of it stands or falls together: the count must not take it along."""
    monkeypatch.setattr("risk.selectors.counts._what", lambda _one: "count(pg_sleep(5))")
    with tenant_atomic():
        sku, caller = stocked_sku(3), Caller(make_keyed())
    for _each in range(2):
        look()

    told = caller.order(sku)

    assert (caller.status, told["state"]) == (201, "completed")


def test_nobody_is_not_counted_as_one_and_the_same(shop):
    with tenant_atomic():
        make_rule({"count": {"by": "partner", "within": 600}, "op": ">", "value": 1})
    for at in range(3):
        assert look(now=NOON + at * SECOND) == "pass"

    risk.rebuild(now=NOON + 4 * SECOND)

    assert look(now=NOON + 5 * SECOND, partner="P1") == "pass"
    assert look(now=NOON + 6 * SECOND, partner="P1") == "hold"


def test_a_form_that_is_sent_twice_counts_once(rule):
    risk.rebuild(now=NOON)

    said = [look(now=NOON + at * SECOND, once="the same form") for at in range(5)]
    others = [look(now=NOON + (5 + at) * SECOND, once=f"form {at}") for at in range(3)]

    assert said == ["pass"] * 5
    assert others == ["pass", "pass", "hold"]


def test_a_redis_that_comes_back_full_counts_anew_what_it_missed(rule, monkeypatch):
    risk.rebuild(now=NOON)
    look(now=NOON)
    real = memory._client

    def gone():
        raise OSError("away")

    monkeypatch.setattr(memory, "_client", gone)
    for at in (1, 2):
        look(now=NOON + at * SECOND)
    monkeypatch.setattr(memory, "_client", real)
    memory._away_until = 0.0

    assert look(now=NOON + 3 * SECOND) == "hold"
    assert risk.rebuild(now=NOON + 4 * SECOND) == 1
    assert look(now=NOON + 5 * SECOND) == "hold"
