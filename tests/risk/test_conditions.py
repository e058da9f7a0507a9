"""A condition is read strictly, and held against what is known."""

import pytest
from django.utils import translation

from risk.bodies import read_body
from risk.conditions import MOST_NODES, read
from risk.errors import ConditionWrong
from risk.selectors.sentences import span
from risk.types import Counter
from tests.risk.factories import MANY_FROM_ONE_ADDRESS, body

AMOUNT = {"fact": "amount", "op": ">=", "value": "100.00"}
NIGHT = {"fact": "hour", "op": "<", "value": 6}
FACTS = {"amount": 1_000_000, "hour": 3, "kind": "Youku", "channel": "web", "is_first_order": True}
MANY = Counter(by="ip", within=600, moments=("open", "order"))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (AMOUNT, True),
        ({**AMOUNT, "value": "100.0001"}, False),
        ({"not": AMOUNT}, False),
        ({"all": [AMOUNT, NIGHT]}, True),
        ({"any": [{"not": AMOUNT}, NIGHT]}, True),
        ({"fact": "kind", "op": "in", "value": ["Youku", "iQIYI"]}, True),
        ({"fact": "kind", "op": "not_in", "value": ["Youku"]}, False),
        ({"fact": "kind", "op": "starts", "value": "You"}, True),
        ({"fact": "is_first_order", "op": "=", "value": True}, True),
        ({"fact": "phone_prefix", "op": "=", "value": "170"}, False),
        ({"fact": "phone_prefix", "op": "!=", "value": "170"}, False),
    ],
)
def test_facts_are_compared_and_what_is_not_known_compares_with_nothing(when, holds):
    assert read(when).holds(FACTS, {}) is holds


@pytest.mark.parametrize(
    ("count", "when", "holds"),
    [
        (4, MANY_FROM_ONE_ADDRESS, True),
        (3, MANY_FROM_ONE_ADDRESS, False),
        (None, MANY_FROM_ONE_ADDRESS, None),
        (None, {"not": MANY_FROM_ONE_ADDRESS}, None),
        (None, {"all": [MANY_FROM_ONE_ADDRESS, AMOUNT]}, None),
        (None, {"all": [MANY_FROM_ONE_ADDRESS, {"not": AMOUNT}]}, False),
        (None, {"any": [MANY_FROM_ONE_ADDRESS, AMOUNT]}, True),
        (None, {"any": [MANY_FROM_ONE_ADDRESS, {"not": AMOUNT}]}, None),
    ],
)
def test_a_count_that_cannot_be_told_leaves_open_only_what_hangs_on_it(count, when, holds):
    assert read(when).holds(FACTS, {MANY: count}) is holds


def test_a_condition_names_its_counters():
    assert read({"any": [MANY_FROM_ONE_ADDRESS, {"not": AMOUNT}]}).counters == {MANY}


