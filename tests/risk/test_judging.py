"""What happens at a sign-up or a coupon's use is judged in one call."""

import pytest

from core.secrets import Secret
from risk import services as risk
from risk.errors import ConditionWrong
from risk.models import Assessment
from risk.states import Action, Moment
from risk.types import Case, NewListing
from tests.risk.factories import ZHAO, make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db
INVITED = {"fact": "is_invited", "op": "=", "value": True}
DEAR = {"fact": "discount", "op": ">", "value": "50.00"}


def sign_up(device="d1", **facts):
    return Case(moment=Moment.SIGN_UP, subject="", facts=facts, traits={"device": Secret(device)})


@pytest.mark.parametrize(
    ("person", "wanted", "kept"),
    [
        ("", Action.VERIFY, ("verify", "")),
        ("slider", Action.VERIFY, ("verify", "slider")),
        (None, Action.HOLD, ("hold", "")),
    ],
)
def test_a_sign_up_is_judged_and_written_down(scope, person, wanted, kept):
    make_rule(INVITED, moments=["sign_up"], action="verify")

    verdict = risk.judge(case=sign_up(is_invited=True), person=person, now=NOON)
    free = risk.judge(case=sign_up("d2", is_invited=False), person="", now=NOON)

    assert (verdict.action, free.action) == (wanted, Action.PASS)
    first = Assessment.objects.order_by("pk").first()
    assert (first.action, first.verified) == kept


def test_an_allowed_phone_opens_no_sign_up_to_a_blocked_device_until_a_code_proves_it(scope):
    entries = [
        NewListing(listing="allow", trait="phone", value="+8613800138000"),
        NewListing(listing="block", trait="device", value="d1"),
    ]
    risk.add_to_list(entries=entries, by=ZHAO, now=NOON)
    traits = {"device": Secret("d1"), "phone": Secret("+8613800138000")}
    case = Case(moment=Moment.SIGN_UP, subject="", facts={}, traits=traits)

    said = [risk.judge(case=case, person=one, now=NOON).action for one in ("", "slider", "sms")]

    assert said == [Action.DENY, Action.DENY, Action.PASS]


def test_a_coupon_is_judged_by_what_it_takes_off_and_sign_ups_are_counted(scope):
    often = {"count": {"by": "device", "within": 600, "of": ["sign_up"]}, "op": ">", "value": 1}
    make_rule({"all": [DEAR, often]}, moments=["coupon"], action="deny")
    case = Case(
        moment=Moment.COUPON, subject="C1", facts={"discount": 600_000, "coupon": "C1"},
        traits={"device": Secret("d1")},
    )  # fmt: skip

    said = [risk.judge(case=case, person="", now=NOON).action]
    for _each in range(2):
        risk.judge(case=sign_up(), person="", now=NOON)
        said.append(risk.judge(case=case, person="", now=NOON).action)

    assert said == [Action.PASS, Action.PASS, Action.DENY]


def test_what_is_known_at_a_sign_up_only_is_asked_there_only(scope):
    with pytest.raises(ConditionWrong):
        make_rule(INVITED, moments=["order"])
