"""Complaints: evidence, a clock, messages both ways, an end."""

from datetime import timedelta

import pytest

from core.actors import SHOPPER
from core.errors import InvalidInput, NotFound
from orders import services as orders
from orders.errors import CaseClosed, CaseOpen
from orders.models import Case, CaseMessage
from orders.selectors import live_cases, messages_of
from orders.types import OpenCase
from tests.orders.factories import LI, make_case, open_case, paid, placed
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
DAY = timedelta(hours=24)


def test_a_case_keeps_the_history_as_evidence_and_starts_a_clock():
    order = paid()

    case = open_case(order, text="used already", now=NOON)

    assert (case.state, case.due_at) == ("open", NOON + DAY)
    assert [(row["thing"], row["state"]) for row in case.evidence] == [
        ("order", "placed"),
        ("payment", "created"),
        ("payment", "pending"),
        ("payment", "captured"),
        ("order", "paid"),
    ]
    assert [said.text.reveal() for said in messages_of(case_id=case.pk)] == ["used already"]


def test_what_was_said_is_sealed():
    case = open_case(paid(), text="my code is ABCD-1234")

    assert b"ABCD-1234" not in bytes(CaseMessage.objects.get(case=case).body)


def test_a_settled_thing_may_be_complained_about_again():
    order = paid()
    first = open_case(order)
    orders.resolve_case(case_id=first.pk, outcome="rejected", by=LI, reason="no", now=NOON)

    assert open_case(order).state == "open"


def test_nobody_complains_about_what_is_not_paid():
    with pytest.raises(NotFound):
        open_case(placed())


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_message_has_one_to_two_thousand_characters(text):
    order = paid()

    with pytest.raises(InvalidInput):
        open_case(order, text=text)

    assert not Case.objects.exists()


def test_an_unknown_kind_of_complaint_is_refused():
    request = OpenCase(order_id=paid().pk, kind="nonsense", text="hello")

    with pytest.raises(InvalidInput):
        orders.open_case(request=request, by=SHOPPER, now=NOON)


def test_the_shops_answer_stops_the_clock_for_three_days_and_the_shopper_starts_it_again():
    case = open_case(paid())

    orders.say_in_case(case_id=case.pk, text="Looking", by=LI, is_from_shopper=False, now=NOON)
    case.refresh_from_db()
    assert case.due_at == NOON + 3 * DAY

    orders.say_in_case(case_id=case.pk, text="So?", by=SHOPPER, is_from_shopper=True, now=NOON)
    case.refresh_from_db()
    assert case.due_at == NOON + DAY
    assert [said.is_from_shopper for said in messages_of(case_id=case.pk)] == [True, False, True]


def test_a_late_answer_is_flagged_and_an_answer_takes_the_flag_away():
    case = open_case(paid())
    late = NOON + DAY

    assert not orders.flag_overdue(case_id=case.pk, now=late - timedelta(seconds=1))
    assert orders.flag_overdue(case_id=case.pk, now=late)
    case.refresh_from_db()
    assert case.overdue_at == late

    orders.say_in_case(case_id=case.pk, text="Sorry", by=LI, is_from_shopper=False, now=late)
    case.refresh_from_db()
    assert case.overdue_at is None


def test_waiting_for_the_supplier_has_its_own_clock():
    case = open_case(paid())

    orders.ask_supplier(case_id=case.pk, by=LI, now=NOON)

    case.refresh_from_db()
    assert (case.state, case.due_at) == ("waiting_supplier", NOON + 3 * DAY)


def test_a_case_ends_once_and_says_why():
    case = open_case(paid())

    for _ in range(2):
        orders.resolve_case(case_id=case.pk, outcome="rejected", by=LI, reason="Works.", now=NOON)

    case.refresh_from_db()
    assert (case.state, case.ended_at) == ("rejected", NOON)
    assert [move.new for move in case.moves.all()] == ["rejected"]
    assert messages_of(case_id=case.pk)[-1].text.reveal() == "Works."
    with pytest.raises(CaseClosed):
        orders.say_in_case(case_id=case.pk, text="But", by=SHOPPER, is_from_shopper=True, now=NOON)


def test_a_case_ends_in_one_of_three_ways():
    case = open_case(paid())

    with pytest.raises(InvalidInput):
        orders.resolve_case(case_id=case.pk, outcome="open", by=LI, reason="", now=NOON)


@pytest.mark.parametrize(("first", "second"), [(None, 7), (7, None), (7, 7), (None, None)])
def test_what_is_looked_at_already_is_not_complained_of_again(first, second):
    """Nor all of an order while one thing of it is: each would bring a remedy."""
    order = paid()
    known = open_case(order, unit_id=first)

    with pytest.raises(CaseOpen) as why:
        open_case(order, unit_id=second)

    assert why.value.data["case"] == known.ref


def test_two_things_of_an_order_are_complained_of_apart():
    order = paid()

    assert open_case(order, unit_id=7).pk != open_case(order, unit_id=8).pk


def test_who_gets_nothing_is_told_why():
    case = open_case(paid())

    with pytest.raises(InvalidInput) as why:
        orders.resolve_case(case_id=case.pk, outcome="rejected", by=LI, reason="", now=NOON)

    case.refresh_from_db()
    assert (why.value.param, case.state) == ("reason", "open")


def test_live_cases_come_most_urgent_first():
    slow, urgent = make_case(due_at=NOON + DAY), make_case(due_at=NOON)
    make_case(state="replaced")

    assert list(live_cases()) == [urgent, slow]
