"""A condition is written as an expression: what it says, what cannot be said, and where."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.scope import tenant_atomic
from risk.bodies import read_body
from risk.conditions import read
from risk.errors import ConditionWrong
from risk.expressions import when_of
from risk.selectors import sentence, tried_on_past
from risk.spelling import count_named, text_of
from tests.risk.factories import a_case, assess, body, make_rule, names_of
from tests.times import NOON

TIMES = {"ip_orders_10m": 4, "device_opens_1h": 2, "net_orders_opens_phones_1d": 7}
SPENT = {"device_amount_1d": 1_234_500}
NUMBERS = {"quantity": 3, "hour": 23, "refunds_before": 1}
MONEY = {"amount": 995_000, "discount": 2_500}
FLAGS = {"is_watched": True, "is_first_order": False}
TEXTS = {"channel": "web", "mail_domain": 'a"b\\c', "ip_city": "深圳"}
FACTS = NUMBERS | MONEY | FLAGS | TEXTS
# As Python reads the same text: money in whole units, by an evaluator that is not ours.
PLAIN = FACTS | TIMES | {name: e4 / 10_000 for name, e4 in (MONEY | SPENT).items()}
READER = {"__builtins__": {}, "true": True, "false": False, "starts": str.startswith} | PLAIN
OPS = st.sampled_from([">", ">=", "<", "<="])


def holds(when, **more):
    counts = dict.fromkeys(read(when).counters)
    for name, told in (TIMES | SPENT).items():
        value = "1" if name in SPENT else 1
        counted = read({"count": count_named(name), "op": ">", "value": value})
        counts |= dict.fromkeys(counted.counters, told)
    return read(when).holds(FACTS | more, counts)


@st.composite
def sums(draw):
    names = draw(st.sampled_from([sorted(NUMBERS | TIMES), sorted(MONEY | SPENT)]))
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    text = chosen[0]
    for name in chosen[1:]:
        times = draw(st.sampled_from(["", "2 * ", "0.25 * "]))
        text += f" {draw(st.sampled_from('+-'))} {times}{name}"
    number = draw(st.integers(1, 150))
    return f"{text} {draw(OPS)} {number}" if draw(st.booleans()) else f"{number} < {text}"


@st.composite
def leaves(draw):
    text, values = draw(st.sampled_from(sorted(TEXTS))), [*TEXTS.values(), "api"]
    quoted = ['"{}"'.format(one.replace("\\", r"\\").replace('"', r"\"")) for one in values]
    flag, word = draw(st.sampled_from(sorted(FLAGS))), draw(st.sampled_from(quoted))
    some = draw(st.lists(st.sampled_from(quoted), min_size=1, unique=True))
    return draw(
        st.one_of(
            sums(),
            st.sampled_from([flag, f"not {flag}", f"{flag} == false", "0 <= hour < 6 <= quantity"]),
            st.sampled_from([f"{text} == {word}", f"{text} != {word}", f"starts({text}, {word})"]),
            st.sampled_from([f"{text} in [{', '.join(some)}]", f"{text} not in ({some[0]},)"]),
            st.sampled_from(
                ["hour in [22, 23]", "hour not in [1, 2]", "hour in [23]", "quantity - 1 == 2"]
            ),
        )
    )


def joined(parts):
    def word(name):
        return st.tuples(parts, parts).map(lambda two: f"({two[0]}) {name} {two[1]}")

    return st.one_of(word("and"), word("or"), parts.map(lambda one: f"not ({one})"))


@settings(max_examples=150, deadline=None)
@given(text=st.recursive(leaves(), joined, max_leaves=5))
def test_it_says_what_python_reads_and_is_written_again_as_the_same(text):
    try:
        with translation.override("en"):
            when = when_of(text)
    except ConditionWrong as why:
        assume("too large" not in str(why.message))
        raise

    assert holds(when) is bool(eval(text, READER))  # noqa: S307 -- our own text
    again = text_of(when)
    assert when_of(again) == when
    assert text_of(when_of(again)) == again


PIECES = st.sampled_from(
    [*"()[]+-*/<>=!,.:;%&|^~@#`\\'\"“”（）＞", "==", "not", "in", "and", "or", "lambda", "None",
     "hour", "amount", "channel", "is_watched", "starts", "ip_orders_1h", "3", "1e9", "0x1", "is",
     '"web"', "f''", "\n", "\x00", "𝐚", "__class__", "True"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=20), between=st.sampled_from(["", " "]))
def test_whatever_is_written_is_a_condition_or_is_told_to_be_none(pieces, between):
    with suppress(ConditionWrong):
        read(when_of(between.join(pieces)))


WRONG = {
    "foo > 1": "There is no “foo” to be asked. (character 1: “foo > 1”)",
    "hour > 1 and\n ip_orders > 3":
        "There is no “ip_orders” to be asked. (line 2, character 2: “ip_orders > 3”)",
    "amount = 3": "For “equal” write ==. (character 8: “= 3”)",
    "amount >": "This cannot be read as an expression. (at the end)",
    "channel > 3": "This is no number. (character 1: “channel > 3”)",
    "amount + hour > 3": "Money and numbers cannot be added up. (character 10: “hour > 3”)",
    "amount * hour > 3": "A number stands on one side of *. (character 10: “hour > 3”)",
    "hour": "Say what it is compared with. (character 1: “hour”)",
    "1 < 2": "Two values are compared: nothing is asked. (character 1: “1 < 2”)",
    "channel == “web": "A text ends with the sign that it begins with. (character 12: “\u201cweb”)",
    "().__class__": "This cannot stand here. (character 3: “.__class__”)",
    "hour >= 1is 2": "Write a number such as 3 or 12.50. (character 9: “1is 2”)",
    "hour ** 9 > 1": "Write a number such as 3 or 12.50. (character 1: “hour ** 9 > 1”)",
    "ip_orders_31d > 1":
        "A count looks back over one minute to thirty days. (character 1: “ip_orders_31d > 1”)",
    "-" * 9_000 + "1 < hour":
        f"The condition is too large: at most 60 parts, 6 deep. (character 121: “{'-' * 20}”)",
    "(" * 9_000:
        f"The condition is too large: at most 60 parts, 6 deep. (character 13: “{'(' * 20}”)",
    'channel == "\0"': "A text ends with the sign that it begins with. (character 12: “\"\0\"”)",
    "h" * 10_001: "An expression is at most 10,000 characters long.",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_said_is_told_with_its_place_in_both_languages(text):
    with translation.override("en"), pytest.raises(ConditionWrong) as why:
        when_of(text)
    with translation.override("zh-hans"), pytest.raises(ConditionWrong) as in_chinese:
        when_of(text)

    assert str(why.value.message) == WRONG[text]
    assert str(in_chinese.value.message).endswith(("）", "。"))


@pytest.mark.parametrize(
    "text",
    ['f"{' + "-" * 9_000 + '1}"', 'f"{' + "1+" * 3_000 + '1}"', "rb'x'", "f“{1}”"],
    ids=["deep", "long", "bytes", "wide"],
)
def test_a_text_is_a_text_and_nothing_else_that_is_written_so(text):
    """What is in a text is never code, whose depth Python's parser would be asked to bear."""
    with translation.override("en"), pytest.raises(ConditionWrong) as why:
        when_of(f"channel == {text}")

    assert str(why.value.message).startswith("This cannot stand here. (character 1")


