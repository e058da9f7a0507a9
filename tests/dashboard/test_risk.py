"""A merchant writes a rule as a sentence, tries it on the past, and switches it on."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from core.scope import tenant_atomic
from risk import services as risk
from risk.expressions import when_of
from risk.models import Policy, Rule
from risk.selectors import sentence
from tenants.models import User
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.risk.factories import a_case, assess, body, make_rule
from tests.storefront.factories import stocked

pytestmark = pytest.mark.django_db(databases="__all__")
LIST = "/office/rules/"
MANY = {
    "name": "同一 IP 频繁下单", "join": "all", "action": "hold", "then": "pay_back",
    "c1_by": "ip", "c1_number": "10", "c1_unit": "60", "c1_op": ">", "c1_value": "3",
    "c1_what": "times", "moments": ["order"],
}  # fmt: skip


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def the_rule():
    with tenant_atomic():
        return Rule.objects.get()


def typed_in(form):
    """What the browser sends of a form that is left as it is."""
    return {name: value for name in form.fields if (value := form[name].value())}


def looks(count, **more):
    for at in range(count):
        now = timezone.now() - timedelta(minutes=count - at)
        assess(case=a_case(**more), now=now)


def test_a_rule_is_written_as_a_sentence_and_reads_as_one(browser):
    answer = browser.post(f"{LIST}new/", MANY)

    made = the_rule()
    assert answer["Location"] == f"{LIST}{made.ref}/"
    assert made.body["when"] == {
        "all": [{"count": {"by": "ip", "within": 600, "of": ["order"]}, "op": ">", "value": 3}]
    }
    assert (made.state, made.body["action"]) == ("off", "hold")
    with translation.override("zh-hans"):
        said = sentence(body=made.body, currency="CNY")
    assert said == "当同一IP 地址 10 分钟内下单超过 3 次，则挂起审核"


def test_it_tells_what_it_would_have_done_and_is_switched_on(browser):
    looks(6)
    browser.post(f"{LIST}new/", MANY)
    ref = the_rule().ref

    page = browser.get(f"{LIST}{ref}/")
    browser.post(f"{LIST}{ref}/on/")

    assert (page.context["trial"].spoken, page.context["trial"].looked_at) == (3, 6)
    assert the_rule().state == "on"
    with tenant_atomic():
        assert risk.look(case=a_case(), now=timezone.now()).verdict.action == "hold"


def test_one_that_speaks_on_nearly_all_is_switched_on_by_who_is_sure(browser):
    looks(25, ip="")
    with tenant_atomic():
        made = make_rule({"fact": "amount", "op": ">", "value": "1.00"}, state="off")
    path = f"{LIST}{made.ref}/on/"

    refused = browser.post(path)
    assert (refused.status_code, the_rule().state) == (409, "off")
    assert "25 of 25" in refused.content.decode()
    browser.post(path, {"sure": "on"})

    assert the_rule().state == "on"


def test_one_that_always_holds_is_switched_on_by_who_is_sure_whatever_was_looked_at(browser):
    with tenant_atomic():
        made = make_rule({"fact": "hour", "op": ">=", "value": 0}, state="off")
    path = f"{LIST}{made.ref}/on/"

    refused = browser.post(path)
    assert (refused.status_code, the_rule().state) == (409, "off")
    assert "Its condition always holds" in refused.content.decode()
    browser.post(path, {"sure": "on"})

    assert the_rule().state == "on"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"expression": "amount > 1"}, "25 of 25"),
        ({"expression": "hour >= 0"}, "Its condition always holds"),
        ({"as_json": json.dumps(body({"fact": "amount", "op": ">", "value": "1.00"}))}, "25 of 25"),
    ],
)
def test_one_that_is_on_is_made_to_speak_on_nearly_all_by_who_is_sure(browser, typed, said):
    looks(25, ip="")
    with tenant_atomic():
        path = f"{LIST}{make_rule(name='narrow').ref}/edit/"

    refused = browser.post(path, MANY | typed)
    shown = refused.content.decode()
    stood = the_rule()
    browser.post(path, MANY | typed | {"sure": "on"})

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["sure"])
    assert (shown.count(said), 'href="#id_sure"' in shown) == (2, True)  # at the top, at its box
    assert 'name="sure"' in shown
    assert (stood.version, stood.name, the_rule().version) == (1, "narrow", 2)


def test_nobody_is_asked_about_one_that_does_not_act_or_only_has_another_name(browser):
    looks(25, ip="")
    wide = {"fact": "amount", "op": ">", "value": "1.00"}
    with tenant_atomic():
        tried, on = make_rule(state="shadow"), make_rule(wide)

    said = browser.post(f"{LIST}{tried.ref}/edit/", MANY | {"expression": "amount > 1"})
    form = browser.get(f"{LIST}{on.ref}/edit/").context["form"]
    named = browser.post(f"{LIST}{on.ref}/edit/", typed_in(form) | {"name": "wide"})

    assert (said.status_code, named.status_code) == (302, 302)
    assert 'name="sure"' not in browser.get(f"{LIST}{on.ref}/edit/").content.decode()


def test_an_earlier_version_that_speaks_on_nearly_all_comes_back_by_who_is_sure(browser):
    looks(25, ip="")
    with tenant_atomic():
        made = make_rule({"fact": "amount", "op": ">", "value": "1.00"})
    path = f"{LIST}{made.ref}/"
    browser.post(f"{path}edit/", MANY)

    refused = browser.post(f"{path}back/1/")
    stood = the_rule().version
    browser.post(f"{path}back/1/", {"sure": "on"})

    assert (refused.status_code, "25 of 25" in refused.content.decode()) == (409, True)
    assert refused.content.decode().count('name="sure"') == 1
    assert (stood, the_rule().version) == (2, 3)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"c1_by": ""}, "__all__"),
        ({"c1_number": ""}, "c1_value"),
        ({"c1_value": "many"}, "c1_value"),
        ({"c1_value": "-1"}, "c1_value"),
        ({"f2_fact": "hour", "f2_op": ">", "f2_value": "30"}, "f2_value"),
        ({"f1_fact": "hour", "f1_op": ">", "f1_value": "5", "f2_fact": "hour", "f2_op": "<",
          "f2_value": "3"}, "f2_value"),
        ({"f1_fact": "hour", "f1_op": "=", "f1_value": "12", "hour_first": "22", "hour_last": "6"},
         "f1_value"),
        ({"f1_fact": "sku", "f1_op": "=", "f1_value": "NO-SUCH"}, "f1_value"),
        ({"expression": "quantity < 1"}, "expression"),
        ({"c1_what": "ip"}, "c1_value"),
        ({"c1_what": "amount", "c1_value": "1e9"}, "c1_value"),
        ({"f2_fact": "hour", "f2_op": "in", "f2_value": "1"}, "f2_value"),
        ({"f2_fact": "is_first_order", "f2_op": "=", "f2_value": "maybe"}, "f2_value"),
        ({"as_json": "{"}, "as_json"),
        ({"as_json": "[" * 9_000}, "as_json"),
        ({"as_json": '{"moments": ["order"]}'}, "as_json"),
        ({"hold_minutes": "1"}, "hold_minutes"),
        ({"moments": []}, "moments"),
        (
            {"moments": ["open"], "f1_fact": "is_first_order", "f1_op": "=", "f1_value": "yes"},
            "moments",
        ),
        ({"scope_sku": "NO-SUCH"}, "scope_sku"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "until"),
        ({"score": "101"}, "score"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_cannot_be_read_is_told_at_its_row(browser, more, field, language):
    browser.cookies["qy_language"] = language

    answer = browser.post(f"{LIST}new/", MANY | more)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    marked = ("Please check the marked fields", "请检查标出的内容")
    assert any(one in answer.content.decode() for one in marked) == (field != "__all__")
    with tenant_atomic():
        assert not Rule.objects.exists()


def test_a_rule_comes_back_into_its_rows(browser):
    browser.post(
        f"{LIST}new/", MANY | {"f1_fact": "is_first_order", "f1_op": "=", "f1_value": "yes"}
    )
    path = f"{LIST}{the_rule().ref}/edit/"
    form = browser.get(path).context["form"]
    sent = typed_in(form)

    assert browser.post(path, sent).status_code == 302
    assert the_rule().version == 1  # nothing was changed
    browser.post(path, sent | {"c1_value": "5"})
    assert the_rule().version == 2
    assert the_rule().body["when"]["all"][1] == {
        "fact": "is_first_order", "op": "=", "value": True,
    }  # fmt: skip


EVERYTHING = MANY | {
    "moments": ["order", "open"], "c1_of": ["order", "open"], "score": "20", "hold_minutes": "30",
    "scope_channel": ["web"], "days": ["6", "7"], "hour_first": "22", "hour_last": "6",
    "since": "2026-11-01", "until": "2026-12-01",
}  # fmt: skip
BODY = {
    "moments": ["order", "open"], "action": "hold", "then": "pay_back", "hold_minutes": 30,
    "when": {"all": [
        {"count": {"by": "ip", "within": 600, "of": ["order", "open"]}, "op": ">", "value": 3},
    ]},
    "score": 20, "scope": {"channel": ["web"]},
    "schedule": {"since": "2026-11-01", "until": "2026-12-01", "hours": [22, 6], "days": [6, 7]},
}  # fmt: skip


def test_moments_times_and_bounds_are_written_spoken_and_come_back_into_the_form(browser, shop):
    with tenant_atomic():
        sku = stocked(1)
    named = {"scope_sku": sku.ref, "scope_brand": sku.product.brand.name}

    browser.post(f"{LIST}new/", EVERYTHING | named)
    made = the_rule()
    path = f"{LIST}{made.ref}/edit/"
    form = browser.get(path).context["form"]
    again = browser.post(path, typed_in(form))

    scope = {"sku": [sku.ref], "brand": [sku.product.brand.name]} | BODY["scope"]
    assert made.body == BODY | {"scope": scope}
    assert (form["as_json"].value(), again.status_code, the_rule().version) == (None, 302, 1)
    with translation.override("zh-hans"):
        said = sentence(body=BODY, currency="CNY")
    assert said == (
        "当同一IP 地址 10 分钟内下单或查看卡密超过 3 次，则挂起审核（判断时机：下单、查看卡密；"
        "仅限渠道：网店；仅限周六、周日；22:00 至 6:00；自 2026-11-01 起；至 2026-12-01（含当日）；"
        "风险分 20）"
    )


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [("en", "guangdong, 浙江", "Guangdong, Zhejiang"), ("zh-hans", "广东，浙江", "广东, 浙江")],
)
def test_values_are_written_and_shown_in_the_readers_words(browser, language, typed, shown):
    browser.post("/office/language/", {"language": language})
    rows = {"f1_fact": "ip_province", "f1_op": "in", "f1_value": typed}

    browser.post(f"{LIST}new/", MANY | rows)
    page = browser.get(f"{LIST}{the_rule().ref}/edit/")

    assert the_rule().body["when"]["all"][1]["value"] == ["广东", "浙江"]
    assert page.context["form"]["f1_value"].value() == shown
    assert 'id="of-ip_province"' in page.content.decode()


def test_a_province_that_there_is_not_is_told_at_its_row(browser):
    rows = {"f1_fact": "ip_province", "f1_op": "=", "f1_value": "Atlantis"}

    answer = browser.post(f"{LIST}new/", MANY | rows)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["f1_value"])


def test_a_rule_says_again_what_it_said_in_an_earlier_version(browser):
    browser.post(f"{LIST}new/", MANY)
    path = f"{LIST}{the_rule().ref}/"
    first = the_rule().body
    browser.post(f"{path}edit/", MANY | {"name": "another", "c1_value": "9"})

    browser.post(f"{path}back/1/")

    assert (the_rule().body, the_rule().name, the_rule().version) == (first, MANY["name"], 3)
    assert f"{path}back/2/" in browser.get(path).content.decode()
    assert browser.post(f"{path}back/4/").status_code == 404


def test_what_two_versions_say_differently_is_told_in_words(browser):
    User.objects.update(language="zh-hans")
    fact = {"f1_fact": "is_first_order", "f1_op": "=", "f1_value": "是"}
    browser.post(f"{LIST}new/", MANY | fact)
    path = f"{LIST}{the_rule().ref}/"
    changed = {"name": "x", "c1_value": "9", "action": "deny", "scope_channel": ["web"]}
    browser.post(f"{path}edit/", MANY | changed)

    page = browser.get(f"{path}versions/")

    assert [(row.what, row.old, row.new) for row in page.context["rows"]] == [
        ("条件", "同一IP 地址 10 分钟内下单超过 3 次", "同一IP 地址 10 分钟内下单超过 9 次"),
        ("条件", "该买家的首单", ""),
        ("名称", "同一 IP 频繁下单", "x"),
        ("则", "挂起审核", "拦截"),
        ("渠道", "", "仅限渠道：网店"),
    ]
    assert f"{path}back/1/" in page.content.decode()
    same = browser.get(f"{path}versions/", {"old": "2", "new": "2"})
    assert same.context["rows"] == []


def counted(op=">", **count):
    said = {"by": "ip", "within": 600, "of": ["order"]} | count
    return {"all": [{"count": said, "op": op, "value": 3}]}


@pytest.mark.parametrize("when", [counted(op="<"), counted(within=90), counted(differ="mail")])
def test_one_that_does_not_fit_the_rows_stands_as_an_expression_and_is_saved_as_it_is(
    browser, when
):
    with tenant_atomic():
        made = make_rule(when, state="off")
    path = f"{LIST}{made.ref}/edit/"

    form = browser.get(path).context["form"]
    browser.post(path, typed_in(form) | {"join": "all"})

    assert when_of(form["expression"].value()) == when
    assert (the_rule().body["when"], the_rule().version) == (when, 1)


def test_one_that_no_field_can_say_stands_as_json_and_is_saved_as_it_is(browser):
    scope = {"sku": ["gone, and with a comma"]}
    with tenant_atomic():
        made = make_rule(counted(), state="off", scope=scope)
    path = f"{LIST}{made.ref}/edit/"

    form = browser.get(path).context["form"]
    browser.post(path, typed_in(form) | {"join": "all"})

    assert json.loads(form["as_json"].value())["scope"] == scope
    assert (the_rule().body["scope"], the_rule().version) == (scope, 1)


def test_the_kill_switch_is_kept(browser):
    browser.post(LIST, {"unanswered": "hold", "hold_minutes": "30"})

    with tenant_atomic():
        kept = Policy.objects.get()
    assert (kept.is_on, kept.unanswered, kept.hold_minutes) == (False, "hold", 30)


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_rules_and_who_may_edit_them_has_the_buttons(shop, role):
    with tenant_atomic():
        made = make_rule(name="Many from one address")

    page = browser_of(shop, role).get(f"{LIST}{made.ref}/").content.decode()

    assert "Many from one address" in page
    assert (f"{LIST}{made.ref}/off/" in page) == ("risk.edit" in RIGHTS[role])


def test_every_kind_of_condition_has_a_sentence():
    parts = [
        {"fact": "amount", "op": ">=", "value": "50.00"},
        {"fact": "sku", "op": "in", "value": ["A", "B"]},
        {"fact": "is_first_order", "op": "=", "value": False},
        {"not": {"fact": "phone_prefix", "op": "starts", "value": "17"}},
        {"any": [
            {"fact": "hour", "op": "<", "value": 6}, {"fact": "kind", "op": "!=", "value": "x"},
        ]},
        {"count": {"by": "device", "within": 86_400, "sums": "amount"}, "op": ">", "value": "9.00"},
        {"count": {"by": "device", "within": 7_200, "differ": "account"}, "op": "<=", "value": 2},
    ]  # fmt: skip
    with translation.override("en"):
        said = sentence(body=body({"all": parts}, action="deny"), currency="CNY")

    assert said == (
        "When amount of the order is at least ¥50.00 and SKU is one of A, B and not first order "
        "of this buyer and not (first three digits of the phone number begins with 17) and (hour "
        "of the day is less than 6 or kind of goods is not x) and one device has more than ¥9.00 "
        "money spent within 1 day and one device has at most 2 different values of: topped-up "
        "account within 2 hours: refuse"
    )
