"""A merchant reads what a ready set of rules would do, and chooses it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from risk.models import Policy, Rule
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.risk.factories import a_case, assess, make_rule

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE = "/office/rules/presets/"


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def states():
    with tenant_atomic():
        return sorted(set(Rule.objects.exclude(preset="").values_list("state", flat=True)))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["", "loose/", "standard/", "strict/"])
def test_each_set_is_read_in_words(browser, language, name):
    browser.post("/office/language/", {"language": language})

    page = browser.get(f"{PAGE}{name}")

    assert page.status_code == 200
    assert {row["words"] for row in page.context["rows"]} == {"new" if language == "en" else "新增"}
    assert len(page.context["rows"]) == (9 if name == "strict/" else 8)


def test_the_page_says_what_the_last_week_would_have_been(browser):
    for at in range(30):
        now = timezone.now() - timedelta(seconds=100 - at)
        assess(case=a_case(device="one", phone=f"+861380000{at:04}"), now=now)

    trial = browser.get(f"{PAGE}standard/").context["trial"]

    assert (trial.spoken, trial.looked_at) == (27, 30)


def test_it_is_put_on_trial_then_switched_on_and_another_replaces_it(browser):
    with tenant_atomic():
        make_rule(name="ours", state="off")

    browser.post(f"{PAGE}standard/shadow/")
    assert states() == ["shadow"]
    browser.post(f"{PAGE}standard/on/")
    assert states() == ["on"]
    browser.post(f"{PAGE}loose/on/")

    assert states() == ["on"]
    with tenant_atomic():
        assert Policy.objects.get().preset == "loose"
        assert Rule.objects.get(name="ours").state == "off"
    words = [row["words"] for row in browser.get(PAGE).context["rows"]]
    assert words == ["as it stands"] * 8


def test_one_that_stops_half_of_the_week_is_switched_on_by_who_is_sure(browser):
    for at in range(30):
        now = timezone.now() - timedelta(seconds=100 - at)
        assess(case=a_case(device="one", phone=f"+861380000{at:04}"), now=now)

    refused = browser.post(f"{PAGE}standard/on/")
    assert (refused.status_code, states()) == (409, [])
    browser.post(f"{PAGE}standard/on/", {"sure": "on"})

    assert states() == ["on"]


@pytest.mark.parametrize("path", ["nothing/", "nothing/on/", "standard/off/", "standard/x/"])
def test_what_is_not_there_is_not_found(browser, path):
    method = browser.post if path.count("/") > 1 else browser.get

    assert method(f"{PAGE}{path}").status_code == 404
    assert states() == []


@pytest.mark.parametrize("role", Role.values)
def test_who_sees_rules_reads_and_who_edits_chooses(shop, role):
    page = browser_of(shop, role).get(PAGE)

    assert (page.status_code == 200) == ("risk.view" in RIGHTS[role])
    assert ("standard/on/" in page.content.decode()) == ("risk.edit" in RIGHTS[role])