def test_signs_may_be_as_a_chinese_keyboard_writes_them():
    assert when_of("（hour＞3） or channel ＝= “web”") == when_of('hour > 3 or channel == "web"')


def test_a_sum_of_what_is_not_known_is_false_and_of_what_is_not_counted_is_open():
    asked = when_of("quantity + ip_orders_10m > 3")
    (counter,) = read(asked).counters

    def said(facts, count):
        return read(asked).holds(facts, {counter: count})

    assert (said({"quantity": 1}, 3), said({"quantity": 1}, 2)) == (True, False)
    assert (said({}, None), said({"quantity": 9}, None)) == (False, None)


def test_of_different_ones_a_sum_has_as_many_as_the_memory_tells_apart():
    asked = read(when_of("ip_phones_1h + quantity > 300"))
    (counter,) = asked.counters

    assert asked.holds({"quantity": 101}, {counter: 200}) is True
    assert asked.holds({"quantity": 100}, {counter: 5_000}) is False


@pytest.mark.parametrize(
    ("terms", "at"),
    [
        ([], "when.sum"),
        ([{"fact": "amount"}] * 11, "when.sum"),
        ([{"fact": "amount", "times": 0}], "when.sum.0.times"),
        ([{"fact": "amount", "times": "1e9"}], "when.sum.0.times"),
        ([{"fact": "amount"}, {"fact": "hour"}], "when.sum.1"),
        ([{"fact": "sku"}], "when.sum.0"),
        ([{"fact": "amount", "count": {}}], "when.sum.0"),
    ],
)
def test_a_sum_in_a_file_is_read_with_suspicion(terms, at):
    with pytest.raises(ConditionWrong) as why:
        read({"sum": terms, "op": ">", "value": "1.00"})

    assert why.value.param == at


@pytest.mark.django_db(databases="__all__")
def test_a_rule_of_a_sum_speaks_is_tried_on_the_past_and_said_in_words(shop):
    when = when_of("2 * quantity + ip_orders_10m > 4 and device_amount_1d - amount <= 20")
    with tenant_atomic():
        make_rule(when, name="sum")
        cases = [(a_case(device="D1"), NOON + timedelta(seconds=at)) for at in range(4)]
        said = [names_of(assess(case=case, now=now)) for case, now in cases]
        trial = tried_on_past(body=read_body(body(when)), days=7, now=NOON + timedelta(hours=1))

    assert (said, trial.spoken) == ([(), (), ("sum",), ()], 1)
    with translation.override("zh-hans"):
        words = sentence(body=body(when), currency="CNY")
    assert words == (
        "当2 × 商品件数 + 同一IP 地址 10 分钟内的订单大于 4"
        "且同一设备 1 天内的消费金额 − 订单金额不高于 ¥20.00，则挂起审核"
    )
