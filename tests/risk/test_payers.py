"""Who paid is known once an order is paid, and then counts: its rules, counts and lists."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.secrets import Secret
from risk import services as risk
from risk.models import Assessment, ListEntry
from risk.types import NewListing
from tests.risk.factories import ZHAO, a_case, assess, make_rule
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("shop"),
]  # fmt: skip
LI, WANG = Secret("2088000000000001"), Secret("2088000000000002")
SECOND = timedelta(seconds=1)
OFTEN = {"count": {"by": "payer", "within": 3600}, "op": ">", "value": 2}
MUCH = {"count": {"by": "payer", "within": 3600, "sums": "amount"}, "op": ">", "value": "25.00"}
MANY = {"count": {"by": "device", "within": 3600, "differ": "payer"}, "op": ">", "value": 2}


def paid(number, payer, *, repeats=1, **more):
    """The verdict on an order that is placed and paid at once; its notice may be repeated."""
    now = NOON + number * SECOND
    placed = assess(case=a_case(subject=f"20261128-AAAAAAAAA{number}", **more), now=now)
    assert placed.action == "pass"
    for _each in range(repeats):
        again = risk.look_again(subject=f"20261128-AAAAAAAAA{number}", payer=payer, now=now)
    return risk.keep_again(again=again, now=now).action


def rule(when, **more):
    with tenant_atomic():
        return make_rule(when, now=NOON - SECOND, **more)


@pytest.mark.parametrize("is_remembered", [True, False])
@pytest.mark.parametrize(
    ("when", "payers"),
    [(OFTEN, (LI, LI, LI)), (MUCH, (LI, LI, LI)), (MANY, (LI, WANG, Secret("c")))],
)
def test_the_third_by_one_payer_or_on_one_device_is_held_when_it_is_paid(
    when, payers, is_remembered
):
    rule(when)
    if is_remembered:
        risk.rebuild(now=NOON)

    said = [paid(at, payer, device="D1", repeats=2) for at, payer in enumerate(payers)]

    assert said == ["pass", "pass", "hold"]
    assert paid(4, None, device="D2") == "pass"


def test_who_paid_is_counted_again_from_what_is_stored():
    rule(OFTEN)
    risk.rebuild(now=NOON)
    for at in range(2):
        paid(at, LI)
    cache.client().flushdb()
    risk.rebuild(now=NOON + 3 * SECOND)

    assert [paid(4, WANG), paid(5, LI)] == ["pass", "hold"]


def test_only_a_digest_of_him_is_kept():
    rule(OFTEN)

    paid(1, LI)

    with tenant_atomic():
        kept = Assessment.objects.get()
    assert len(bytes(kept.payer)) == 16
    assert LI.reveal() not in str(kept.__dict__)


def test_what_a_rule_said_when_it_was_placed_is_not_unsaid_when_it_is_paid():
    few = {"count": {"by": "payer", "within": 3600}, "op": "<", "value": 1}
    rule(few, action="hold")
    assess(case=a_case(subject="N1"), now=NOON)

    assert risk.look_again(subject="N1", payer=LI, now=NOON).verdict.action == "hold"


@pytest.mark.parametrize("value", [LI.reveal(), "20261128-AAAAAAAAA1"])
@pytest.mark.parametrize(("listing", "action"), [("block", "deny"), ("allow", "pass")])
def test_a_payer_is_listed_by_his_account_or_by_an_order_that_he_paid(value, listing, action):
    rule({"fact": "amount", "op": ">", "value": "50.00"})
    paid(1, LI)
    with tenant_atomic():
        entries = [NewListing(listing=listing, trait="payer", value=value)]
        risk.add_to_list(entries=entries, by=ZHAO, now=NOON)
        if listing == "allow":
            blocked = NewListing(listing="block", trait="ip", value="203.0.113.7")
            risk.add_to_list(entries=[blocked], by=ZHAO, now=NOON + 2 * SECOND)
        shown = ListEntry.objects.filter(trait="payer").get().shown

    again = [
        risk.look_again(subject="20261128-AAAAAAAAA1", payer=payer, now=NOON).verdict.action
        for payer in (LI, None)
    ]

    assert again == [action] * 2
    assert LI.reveal() not in shown


def test_an_order_that_nobody_is_known_to_have_paid_names_no_payer():
    paid(1, None)
    entry = NewListing(listing="block", trait="payer", value="20261128-AAAAAAAAA1")

    with tenant_atomic(), pytest.raises(InvalidInput, match=r"付款账号|not known who paid"):
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)


def opened(number, device):
    """The verdict on who opens the codes of an order from this device."""
    case = a_case(moment="open", subject=f"20261128-AAAAAAAAA{number}", device=device)
    return assess(case=case, now=NOON + (number + 10) * SECOND).action


@pytest.mark.parametrize("is_remembered", [True, False])
def test_the_codes_that_one_payer_bought_are_counted_as_they_are_opened(is_remembered):
    count = {"by": "payer", "within": 3600, "of": ["open"], "differ": "device"}
    rule({"count": count, "op": ">", "value": 1}, moments=["open"])
    if is_remembered:
        risk.rebuild(now=NOON)
    for number, payer in enumerate((LI, LI, WANG, None)):
        paid(number, payer)

    assert [opened(at, f"D{at}") for at in range(4)] == ["pass", "hold", "pass", "pass"]
    cache.client().flushdb()
    risk.rebuild(now=NOON + 30 * SECOND)
    assert opened(1, "D1") == "hold"


def test_the_codes_of_an_order_that_a_blocked_payer_paid_stay_closed():
    rule(OFTEN)
    paid(1, LI)
    paid(2, WANG)
    with tenant_atomic():
        entry = NewListing(listing="block", trait="payer", value=LI.reveal())
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)

    assert [opened(1, "D1"), opened(2, "D2")] == ["deny", "pass"]
