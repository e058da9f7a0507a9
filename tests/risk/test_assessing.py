"""A look: rules and lists against facts and counts, and what is written down of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from risk import services as risk
from risk.models import Assessment, ListEntry, Rule
from risk.states import Unanswered
from risk.types import NewListing, RuleTerms
from tests.risk.factories import MANY_FROM_ONE_ADDRESS, ZHAO, a_case, assess, make_rule, names_of
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("shop"),
]  # fmt: skip
DEAR = {"fact": "amount", "op": ">", "value": "50.00"}
SECOND = timedelta(seconds=1)


def look(case=None, *, now=NOON, **more):
    return assess(case=case or a_case(**more), now=now)


def test_without_rules_everything_passes_and_is_remembered():
    verdict = look(subject="N1", brand="Youku")

    assert (verdict.action, verdict.spoken) == ("pass", ())
    with tenant_atomic():
        kept = Assessment.objects.get()
        assert (kept.subject, kept.action, kept.amount_e4) == ("N1", "pass", 100_000)
        assert kept.facts["brand"] == "Youku"
        assert "203.0.113.7" not in str(kept.facts)


def test_the_fourth_from_one_address_is_held_and_the_rule_is_named():
    with tenant_atomic():
        rule = make_rule(name="one address, many orders")

    actions = [look(now=NOON + at * SECOND).action for at in range(4)]

    assert actions == ["pass", "pass", "pass", "hold"]
    with tenant_atomic():
        last = Assessment.objects.latest("pk")
        assert [(one["rule"], one["version"], one["name"]) for one in last.spoken] == [
            (rule.ref, 1, "one address, many orders")
        ]


def test_openings_count_with_orders_where_the_rule_says_so():
    with tenant_atomic():
        make_rule(moments=["order", "open"])

    for at in range(3):
        look(moment="open", now=NOON + at * SECOND)

    assert look(now=NOON + 3 * SECOND).action == "hold"


def test_another_address_is_another_count_and_so_is_another_time():
    with tenant_atomic():
        make_rule()

    for at in range(3):
        look(now=NOON + at * SECOND)

    assert look(ip="203.0.113.8", now=NOON).action == "pass"
    assert look(now=NOON + timedelta(minutes=12)).action == "pass"


def test_sums_and_different_ones_are_counted_too():
    with tenant_atomic():
        spent = {"count": {"by": "device", "within": 3600, "sums": "amount"}, "op": ">",
                 "value": "25.00"}  # fmt: skip
        many = {"count": {"by": "device", "within": 3600, "differ": "account"}, "op": ">",
                "value": 2}  # fmt: skip
        make_rule(spent, name="spent", action="warn")
        make_rule(many, name="many", action="deny")

    names = [
        names_of(look(device="D1", account=f"A{at // 2}", now=NOON + at * SECOND))
        for at in range(6)
    ]

    assert names == [(), (), ("spent",), ("spent",), ("spent", "many"), ("spent", "many")]


def test_the_hardest_word_counts_and_a_trial_has_none():
    with tenant_atomic():
        make_rule(DEAR, name="tag", action="tag")
        make_rule(DEAR, name="hold", action="hold", hold_minutes=30, then="release")
        make_rule(DEAR, name="deny", action="deny", state="shadow")

    verdict = look(amount=600_000)

    assert (verdict.action, verdict.hold_minutes, verdict.then) == ("hold", 30, "release")
    assert names_of(verdict) == ("tag", "hold")
    assert [one.name for one in verdict.spoken] == ["tag", "hold", "deny"]


def test_the_kill_switch_lets_everything_pass_and_writes_down_what_would_have_been():
    with tenant_atomic():
        make_rule(DEAR, action="deny")
        risk.set_policy(is_on=False, unanswered=Unanswered.TAG, hold_minutes=60, by=ZHAO, now=NOON)

    verdict = look(amount=600_000)

    assert verdict.action == "pass"
    assert len(verdict.spoken) == 1


@pytest.mark.parametrize(
    ("listing", "trait", "value", "action"),
    [
        ("block", "ip", "203.0.113.7", "deny"),
        ("block", "net", "203.0.113.0/24", "deny"),
        ("block", "phone", "+8613800138000", "deny"),
        ("block", "phone", "138 0013 8000", "deny"),
        ("block", "mail_domain", "Throwaway.example", "deny"),
        ("allow", "ip", "203.0.113.7", "pass"),
        ("watch", "device", "D1", "hold"),
        ("block", "ip", "203.0.113.8", "hold"),
    ],
)
def test_who_is_listed_is_known(listing, trait, value, action):
    with tenant_atomic():
        make_rule(DEAR)
        entry = NewListing(listing=listing, trait=trait, value=value, reason="test")
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)

    verdict = look(
        amount=600_000, device="D1", phone="+8613800138000", mail_domain="throwaway.example"
    )

    assert verdict.action == action


def lists_named(*named):
    entries = [NewListing(listing=one, trait=trait, value=value) for one, trait, value in named]
    with tenant_atomic():
        risk.add_to_list(entries=entries, by=ZHAO, now=NOON)


ALLOWED_PHONE = ("allow", "phone", "+8613800138000")
BLOCKED_DEVICE = ("block", "device", "D1")


@pytest.mark.parametrize(
    ("allowed", "blocked", "person", "action"),
    [
        (ALLOWED_PHONE, BLOCKED_DEVICE, None, "deny"),
        (ALLOWED_PHONE, ("block", "ip", "203.0.113.7"), "slider", "deny"),
        (ALLOWED_PHONE, ("block", "net", "203.0.113.0/24"), "mail", "deny"),
        (("allow", "mail", "li@good.example"), BLOCKED_DEVICE, "sms", "deny"),
        (("allow", "mail_domain", "good.example"), BLOCKED_DEVICE, "", "deny"),
        (("allow", "account", "A1"), BLOCKED_DEVICE, "sms", "deny"),
        (ALLOWED_PHONE, BLOCKED_DEVICE, "sms", "pass"),
        (("allow", "mail_domain", "good.example"), BLOCKED_DEVICE, "mail", "pass"),
        (("allow", "ip", "203.0.113.7"), BLOCKED_DEVICE, None, "pass"),
        (("allow", "net", "203.0.112.0/23"), BLOCKED_DEVICE, None, "pass"),
        (ALLOWED_PHONE, ("block", "account", "A1"), None, "pass"),
    ],
)
def test_what_anybody_can_type_lifts_no_block_of_a_device_or_network(
    allowed, blocked, person, action
):
    lists_named(allowed, blocked)
    case = a_case(
        subject="N1", device="D1", phone="+8613800138000", mail="li@good.example", account="A1",
        mail_domain="good.example",
    )  # fmt: skip

    verdict = look(replace(case, person=person))

    spoken = [one.rule for one in verdict.spoken]
    assert spoken == (["list:unproven", "list:block"] if action == "deny" else ["list:allow"])
    assert verdict.action == action
    assert risk.judge_again(subject="N1", now=NOON).action == action


def test_whose_allowance_does_not_count_is_asked_the_rules():
    with tenant_atomic():
        make_rule(DEAR, name="dear", action="warn")
    lists_named(ALLOWED_PHONE, BLOCKED_DEVICE, ("watch", "ip", "203.0.113.7"))

    verdict = look(device="D1", phone="+8613800138000", amount=600_000)

    assert [one.rule for one in verdict.spoken][:3] == ["list:unproven", "list:block", "list:watch"]
    assert names_of(verdict)[3:] == ("dear",)


def test_a_listing_ends():
    with tenant_atomic():
        until = NOON + timedelta(hours=1)
        entry = NewListing(listing="block", trait="device", value="D1", until=until)
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)

    assert look(device="D1").action == "deny"
    assert look(device="D1", now=until).action == "pass"


def test_a_rule_may_ask_who_is_watched():
    with tenant_atomic():
        make_rule({"fact": "is_watched", "op": "=", "value": True}, action="hold")
        entry = NewListing(listing="watch", trait="device", value="D1")
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)

    assert [look(device=one).action for one in ("D1", "D2")] == ["hold", "pass"]


def judged_again(count=4):
    later = NOON + 5 * SECOND
    return [risk.judge_again(subject=f"N{at}", now=later).action for at in range(count)]


def test_who_comes_later_does_not_make_an_earlier_order_suspicious():
    with tenant_atomic():
        make_rule(MANY_FROM_ONE_ADDRESS)
    for at in range(4):
        look(subject=f"N{at}", now=NOON + at * SECOND)

    assert judged_again() == ["pass", "pass", "pass", "hold"]
    assert risk.judge_again(subject="unknown", now=NOON).action == "pass"


def test_a_rule_that_came_since_is_asked_when_the_order_is_paid():
    for at in range(4):
        look(subject=f"N{at}", now=NOON + at * SECOND)
    with tenant_atomic():
        make_rule(MANY_FROM_ONE_ADDRESS, now=NOON + 4 * SECOND)

    assert judged_again() == ["hold"] * 4
    with tenant_atomic():
        assert set(Assessment.objects.values_list("action", flat=True)) == {"hold"}


def test_a_harder_proof_that_a_rule_wants_since_is_not_given_by_an_easier_one():
    with tenant_atomic():
        rule = make_rule(DEAR, action="verify")
        looked = risk.look(case=a_case(subject="N1", amount=600_000), now=NOON)
        looked.row.verified = "slider"
        risk.keep_look(looked=looked)
        assert risk.judge_again(subject="N1", now=NOON).action == "verify"
        harder = RuleTerms(name=rule.name, body=rule.body | {"proof": "mail"})
        risk.change_rule(rule_id=rule.pk, terms=harder, by=ZHAO, now=NOON + SECOND)

        assert risk.judge_again(subject="N1", now=NOON + 2 * SECOND).action == "hold"


def test_the_same_facts_are_the_same_verdict():
    with tenant_atomic():
        make_rule(DEAR)

    first = look(amount=600_000, subject="N1")
    again = risk.judge_again(subject="N1", now=NOON)

    assert again == first


def test_who_is_blocked_between_placing_and_paying_is_blocked():
    allowed = NewListing(listing="allow", trait="device", value="D1")
    with tenant_atomic():
        risk.add_to_list(entries=[allowed], by=ZHAO, now=NOON)
    assert look(subject="N1", device="D1").action == "pass"
    blocked = NewListing(listing="block", trait="device", value="D1")
    with tenant_atomic():
        assert risk.add_to_list(entries=[blocked], by=ZHAO, now=NOON) == 1

    assert risk.judge_again(subject="N1", now=NOON).action == "deny"


def test_a_blocked_network_is_still_known_when_the_order_is_paid():
    entry = NewListing(listing="watch", trait="net", value="203.0.113.0/24")
    with tenant_atomic():
        make_rule({"fact": "is_watched", "op": "=", "value": True})
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)
    look(subject="N1")

    assert risk.judge_again(subject="N1", now=NOON).action == "hold"


def test_a_rule_that_cannot_be_read_refuses_nobody():
    with tenant_atomic():
        rule = make_rule(DEAR)
        make_rule({"fact": "amount", "op": ">", "value": "1.00"}, name="good", action="warn")
        Rule.objects.filter(pk=rule.pk).update(body={"moments": ["order"], "colour": "red"})

    assert names_of(look(amount=600_000)) == ("good",)


def test_who_was_allowed_when_ordering_and_is_not_any_more_is_asked_the_rules_when_paying():
    allowed = NewListing(listing="allow", trait="device", value="D1")
    with tenant_atomic():
        make_rule(DEAR, now=NOON - SECOND)
        risk.add_to_list(entries=[allowed], by=ZHAO, now=NOON - SECOND)
    for subject in ("N1", "N2"):
        assert look(subject=subject, device="D1", amount=600_000).action == "pass"

    assert risk.judge_again(subject="N1", now=NOON).action == "pass"
    with tenant_atomic():
        risk.drop_from_list(entry_ids=[ListEntry.objects.get().pk], by=ZHAO, now=NOON)
    assert risk.judge_again(subject="N2", now=NOON).action == "hold"


def test_what_was_said_first_is_kept_beside_what_was_said_when_it_was_paid():
    with tenant_atomic():
        make_rule(DEAR, name="tags", action="tag", now=NOON - SECOND)
    look(subject="N1", amount=600_000)
    with tenant_atomic():
        make_rule(DEAR, name="holds", now=NOON + SECOND)

    risk.judge_again(subject="N1", now=NOON + 2 * SECOND)

    with tenant_atomic():
        kept = Assessment.objects.get()
    assert [one["name"] for one in kept.spoken] == ["tags", "holds"]
    assert (kept.action, kept.again_at) == ("hold", NOON + 2 * SECOND)
    assert kept.first_said["action"] == "tag"
    assert [one["name"] for one in kept.first_said["spoken"]] == ["tags"]


def test_who_is_off_the_lists_for_ninety_days_is_forgotten():
    with tenant_atomic():
        entry = NewListing(listing="block", trait="device", value="D1")
        risk.add_to_list(entries=[entry], by=ZHAO, now=NOON)
        risk.drop_from_list(entry_ids=[ListEntry.objects.get().pk], by=ZHAO, now=NOON)

    assert risk.forget_old(NOON + timedelta(days=90)) == 0
    assert risk.forget_old(NOON + timedelta(days=90, seconds=1)) == 1
    with tenant_atomic():
        assert not ListEntry.objects.exists()


@pytest.mark.parametrize(
    ("ips", "ip_differs", "net_differs"),
    [
        (("2001:db8:1:2::1", "2001:db8:1:2::9"), False, False),
        (("2001:db8:1:2::1", "2001:db8:1:3::1"), True, False),
        (("2001:db8:1::1", "2001:db8:2::1"), True, True),
        (("203.0.113.7", "::ffff:203.0.113.7"), False, False),
        (("::ffff:203.0.113.7", "::ffff:198.51.100.7"), True, True),
        (("fe80::1%eth0", "fe80::1"), False, False),
    ],
)
def test_a_customer_of_ipv6_is_one_whichever_of_his_addresses_he_takes(
    ips, ip_differs, net_differs
):
    for ip in ips:
        look(ip=ip)

    with tenant_atomic():
        kept = [(bytes(one.ip), bytes(one.net)) for one in Assessment.objects.all()]
    assert [one != other for one, other in zip(*kept, strict=True)] == [ip_differs, net_differs]
