"""Who knows how writes a rule's condition as an expression, and reads any rule as one."""

import pytest
from django.utils import translation

from core.scope import tenant_atomic
from dashboard.rule_rows import is_same
from risk.expressions import when_of
from risk.models import Rule
from risk.presets import rules_of
from risk.selectors import sentence
from risk.spelling import text_of
from risk.states import Preset
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.dashboard.test_risk import LIST, MANY, the_rule, typed_in
from tests.risk.factories import make_rule

pytestmark = pytest.mark.django_db(databases="__all__")
EXPERT = {
    "name": "x", "join": "all", "action": "hold", "then": "pay_back", "moments": ["order"],
    "scope_channel": ["web"], "score": "20",
}  # fmt: skip
DEEP = "ip_orders_10m > 3\nand (is_first_order or 2 * refunds_before + complaints_before >= 3)"


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def test_what_the_rows_cannot_say_stays_an_expression(browser):
    browser.post(f"{LIST}new/", EXPERT | {"expression": DEEP})
    made = the_rule()
    path = f"{LIST}{made.ref}/"
    page = browser.get(path).content.decode()
    form = browser.get(f"{path}edit/").context["form"]
    browser.post(f"{path}edit/", typed_in(form))

    assert "ip_orders_10m &gt; 3\nand (is_first_order or 2 * refunds_before" in page
    with translation.override("zh-hans"):
        said = sentence(body=made.body, currency="CNY")
    assert said == (
        "当同一IP 地址 10 分钟内下单超过 3 次且(该买家的首单或2 × 该买家此前退款的订单数 + "
        "该买家此前的投诉数不低于 3)，则挂起审核（仅限渠道：网店；风险分 20）"
    )
    assert (form["expression"].value(), form["as_json"].value()) == (DEEP, None)
    assert (form["score"].value(), form["scope_channel"].value()) == (20, ["web"])
    assert (the_rule().version, the_rule().body) == (1, made.body)


def test_what_the_rows_can_say_opens_in_them(browser):
    written = 'ip_orders_10m > 3 and ip_province in ["广东", "浙江"]'
    browser.post(f"{LIST}new/", EXPERT | {"expression": written})

    form = browser.get(f"{LIST}{the_rule().ref}/edit/").context["form"]

    assert (form["c1_by"].value(), form["f1_fact"].value()) == ("ip", "ip_province")
    assert form["expression"].value() is None


def test_a_rule_of_the_form_is_edited_as_an_expression(browser):
    browser.post(f"{LIST}new/", MANY)
    path = f"{LIST}{the_rule().ref}/"
    link = f"{path}edit/?as=expression"
    form = browser.get(link).context["form"]
    browser.post(link, typed_in(form))

    assert f'href="{link}"' in browser.get(path).content.decode()
    assert (form["expression"].value(), the_rule().version) == ("ip_orders_10m > 3", 1)
    browser.post(link, typed_in(form) | {"expression": "ip_orders_10m > 4"})
    assert the_rule().body["when"]["all"][0]["value"] == 4
    assert the_rule().version == 2


def test_a_rule_that_stands_alone_or_negated_is_saved_as_it_is(browser):
    with tenant_atomic():
        made = make_rule({"not": {"fact": "amount", "op": ">", "value": "1.00"}}, state="off")
    path = f"{LIST}{made.ref}/edit/"
    form = browser.get(path).context["form"]
    browser.post(path, typed_in(form))

    assert (form["expression"].value(), the_rule().version) == ("not (amount > 1.00)", 1)


def test_every_rule_of_the_presets_is_read_again_from_its_expression():
    bodies = [one.body for preset in Preset for one in rules_of(preset=preset, currency="CNY")]

    again = [body | {"when": when_of(text_of(body["when"]))} for body in bodies]

    assert all(map(is_same, again, bodies))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "There is no “ip_ordrs_10m” to be asked. (line 2, character 5: “ip_ordrs_10m"),
        ("zh-hans", "没有名为“ip_ordrs_10m”的要素。（第 2 行第 5 个字符：“ip_ordrs_10m"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place_and_nothing_is_lost(browser, language, told):
    browser.post("/office/language/", {"language": language})
    typed = "is_first_order\r\nand ip_ordrs_10m > 3"

    answer = browser.post(f"{LIST}new/", EXPERT | {"expression": typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "and ip_ordrs_10m &gt; 3</textarea>" in answer.content.decode()
    with tenant_atomic():
        assert not Rule.objects.exists()


def test_what_is_not_known_at_the_moment_is_told_at_the_moments(browser):
    answer = browser.post(
        f"{LIST}new/", EXPERT | {"moments": ["look_up"], "expression": "amount > 3"}
    )

    assert list(answer.context["form"].errors) == ["moments"]