@pytest.mark.parametrize(
    ("when", "param"),
    [
        (None, "when"),
        ([], "when"),
        ({}, "when"),
        ({"all": []}, "when.all"),
        ({"all": [AMOUNT, {"fact": "moon", "op": "=", "value": 1}]}, "when.all.1.fact"),
        ({"fact": ["amount"], "op": "=", "value": 1}, "when.fact"),
        ({**AMOUNT, "op": ["="]}, "when"),
        ({**AMOUNT, "op": "in"}, "when.op"),
        ({**AMOUNT, "value": 100.0}, "when.value"),
        ({**AMOUNT, "value": "1e3"}, "when.value"),
        ({**NIGHT, "value": True}, "when.value"),
        ({**NIGHT, "value": "six"}, "when.value"),
        ({"fact": "kind", "op": "in", "value": ["x"] * 501}, "when.value"),
        ({"fact": "kind", "op": "in", "value": ["x", 5]}, "when.value.1"),
        ({"fact": "kind", "op": "=", "value": " "}, "when.value"),
        ({"fact": "kind", "op": "matches", "value": "(a+)+$"}, "when.op"),
        ({**MANY_FROM_ONE_ADDRESS, "op": "="}, "when.op"),
        ({**MANY_FROM_ONE_ADDRESS, "value": 10_001}, "when.value"),
        ({**MANY_FROM_ONE_ADDRESS, "op": "<", "value": 0}, "when.value"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "moon", "within": 600}}, "when.count.by"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "ip", "within": 59}}, "when.count.within"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "ip", "within": 2592001}}, "when.count.within"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "ip", "within": 600, "of": [[]]}},
         "when.count.of"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "ip", "within": 600, "differ": "ip"}},
         "when.count.differ"),
        ({"count": {"by": "ip", "within": 600, "differ": "device"}, "op": ">", "value": 200},
         "when.value"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "ip", "within": 600, "x": 1}}, "when.count"),
        ({**MANY_FROM_ONE_ADDRESS, "count": {"by": "payer", "within": 600, "of": ["look_up"]}},
         "when.count.of"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where(when, param):
    with pytest.raises(ConditionWrong) as refused:
        read(when)

    assert refused.value.param == param


def deep(levels):
    when = AMOUNT
    for _each in range(levels):
        when = {"not": when}
    return when


@pytest.mark.parametrize("when", [deep(7), {"any": [AMOUNT] * 60}])
def test_a_condition_has_an_end(when):
    with pytest.raises(ConditionWrong) as refused:
        read(when)

    assert str(MOST_NODES) in str(refused.value.message)


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"moments": []}, "moments"),
        ({"moments": ["never"]}, "moments"),
        ({"action": "burn"}, "action"),
        ({"action": "pass"}, "action"),
        ({"score": 101}, "score"),
        ({"hold_minutes": 1}, "hold_minutes"),
        ({"then": "burn"}, "then"),
        ({"scope": {"moon": ["x"]}}, "scope"),
        ({"scope": {"channel": []}}, "scope.channel.value"),
        ({"moments": ["look_up"]}, "moments"),
        ({"schedule": {"hours": [1]}}, "schedule.hours"),
        ({"schedule": {"hours": [1, 25]}}, "schedule.hours"),
        ({"schedule": {"days": [8]}}, "schedule.days"),
        ({"schedule": {"since": "yesterday"}}, "schedule.since"),
        ({"schedule": {"since": 20261101}}, "schedule.since"),
        ({"schedule": {"until": "2026-W45-1"}}, "schedule.until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_rest_of_a_rule_is_read_as_strictly(more, param):
    with pytest.raises(ConditionWrong) as refused:
        read_body(body(AMOUNT, **more))

    assert refused.value.param == param


@pytest.mark.parametrize(
    ("schedule", "hour", "holds"),
    [({"hours": [22, 6]}, 3, True), ({"hours": [22, 6]}, 6, False), ({"hours": [9, 18]}, 9, True),
     ({"hours": [0, 24]}, 23, True), ({"days": [6, 7]}, 3, False)],
)  # fmt: skip
def test_a_rule_keeps_its_hours_and_days(schedule, hour, holds):
    rule = read_body(body(AMOUNT, schedule=schedule))

    assert rule.holds(FACTS | {"hour": hour, "weekday": 3}, {}) is holds


@pytest.mark.parametrize(
    ("hours", "day", "held"),
    [
        ([22, 6], 6, {22, 23}), ([22, 6], 7, set(range(6))), ([22, 6], 1, set()),
        ([22, 0], 6, {22, 23}), ([22, 0], 7, set()), ([0, 24], 7, set()),
        ([6, 6], 6, set(range(6, 24))), ([6, 6], 7, set(range(6))),
    ],
)  # fmt: skip
def test_a_night_belongs_to_the_day_on_which_it_begins(hours, day, held):
    rule = read_body(body(AMOUNT, schedule={"days": [6], "hours": hours}))

    facts = FACTS | {"weekday": day}
    assert {hour for hour in range(24) if rule.holds(facts | {"hour": hour}, {})} == held


@pytest.mark.parametrize("more", [{"by": "payer"}, {"by": "device", "differ": "payer"}])
def test_a_payer_is_asked_of_orders_and_their_codes_only(more):
    when = {"count": {"within": 600, "of": ["order"]} | more, "op": ">", "value": 1}

    with pytest.raises(ConditionWrong) as refused:
        read_body(body(when, moments=["order", "look_up"]))

    assert refused.value.param == "moments"
    assert read_body(body(when, moments=["order", "open"])).action == "hold"


def test_a_scope_narrows_a_rule():
    rule = read_body(body(AMOUNT, scope={"channel": ["api"]}))

    assert rule.holds(FACTS, {}) is False
    assert rule.holds(FACTS | {"channel": "api"}, {}) is True


@pytest.mark.parametrize(
    "when",
    [
        {"count": {"by": "ip", "within": 600, "differ": []}, "op": ">", "value": 3},
        {"count": {"by": "ip", "within": 600, "sums": []}, "op": ">", "value": 3},
        {"fact": "sku", "op": "=", "value": "a\0b"},
        {"fact": "sku", "op": "=", "value": "\ud800"},
    ],
)
def test_what_could_not_be_stored_or_counted_is_refused_when_it_is_read(when):
    with pytest.raises(ConditionWrong):
        read_body(body(when))


@pytest.mark.parametrize(("seconds", "said"), [(90, "90 seconds"), (120, "2 minutes")])
def test_a_window_is_told_as_long_as_it_is(seconds, said):
    with translation.override("en"):
        assert span(seconds) == said
