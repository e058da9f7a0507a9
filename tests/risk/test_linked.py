"""What links one look to others, and how often rules spoke."""

from datetime import timedelta

import pytest
from django.db import connection

from core.scope import tenant_atomic
from risk import services as risk
from risk.models import Assessment
from risk.selectors import assessments_of, judgements_of, links_of, looks_that_spoke
from risk.selectors.linked import MOST_LINKED, MOST_LOOKS
from risk.states import Judgement
from tests.emptying import new_tables
from tests.risk.factories import ZHAO, a_case, assess, make_rule
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("shop"),
]  # fmt: skip
SECOND = timedelta(seconds=1)


def look(subject, *, now=NOON, **more):
    return assess(case=a_case(subject=subject, **more), now=now)


def links(subject="N1"):
    with tenant_atomic():
        return links_of(looks=assessments_of(subject=subject))


def test_what_shares_most_stands_first_and_nobody_is_linked_to_himself():
    look("N1", device="D1", phone="+8613800138000")
    look("N2", ip="198.51.100.1", device="D1", now=NOON + SECOND)
    look("N3", ip="203.0.113.99", phone="+8613800138000", device="D1", now=NOON - SECOND)
    look("N4", ip="192.0.2.1")

    found = links()

    assert [(one.subject, one.traits) for one in found.shown] == [
        ("N3", ("net", "device", "phone")), ("N2", ("device",)),
    ]  # fmt: skip
    assert found.counts == {"net": 1, "device": 2, "phone": 1}
    assert (found.full, found.more) == (frozenset(), 0)


def test_a_busy_trait_is_looked_through_to_a_bound_and_says_so():
    look("N1")
    with tenant_atomic():
        ip = Assessment.objects.get().ip
        Assessment.objects.bulk_create(
            Assessment(
                moment="order", at=NOON + at * SECOND, subject=f"B{at}", ip=ip, action="pass"
            )
            for at in range(MOST_LOOKS + 20)
        )

    found = links()

    assert len(found.shown) == MOST_LINKED
    assert found.shown[0].subject == f"B{MOST_LOOKS + 19}"
    assert found.counts["ip"] == MOST_LOOKS
    assert found.full == {"ip"}
    assert found.more == MOST_LOOKS - MOST_LINKED


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            lambda: Assessment.objects.filter(device=b"x").order_by("-at")[:9],
            "assessment_by_device",
        ),
        (
            lambda: Assessment.objects.exclude(spoken=[]).filter(at__gt=NOON).order_by("-at")[:9],
            "assessment_spoken",
        ),
    ],
)
def test_both_are_found_by_an_index_of_their_own(rows, index):
    with new_tables(), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")

        assert index in rows().explain()


def test_looks_that_spoke_say_what_each_rule_wanted():
    dear = {"fact": "amount", "op": ">", "value": "1.00"}
    with tenant_atomic():
        on = make_rule(dear, name="on", now=NOON - SECOND)
        tried = make_rule(dear, name="tried", state="shadow", now=NOON - SECOND)
    look("N1")
    look("N2", amount=100)

    with tenant_atomic():
        found = looks_that_spoke(since=NOON - SECOND, until=NOON)

    assert [(one.subject, one.wanted) for one in found] == [("N1", {on.ref: "hold", tried.ref: ""})]


def test_the_last_word_on_a_subject_counts():
    for word in (Judgement.FRAUD, Judgement.HONEST):
        risk.review(subject="N1", judgement=word, is_approved=True, reason="", by=ZHAO, now=NOON)

    with tenant_atomic():
        assert judgements_of(subjects=["N1", "N2"]) == {"N1": Judgement.HONEST}
