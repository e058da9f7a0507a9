"""A rule names goods and partners of its own shop only, whichever way it is written."""

import json

import pytest

from core.scope import bind, tenant_atomic
from risk import services as risk
from risk.models import Rule
from risk.types import RuleTerms
from tenants.roles import Role
from tests.catalog.factories import make_brand, make_sku
from tests.channels.factories import make_partner
from tests.dashboard.people import browser_of
from tests.dashboard.test_risk import LIST, MANY, the_rule, typed_in
from tests.dashboard.test_rule_files import BRING, file_of
from tests.risk.factories import ZHAO, body, make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
KINDS = ("sku", "brand", "partner")
WORDS = {
    ("sku", "en"): "The shop has no SKU “THEIRS”.",
    ("brand", "en"): "The shop has no brand “THEIRS”.",
    ("partner", "en"): "The shop has no partner “THEIRS”.",
    ("sku", "zh-hans"): "本店没有规格“THEIRS”。",
    ("brand", "zh-hans"): "本店没有品牌“THEIRS”。",
    ("partner", "zh-hans"): "本店没有合作方“THEIRS”。",
}


@pytest.fixture(autouse=True)
def theirs(other_shop):
    """Another shop has all that is named here."""
    with bind(other_shop.pk), tenant_atomic():
        make_sku(ref="THEIRS")
        make_brand(name="THEIRS")
        make_partner(name="THEIRS")


@pytest.fixture
def browser(theirs, shop):
    return browser_of(shop, Role.OPERATOR)


def named(kind, value="THEIRS", op="="):
    return body({"any": [{"fact": "hour", "op": "<", "value": 3},
                         {"not": {"fact": kind, "op": op, "value": value}}]})  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_the_shop_has_not_is_named_however_the_rule_is_written(browser, kind, language):
    browser.post("/office/language/", {"language": language})
    ways = {
        "expression": f'hour < 3 or not ({kind} == "THEIRS")',
        "as_json": json.dumps(named(kind)),
        "f1_value": "THEIRS",
        f"scope_{kind}": "THEIRS",
    }

    for field, typed in ways.items():
        rows = {"f1_fact": kind, "f1_op": "="} if field == "f1_value" else {}
        answer = browser.post(f"{LIST}new/", MANY | rows | {field: typed})
        assert answer.status_code == 422
        assert answer.context["form"].errors == {field: [WORDS[kind, language]]}
    brought = browser.post(BRING, {"text": file_of(("x", named(kind))), "then": "store"})
    scoped = browser.post(BRING, {"text": file_of(("x", body(scope={kind: ["THEIRS"]})))})

    assert [row["one"].why for row in scoped.context["rows"]] == [WORDS[kind, language]]
    assert brought["Location"] == LIST
    with tenant_atomic():
        assert not Rule.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_that_nothing_of_the_shop_has_is_named(browser, kind):
    typed = json.dumps(named(kind, "THE", op="starts"))

    answer = browser.post(f"{LIST}new/", MANY | {"as_json": typed})

    assert "begins with “THE”" in str(answer.context["form"].errors["as_json"])


def test_a_channel_that_there_is_not_is_named(browser):
    typed = json.dumps(body(scope={"channel": ["carrier pigeon"]}))

    answer = browser.post(f"{LIST}new/", MANY | {"as_json": typed})

    assert "carrier pigeon" in str(answer.context["form"].errors["as_json"])


def test_what_the_shop_has_is_meant_by_either_name_in_an_expression_too(browser):
    with tenant_atomic():
        make_brand(name="优酷", name_en="Youku")
        partner = make_partner(name="Acme")

    browser.post(f"{LIST}new/", MANY | {"expression": 'brand in ["Youku"] or partner == "Acme"'})

    assert the_rule().body["when"] == {
        "any": [
            {"fact": "brand", "op": "in", "value": ["优酷"]},
            {"fact": "partner", "op": "=", "value": partner.ref},
        ]
    }


def test_a_rule_that_names_what_is_gone_is_shown_in_its_rows_and_not_written_again(browser):
    with tenant_atomic():
        rule = make_rule({"all": [{"fact": "brand", "op": "=", "value": "Gone"}]}, name="old")
        terms = RuleTerms(name="new", body=body())
        risk.change_rule(rule_id=rule.pk, terms=terms, by=ZHAO, now=NOON)
    path = f"{LIST}{rule.ref}/"

    refused = browser.post(f"{path}back/1/")
    with tenant_atomic():
        rule = Rule.objects.get()
        terms = RuleTerms(name="old", body=body({"all": [
            {"fact": "brand", "op": "=", "value": "Gone"}]}))  # fmt: skip
        risk.change_rule(rule_id=rule.pk, terms=terms, by=ZHAO, now=NOON)
    form = browser.get(f"{path}edit/").context["form"]
    saved = browser.post(f"{path}edit/", typed_in(form) | {"score": "5"})
    same = browser.post(BRING, {"text": browser.get(f"{LIST}json/").content.decode()})

    assert (refused.status_code, "no brand “Gone”" in refused.content.decode()) == (422, True)
    assert (form["f1_value"].value(), form["as_json"].value()) == ("Gone", None)
    assert list(saved.context["form"].errors) == ["f1_value"]
    assert [row["one"].brought for row in same.context["rows"]] == ["same"]
