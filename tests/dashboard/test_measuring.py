"""How right rules were: by the reviewers' words, and by what came of what they spoke on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from dashboard.measuring import Measured, measurement, stopped_fates
from orders.models import Order
from risk import services as risk
from risk.states import Judgement
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.orders.factories import LI, make_case, make_order
from tests.risk.factories import a_case, assess, make_rule

pytestmark = pytest.mark.django_db(databases="__all__")
DEAR = {"fact": "amount", "op": ">", "value": "1.00"}
NOW = timezone.now()
LATELY, LONG_AGO = NOW - timedelta(hours=1), NOW - timedelta(days=20)


@pytest.fixture
def rule(shop):
    with tenant_atomic():
        return make_rule(DEAR, name="dear", now=NOW - timedelta(days=60))


def spoken_on(*, at=LONG_AGO, said=None, state="completed", **order) -> Order | None:
    """A look on which the rule speaks, of an order that came to this."""
    with tenant_atomic():
        made = make_order(state=state, placed_at=at, **order) if state else None
    subject = made.number if made else "20261101-REFUSED"
    assess(case=a_case(subject=subject), now=at)
    if said:
        risk.review(subject=subject, judgement=said, is_approved=False, reason="", by=LI, now=NOW)
    return made


def measured(rule, *, days=30):
    with tenant_atomic():
        return measurement(days=days, now=NOW).of.get(rule.ref)


@pytest.mark.parametrize(
    ("given", "fate"),
    [
        ({"said": Judgement.FRAUD}, "bad"),
        ({"said": Judgement.FRAUD, "state": "canceled"}, "bad"),
        ({"said": Judgement.HONEST, "at": LATELY}, "honest"),
        ({}, "honest"),
        ({"said": Judgement.UNSURE}, "honest"),
        ({"at": LATELY}, "open"),
        ({"state": "held", "at": LATELY}, "open"),
        ({"state": "canceled"}, "open"),
        ({"state": "closed"}, "open"),
        ({"state": ""}, "open"),
    ],
)
def test_what_came_of_it(rule, given, fate):
    spoken_on(**given)

    assert measured(rule) == Measured(spoke=1, held=1, **{fate: 1})


def test_who_complains_of_what_went_on_was_no_honest_case_unless_a_reviewer_says_so(rule):
    for said in (None, Judgement.HONEST):
        order = spoken_on(said=said)
        with tenant_atomic():
            make_case(order=order)

    assert measured(rule) == Measured(spoke=2, held=2, bad=1, honest=1)
    assert measured(rule).precision == 50


def test_what_is_older_is_not_counted_and_a_trial_holds_nobody(rule):
    with tenant_atomic():
        tried = make_rule(DEAR, name="tried", state="shadow", now=NOW - timedelta(days=60))
    spoken_on()

    assert measured(rule, days=7) is None
    assert (measured(tried).spoke, measured(tried).held) == (1, 0)


def test_who_looks_an_honest_order_up_and_is_refused_says_nothing_of_it(shop):
    with tenant_atomic():
        rule = make_rule(
            {"fact": "hour", "op": "<", "value": 24}, moments=["order", "look_up"], action="deny",
            now=NOW - timedelta(days=60),
        )  # fmt: skip
    made = spoken_on(said=Judgement.HONEST)
    for _each in range(3):
        assess(case=a_case(subject=made.number, moment="look_up"), now=LATELY)

    with tenant_atomic():
        stopped = stopped_fates(days=30, now=NOW)
    assert measured(rule) == Measured(spoke=4, refused=4, honest=1, open=3)
    assert (stopped.spoke, stopped.honest) == (1, 1)


def test_nothing_known_is_no_number(rule):
    spoken_on(at=LATELY)

    assert measured(rule).precision is None


def test_the_office_says_it_in_words(shop, rule):
    for said in (Judgement.FRAUD, Judgement.HONEST, Judgement.HONEST, None):
        spoken_on(said=said, at=LATELY)
    browser = browser_of(shop, Role.VIEWER)

    for path in ("/office/rules/?days=30", f"/office/rules/{rule.ref}/?days=30"):
        page = browser.get(path).content.decode()

        assert "spoke 4 times (held 4, refused 0): 1 bad, 2 honest, 1 open;" in page
        assert "precision 33 %" in page
