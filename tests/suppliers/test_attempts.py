"""Never bought twice: one attempt that may have bought it, whatever the network did."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError

from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.errors import BoughtAlready
from suppliers.models import Attempt, AttemptMove
from suppliers.services import attempts
from suppliers.services.recording import ABSENCES, WAITS
from suppliers.states import NOTHING_BOUGHT, AttemptState
from tests.suppliers.factories import CARD, begun, make_offer, sent, told
from tests.times import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def test_an_attempt_has_a_number_that_every_protocol_takes():
    attempt = begun()

    assert re.fullmatch(r"[A-Za-z0-9]{8,32}", attempt.number)
    assert attempt.number != begun(unit_id=2).number


def test_one_caller_sends_it_and_every_other_asks():
    attempt = begun()

    assert services.mark_sent(attempt_id=attempt.pk, now=NOON) is True
    assert services.mark_sent(attempt_id=attempt.pk, now=NOON) is False


@pytest.mark.parametrize("outcome", ["accepted", "unknown", "success"])
def test_while_something_may_have_been_bought_nothing_else_is(outcome):
    told(sent(), outcome)

    with pytest.raises(BoughtAlready):
        begun()


@pytest.mark.parametrize(("took_ms", "wait"), [(1500, 0), (500, 5)])
def test_a_callback_that_comes_while_it_is_asked_has_it_asked_again(took_ms, wait):
    attempt, answered = sent(), NOON + timedelta(seconds=2)
    Attempt.objects.update(next_at=NOON + timedelta(seconds=1))  # what a callback does

    asked = told(attempt, "unknown", now=answered, took_ms=took_ms)

    assert asked.next_at == answered + timedelta(seconds=wait)


def test_before_it_is_sent_too_there_is_only_one():
    begun()

    with pytest.raises(BoughtAlready):
        begun()


@pytest.mark.parametrize("outcome", ["failed", "rejected"])
def test_after_definitely_nothing_the_next_supplier_is_tried(outcome):
    first = told(sent(), outcome)

    second = begun(offer=make_offer())

    assert (first.next_at, second.state) == (None, AttemptState.CREATED)


def test_the_database_refuses_a_second_one_whoever_writes_it():
    first = sent()
    second = told(sent(unit_id=2), "rejected")

    with pytest.raises(IntegrityError, match="bought_once"), tenant_atomic():
        Attempt.objects.filter(pk=second.pk).update(unit_id=1, state=AttemptState.UNKNOWN)

    assert first.state not in NOTHING_BOUGHT


def test_an_ended_attempt_hears_nothing_any_more():
    attempt = told(sent(), "failed", reason="out of stock")

    again = told(attempt, "unknown", reason="a late echo")

    assert (again.state, again.reason) == (AttemptState.FAILED, "out of stock")


def test_a_success_after_the_end_is_noted_for_a_person():
    attempt = told(sent(), "failed")

    told(attempt, "success", supplier_ref="F1")

    last = AttemptMove.objects.filter(attempt=attempt).order_by("pk").last()
    assert (last.old, last.new, last.reason) == ("failed", "failed", "said success after the end")


def test_what_was_asked_after_meanwhile_is_not_refused_by_the_late_answer():
    """`rejected` answers an order; once somebody has asked, it may be about another moment."""
    attempt = told(sent(), "unknown")

    assert told(attempt, "rejected").state == AttemptState.UNKNOWN


def test_no_such_order_is_a_failure_when_it_is_said_three_times_after_the_settle_window():
    attempt = sent()
    for _ in range(ABSENCES + 1):
        attempt = told(attempt, "unknown", is_absent=True, now=NOON + MINUTE / 2)
    assert (attempt.state, attempt.absences) == (AttemptState.UNKNOWN, 0)

    for number in range(ABSENCES):
        assert attempt.state == AttemptState.UNKNOWN
        attempt = told(attempt, "unknown", is_absent=True, now=NOON + MINUTE * (number + 1))

    assert attempt.state == AttemptState.FAILED


def test_what_is_not_there_is_given_up_two_minutes_after_it_was_sent():
    """Not nine: a shopper waits for the next supplier."""
    attempt, now = sent(), NOON
    while attempt.state != AttemptState.FAILED:
        attempt = told(attempt, "unknown", is_absent=True, now=now)
        now = attempt.next_at or now

    assert now - NOON <= 2 * MINUTE


def test_a_confirmed_order_that_is_lost_sight_of_is_asked_after_as_any_other():
    attempt = told(sent(), "unknown", supplier_ref="F1")
    waits = []
    for _ in range(3):
        attempt = told(attempt, "unknown", is_absent=True, now=NOON)
        waits.append(attempt.next_at - NOON)

    assert waits == list(WAITS[1:4])


def test_what_is_found_after_all_was_never_absent():
    attempt = told(sent(), "unknown", is_absent=True, now=NOON + 2 * MINUTE)

    found = told(attempt, "accepted", now=NOON + 3 * MINUTE)

    assert (found.state, found.absences) == (AttemptState.ACCEPTED, 0)


def test_who_was_held_up_sends_nothing_any_more():
    attempt = sent()

    answer = services.ask(
        attempt=attempt, order=CARD, is_first=True, now=NOON + timedelta(seconds=11)
    )

    assert (answer.outcome, answer.reason) == (
        "unknown",
        "too late to send: it is asked after first",
    )


def test_all_that_is_said_in_one_turn_ends_with_its_time(monkeypatch):
    """Reloadly asks for a token first: what is left is all that the order may take."""
    monkeypatch.setattr(attempts, "SPEAKS_WITHIN", 0.0)

    answer = services.ask(attempt=sent(), order=CARD, is_first=True, now=NOON)

    assert (answer.outcome, answer.reason) == ("rejected", "not sent: no time is left")


def test_a_strangers_words_are_stored_whatever_they_are():
    attempt = told(sent(), "unknown", reason="a\0b\ud800c", supplier_ref="\0F1")

    attempt.refresh_from_db()
    assert (attempt.reason, attempt.supplier_ref) == ("ab?c", "F1")


def test_it_is_asked_again_more_and_more_rarely_and_for_ever():
    attempt, waits = sent(), []
    for _ in range(len(WAITS) + 2):
        attempt = told(attempt, "unknown")
        waits.append(attempt.next_at - NOON)

    assert waits[0] == timedelta(seconds=5)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_a_success_can_be_taken_back_and_then_bought_elsewhere():
    attempt = told(sent(), "success", supplier_ref="F1", cost_e4=80_000)

    services.take_back(attempt_id=attempt.pk, by=SYSTEM, reason="refund_callback", now=NOON)

    assert begun(offer=make_offer()).state == AttemptState.CREATED


def test_each_move_is_told_in_order_and_cannot_be_rewritten():
    attempt = told(told(sent(), "unknown"), "success", supplier_ref="F1")

    moves = AttemptMove.objects.filter(attempt=attempt).order_by("pk")
    assert [move.new for move in moves] == ["created", "sent", "unknown", "success"]
    with pytest.raises(DatabaseError), tenant_atomic():
        moves.update(reason="rewritten")
