"""A rule that an older program cannot read any more, after a way back to it."""

import json

import pytest

from core.scope import tenant_atomic
from risk import services as risk
from risk.models import Rule, RuleVersion
from risk.selectors.files import rules_as_json
from risk.types import RuleTerms
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.orders.factories import placed, stocked_sku
from tests.risk.factories import ZHAO, body, make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/rules/"


def test_it_hides_no_other_one_and_can_be_switched_off(shop):
    browser = browser_of(shop, Role.OPERATOR)
    with tenant_atomic():
        make_rule(name="good")
        rule = make_rule(name="of tomorrow")
        body = rule.body | {"when": {"fact": "of_tomorrow", "op": "=", "value": True}}
        Rule.objects.filter(pk=rule.pk).update(body=body)

    page = browser.get(LIST)
    browser.post(f"{LIST}{rule.ref}/off/")

    assert page.status_code == 200
    assert [row[0]["name"] for row in page.context["rows"]] == ["good", "of tomorrow"]
    with tenant_atomic():
        rule.refresh_from_db()
        assert rule.state == "off"


@pytest.mark.parametrize("join", ["all", "not"])
def test_it_opens_in_the_form_as_json(shop, join):
    part = {"fact": "of_tomorrow", "op": "=", "value": True}
    with tenant_atomic():
        rule = make_rule(name="of tomorrow")
        body = rule.body | {"when": {join: [part] if join == "all" else part}}
        Rule.objects.filter(pk=rule.pk).update(body=body)

    form = browser_of(shop, Role.OPERATOR).get(f"{LIST}{rule.ref}/edit/").context["form"]

    assert json.loads(form["as_json"].value()) == body


def test_its_pages_say_so_and_lead_on(shop):
    """Its own, its versions', a file's that mends it, and that of an order it once held."""
    browser = browser_of(shop, Role.OPERATOR)
    with tenant_atomic():
        rule = make_rule({"fact": "hour", "op": ">=", "value": 0}, name="of tomorrow")
        order = placed(stocked_sku())
        text = rules_as_json(rules=[rule])
        terms = RuleTerms(name="of tomorrow", body=body())
        risk.change_rule(rule_id=rule.pk, terms=terms, by=ZHAO, now=NOON, is_sure=True)
        tomorrow = rule.body | {"when": {"fact": "of_tomorrow", "op": "=", "value": True}}
        Rule.objects.filter(pk=rule.pk).update(body=tomorrow)
        RuleVersion.objects.update(body=tomorrow)
    path = f"{LIST}{rule.ref}/"

    pages = [
        browser.get(path),
        browser.get(f"{path}versions/"),
        browser.post(f"{LIST}bring/", {"text": text}),
        browser.get(f"/office/held/{order.pk}/"),
    ]

    assert [one.status_code for one in pages] == [200] * 4
    assert ["There is no such fact" in one.content.decode() for one in pages[:3]] == [True] * 3
    assert f"{path}off/" in pages[0].content.decode()
