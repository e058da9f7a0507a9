"""Rules as a file: taken away, looked at, brought in, and nothing of it acts by itself."""

import json
import time
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import InvalidInput
from core.scope import tenant_atomic
from risk.models import Rule
from risk.selectors.files import rules_brought
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.risk.factories import body, make_rule

pytestmark = pytest.mark.django_db(databases="__all__")
RULES = "/office/rules/"
BRING = f"{RULES}bring/"


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def file_of(*rules, **more):
    said = [{"name": name, "body": told} for name, told in rules]
    return json.dumps({"format": "quanyi.rules/1", "rules": said} | more)


def kinds(answer):
    return [(row["one"].name, str(row["one"].brought)) for row in answer.context["rows"]]


def test_what_is_taken_away_comes_back_as_the_same(browser):
    with tenant_atomic():
        rule = make_rule(name="IP 频繁")
        make_rule(name="other")

    whole, single = browser.get(f"{RULES}json/"), browser.get(f"{RULES}{rule.ref}/json/")
    answer = browser.post(BRING, {"file": SimpleUploadedFile("r.json", whole.content)})

    assert kinds(answer) == [("IP 频繁", "same"), ("other", "same")]
    assert answer.context["can_store"] is False
    assert [one["name"] for one in json.loads(single.content)["rules"]] == ["IP 频繁"]


def test_it_is_looked_at_first_then_stored_and_nothing_acts_by_itself(browser):
    with tenant_atomic():
        make_rule(name="changes", state="on")
        make_rule(name="same", state="on")
    text = file_of(
        ("fresh", body()), ("changes", body(action="deny")), ("same", body()), ("bad", {"x": 1})
    )

    looked = browser.post(BRING, {"text": text})
    with tenant_atomic():
        assert Rule.objects.count() == 2
    stored = browser.post(BRING, {"text": looked.context["text"], "then": "store"})

    assert kinds(looked) == [
        ("fresh", "new"), ("changes", "changed"), ("same", "same"), ("bad", "refused"),
    ]  # fmt: skip
    assert stored["Location"] == RULES
    with tenant_atomic():
        found = dict(Rule.objects.values_list("name", "state"))
        assert found == {"fresh": "off", "changes": "shadow", "same": "on"}
        assert Rule.objects.get(name="changes").body["action"] == "deny"


def test_one_that_is_on_and_would_stop_everything_is_brought_in_on_trial_and_said_to_be(browser):
    with tenant_atomic():
        make_rule(name="on", state="on")
        make_rule(name="off", state="off")
    everything = body({"fact": "hour", "op": ">=", "value": 0}, action="deny")
    text = file_of(("on", everything), ("off", everything))

    looked = browser.post(BRING, {"text": text})
    browser.post(BRING, {"text": text, "then": "store"})

    said = [row["words"] for row in looked.context["rows"]]
    assert said == ["changes, and goes on trial", "changes"]
    with tenant_atomic():
        assert dict(Rule.objects.values_list("name", "state")) == {"on": "shadow", "off": "off"}


def test_more_rules_than_a_shop_has_are_refused_in_words(browser):
    with tenant_atomic():
        make_rule(name="one", state="off")
    text = file_of(*((f"r{at}", body()) for at in range(200)))

    answer = browser.post(BRING, {"text": text, "then": "store"})

    assert (answer.status_code, "A shop has at most 200 rules" in answer.content.decode()) == (
        422,
        True,
    )
    with tenant_atomic():
        assert Rule.objects.count() == 1


@pytest.mark.parametrize("join", ["any", "all"])
def test_the_largest_file_is_looked_at_in_time(shop, join):
    parts = [{"fact": "ip_city", "op": "!=", "value": f"C{at}"} for at in range(55)]
    text = file_of(*((f"r{at}", body({join: parts})) for at in range(200)))

    began = time.monotonic()
    with tenant_atomic():
        rules_brought(text=text, in_shop=dict)

    assert time.monotonic() - began < 5


def deep(levels):
    node = {"fact": "amount", "op": ">", "value": "1.00"}
    for _level in range(levels):
        node = {"not": node}
    return body(node)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (body({"fact": "nonsense", "op": "=", "value": "1"}), "when.fact"),
        (body({"fact": "sku", "op": "matches", "value": "(a+)+$"}), "when.op"),
        (body({"fact": "amount", "op": ">", "value": "x"}), "when.value"),
        (body({"count": {"by": "ip", "within": 600}, "op": "<", "value": 0}), "when.value"),
        (body({"fact": "hour", "op": ">", "value": 30}), "when.value"),
        (deep(7), None),
        (body({"fact": "sku", "op": "in", "value": ["x" * 199] * 499}), "body"),
        ([], "body"),
        ({"moments": ["order"]}, None),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_rule_that_cannot_be_read_is_refused_with_its_reason(browser, told, at, language):
    browser.post("/office/language/", {"language": language})

    answer = browser.post(BRING, {"text": file_of(("bad", told))})

    [row] = answer.context["rows"]
    assert (row["one"].brought, bool(row["one"].why)) == ("refused", True)
    assert at in (None, row["one"].at)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[" * 100_000, "[]", "{}", '{"format": "quanyi.rules/1"}', "null", "\ud83d",
        '{"format": "quanyi.rules/2", "rules": []}', file_of(), "1" * 900_000,
        '"' + "x" * 1_000_001,
        file_of(*((f"r{at}", {}) for at in range(201))),
        file_of(("\ud83d", body())), file_of(("half", {"\ud83d": 1})),
    ],
)  # fmt: skip
def test_what_is_no_file_of_rules_is_told_at_once(browser, text):
    began = time.monotonic()
    sent = text.encode("utf-8", "replace").decode()
    answer = browser.post(BRING, {"text": sent, "then": "store"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["text"]
    assert time.monotonic() - began < 5
    with tenant_atomic():
        assert not Rule.objects.exists()


def test_a_name_that_stands_twice_is_refused_once(browser):
    answer = browser.post(BRING, {"text": file_of(("one", body()), ("one", body()))})

    assert kinds(answer) == [("one", "new"), ("one", "refused")]


@pytest.mark.parametrize("role", Role.values)
def test_who_sees_rules_takes_them_away_and_who_edits_brings_them(shop, role):
    browser = browser_of(shop, role)

    assert (browser.get(f"{RULES}json/").status_code == 200) == ("risk.view" in RIGHTS[role])
    assert (browser.get(BRING).status_code == 200) == ("risk.edit" in RIGHTS[role])


def test_a_body_is_refused_however_deep_it_is(shop):
    """Of some depth it can be read, and not be written a few calls further in."""
    head = '{"format": "quanyi.rules/1", "rules": [{"name": "deep", "body": {"when": '
    with tenant_atomic():
        for deep in range(300, 1_000):
            text = f"{head}{'[' * deep}{']' * deep}}}}}]}}"
            with suppress(InvalidInput):
                found = rules_brought(text=text, in_shop=dict)
                assert [one.brought for one in found] == ["refused"]
