"""What can never be so is told when a rule is written, and what always is so is asked about."""

import pytest
from django.utils import translation

from risk.bodies import check_possible, read_body
from risk.conditions import read
from risk.errors import ConditionWrong
from risk.expressions import new_when_of
from risk.possible import check
from risk.presets import rules_of
from risk.states import Preset
from tests.risk.factories import body


def always(text):
    """Whether what was written always holds; the expression is checked as it is read."""
    return check([(read(new_when_of(text)).root, "when")])


def refusal(text):
    with translation.override("en"), pytest.raises(ConditionWrong) as refused:
        new_when_of(text)
    return str(refused.value.message)


NEVER = {
    "hour > 30": "“hour of the day” goes from 0 to 23. So “more than 30” is never so: write "
    "another value. (character 1: “hour > 30”)",
    "hour >= 24": "“hour of the day” goes from 0 to 23.",
    "weekday < 1": "goes from 1 to 7. So “less than 1” is never so",
    "amount < 0": "“amount of the order” is 0 or more. So “less than 0” is never so",
    "amount < -5": "“amount of the order” is an amount, never below zero",
    "quantity < 1": "“number of things” is 1 or more.",
    "price_share > 100": "“share of the list price” goes from 0 to 100. So “more than 100”",
    "orders_before > 1000": "goes from 0 to 1000. So “more than 1000”",
    "ip_orders_10m > -1": "“count by IP address” is a whole number from 0 to 10000",
    "ip_orders_10m < 0": "A count is held against 0 to 10000.",
    "2 * hour > 46": "“sum” goes from 0 to 46. So “more than 46”",
    "amount - amount_off > 1": "There is no “amount_off” to be asked.",
    'channel == "fax"': "“channel” is never “fax”. Choose of these: web (",
    'kind in ["top_up", "pizza"]': "“kind of goods” is never “pizza”.",
    'ip_province == "Atlantis"': "is never “Atlantis”. Choose of these: 北京 (Beijing), ",
    'starts(account_province, "巴")': "is never “巴”.",
    "ip_province in []": "“province of the IP address”: name at least one value",
    'phone_prefix == "1700"': "is never “1700”. It is written like this: 170.",
    'starts(phone_prefix, "1700")': "is never “1700”.",
    'mail_domain == "QQ.com"': "is never “QQ.com”. It is written like this: qq.com.",
    'ip_city == "深圳市"': "It is written like this: 深圳.",
    "hour > 5 and hour < 3": "“hour of the day” is never all of this at once: more than 5; less "
    "than 3. Change one of them, or say that one of them is enough. (character 14: “hour < 3”)",
    "hour > 5 and (amount > 3 and hour < 3)": "more than 5; less than 3",
    "hour > 5 and hour < 7 and hour != 6": "more than 5; less than 7; is not 6",
    "amount > 100 and (is_watched or amount < 50)": "more than 100; less than 50",
    "ip_orders_10m > 3 and ip_orders_10m < 3": "“count by IP address” is never all of this",
    "is_watched and not is_watched": "is yes; is no",
    'channel == "web" and channel == "api"': "“channel” is never all of this at once",
    'starts(sku, "A") and starts(sku, "B")': "begins with A; begins with B",
    'starts(sku, "AB") and not starts(sku, "A")': "begins with AB; does not begin with A",
    "is_watched or hour > 30": "“hour of the day” goes from 0 to 23.",
    "not (amount < 0)": "“amount of the order” is 0 or more.",
    "not (hour >= 0)": "So “less than 0” is never so",
    "orders_before + refunds_before < 0": "“sum” goes from 0 to 2000.",
}


@pytest.mark.parametrize(("text", "told"), NEVER.items())
def test_what_can_never_be_so_is_told_with_what_can_be_and_what_to_do(text, told):
    assert told in refusal(text)


SOMETIMES = (
    "hour > 22", "hour <= 0", "amount >= 0.01", "price_share < 100", "not is_watched",
    "not (amount >= 0)", "hour > 5 and hour < 7", "is_watched or hour > 5 and hour < 7",
    "amount < 50 or amount > 100", "hour < 6 or amount >= 5", "2 * hour > 45",
    'starts(sku, "A") and starts(sku, "AB")', "hour >= 0 and amount > 5",
    "not (ip_orders_10m > 3) and ip_phones_1h > 3", 'not starts(phone_prefix, "17")',
    "not (is_watched == true) and not (is_watched == false)",
)  # fmt: skip
ALWAYS = (
    "hour >= 0", "amount >= 0", "hour < 30", "hour != 24", "ip_orders_10m >= 0", "quantity >= 1",
    "hour < 6 or hour >= 6", "is_watched == true or is_watched == false", "amount > 5 or hour >= 0",
    "hour >= 0 and weekday <= 7", "ip_orders_10m > 3 or ip_orders_10m <= 3",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer"), [*((one, False) for one in SOMETIMES), *((one, True) for one in ALWAYS)]
)
def test_what_always_holds_is_known_from_what_sometimes_does(text, answer):
    assert always(text) is answer


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"schedule": {"hours": [22, 6]}}, "when"),
        ({"scope": {"channel": ["fax"]}}, "scope.channel.value"),
        ({"scope": {"channel": ["web"]}, "when": {"fact": "channel", "op": "=", "value": "api"}},
         "when"),
    ],
)  # fmt: skip
def test_scope_and_schedule_must_hold_with_the_condition(more, at):
    with pytest.raises(ConditionWrong) as refused:
        check_possible(body({"fact": "hour", "op": "=", "value": 12}) | more)

    assert refused.value.param == at


def test_a_night_of_one_day_may_be_asked_for_its_part_before_midnight():
    late = {"fact": "hour", "op": ">", "value": 22}

    assert check_possible(body(late, schedule={"days": [6], "hours": [22, 6]})) is False


def test_what_was_stored_before_that_was_told_is_read_still():
    assert (
        read_body(body({"fact": "hour", "op": ">", "value": 30})).holds({"hour": 23}, {}) is False
    )


def test_no_rule_of_the_presets_is_never_or_always_so():
    bodies = [one.body for preset in Preset for one in rules_of(preset=preset, currency="CNY")]

    assert not any(map(check_possible, bodies))
