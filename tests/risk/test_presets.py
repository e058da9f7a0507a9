"""Ready sets of rules: what they stop, whom they let pass, and what choosing another one does."""

from datetime import timedelta

import pytest
from django.utils import translation

from risk import services as risk
from risk.bodies import read_body
from risk.errors import MatchesEverything
from risk.models import Policy, Rule
from risk.presets import rules_of
from risk.selectors import preset_changes, sentence
from risk.states import Preset
from risk.types import RuleTerms
from tests.risk.factories import ZHAO, a_case, assess, make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
CHEAP = {"amount": 100_000}
NEW = {"buyer_age_hours": 0, "is_first_order": True, "orders_before": 0}


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """What is not counted in time passes, as it should; on a busy machine that is no verdict."""
    monkeypatch.setattr("risk.selectors.counts.BUDGET_MS", 5_000)


def install(preset="standard", *, state="on", **more):
    return risk.install(preset=preset, state=state, by=ZHAO, now=NOON, **more)


def stopped(cases, *, every=timedelta(seconds=20)):
    """How many of so many orders, one after another, do not simply pass."""
    verdicts = [assess(case=case, now=NOON + every * at) for at, case in enumerate(cases)]
    return sum(one.action in ("hold", "deny") for one in verdicts)


def buyer(number, **more):
    said = {"device": f"device {number}", "phone": f"+8613800{number:06}"}
    return a_case(**NEW | said | {"ip": f"198.51.{number % 200}.{number // 200 + 1}"} | more)


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("currency", ["CNY", "USD", "JPY"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rule_of_every_preset_can_be_read_and_said(preset, currency, language):
    with translation.override(language):
        for one in rules_of(preset=preset, currency=currency):
            assert read_body(one.body).moments
            assert sentence(body=one.body, currency=currency)
            assert len(str(one.name)) <= 80


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(
    ("cases", "passing"),
    [
        ([buyer(at, ip="203.0.113.7", **CHEAP) for at in range(60)], 4),  # a sweep from one address
        ([buyer(at, ip=f"203.0.113.{at}", **CHEAP) for at in range(120)], 5),  # of new ones, /24
        ([buyer(at, ip="", device="one", amount=10_000) for at in range(60)], 3),  # probing cards
        ([buyer(at, account="13900001111", ip="") for at in range(60)], 3),  # one account
        ([buyer(1, ip="", account=f"acc {at}", amount=10**7) for at in range(60)], 4),
    ],
)
def test_the_standard_preset_stops_an_attack_after_a_few(cases, passing):
    install()

    assert stopped(cases) == len(cases) - passing


@pytest.mark.usefixtures("scope")
def test_the_standard_preset_lets_a_family_and_an_office_buy():
    install()
    family = [buyer(at, ip="203.0.113.7", amount=300_000) for at in range(4)]
    known = {"buyer_age_hours": 400, "is_first_order": False, "orders_before": 9}
    office = [buyer(100 + at, ip="203.0.113.8", **known) for at in range(15)]

    assert stopped(family + office, every=timedelta(seconds=35)) == 0


@pytest.mark.usefixtures("scope")
def test_another_preset_replaces_the_presets_rules_and_no_others():
    own = make_rule(name="Ours", state="shadow")
    install("strict")
    theirs = Rule.objects.get(preset="probing")
    risk.change_rule(
        rule_id=theirs.pk, by=ZHAO, now=NOON,
        terms=RuleTerms(name=theirs.name, body=theirs.body | {"action": "tag"}),
    )  # fmt: skip

    told = install("loose", state="shadow")

    assert told == {"changed": 7, "own": 1, "gone": 1}
    states = dict(Rule.objects.values_list("preset", "state"))
    assert (states[""], states["probing"], states["first_of_much"]) == ("shadow", "on", "off")
    assert states["ip_orders"] == "shadow"
    assert Rule.objects.get(preset="probing").body["action"] == "tag"
    assert Rule.objects.get(pk=own.pk).version == 1
    assert Policy.objects.get().preset == "loose"
    assert {str(one.change) for one in preset_changes(preset=Preset.LOOSE)} == {"same", "own"}


@pytest.mark.usefixtures("scope")
def test_choosing_the_same_again_changes_nothing_and_a_taken_name_is_gone_round():
    make_rule(name="A new buyer buys many cheap things", state="off")
    with translation.override("en"):
        install()

    assert install() == {"same": 8}
    assert set(Rule.objects.exclude(preset="").values_list("version", flat=True)) == {1}
    assert Rule.objects.get(preset="new_cheap").name == "A new buyer buys many cheap things (2)"


@pytest.mark.usefixtures("scope")
def test_a_preset_that_would_stop_half_of_a_week_is_switched_on_by_who_is_sure():
    for at in range(40):
        assess(case=buyer(at, device="one"), now=NOON - timedelta(minutes=5))

    with pytest.raises(MatchesEverything) as refusal:
        install()

    assert refusal.value.data == {"spoken": 37, "looked_at": 40}
    assert not Rule.objects.exists()
    assert install(is_sure=True) == {"new": 8}
