"""The sweeper finds what is due, and one watch that fails does not stop the others."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError
from redis import Redis

from core import nudge, sweeper
from core.models import Pulse
from core.sweeper import LINE, SHORT
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
SECOND = timedelta(seconds=1)


@pytest.fixture
def line():
    """The line in front of the workers, as long as a test makes it."""
    with Redis.from_url(settings.REDIS_URL) as client:

        def stands(length):
            client.delete(settings.CELERY_TASK_DEFAULT_QUEUE)
            if length:
                client.rpush(settings.CELERY_TASK_DEFAULT_QUEUE, *["{}"] * length)

        stands(0)
        yield stands
        stands(0)


@pytest.fixture
def sent(monkeypatch, line):
    """What went to the broker, in the place of the broker."""
    messages = []
    monkeypatch.setattr(sweeper, "_watches", [])
    monkeypatch.setattr(sweeper, "_chores", [])
    monkeypatch.setattr(
        nudge.current_app,
        "send_task",
        lambda name, **options: messages.append((name, options["kwargs"], options["headers"])),
    )
    return messages


def two_due(*, now, limit):
    return [(7, 1), (8, 2)]


def failing(*, now, limit):
    raise DatabaseError


def many_due(tenant_id):
    return lambda *, now, limit: [(tenant_id, pk) for pk in range(limit)]


def refuse(name, **options):
    raise OSError


def test_each_due_row_is_nudged_with_its_tenant(sent):
    sweeper.watch(two_due, task="x.look", id_name="row_id")

    count = sweeper.sweep(now=NOON)

    assert count == 2
    assert sent == [
        ("x.look", {"row_id": 1}, {"tenant_id": 7}),
        ("x.look", {"row_id": 2}, {"tenant_id": 8}),
    ]


def test_a_watch_that_fails_leaves_the_others_their_turn(sent):
    sweeper.watch(failing, task="x.fail", id_name="row_id")
    sweeper.watch(two_due, task="x.look", id_name="row_id")

    assert sweeper.sweep(now=NOON) == 2


def test_a_watch_has_its_turn_no_oftener_than_asked(sent):
    sweeper.watch(two_due, task="x.look", id_name="row_id", every=10 * SECOND)

    counts = [sweeper.sweep(now=NOON + n * SECOND) for n in (0, 9, 10)]

    assert counts == [2, 0, 2]


def test_a_chore_is_done_by_the_sweeper_itself(sent):
    done = []
    sweeper.chore(done.append, every=SECOND)

    sweeper.sweep(now=NOON)

    assert done == [NOON]


def test_a_chore_that_did_as_much_as_it_may_goes_on_at_the_next_look(sent):
    left, done = [25], []

    def forget(now):
        batch = min(10, left[0])
        left[0] -= batch
        done.append(batch)
        return batch

    sweeper.chore(forget, every=60 * SECOND, batch=10)
    for n in range(5):
        sweeper.sweep(now=NOON + n * SECOND)

    assert done == [10, 10, 5]


def test_the_pulse_is_kept():
    sweeper.beat("sweeper", now=NOON)
    sweeper.beat("sweeper", now=NOON + SECOND)

    assert Pulse.objects.using("ops").get().at == NOON + SECOND


def test_a_nudge_that_waits_in_the_queue_is_not_sent_at_every_look(sent):
    sweeper.watch(two_due, task="x.look", id_name="row_id")

    counts = [sweeper.sweep(now=NOON + n * SECOND) for n in (0, 1, 4, 5)]

    assert counts == [2, 0, 0, 2]


def test_a_nudge_that_the_broker_did_not_take_is_sent_at_the_next_look(sent, monkeypatch):
    sweeper.watch(two_due, task="x.look", id_name="row_id", every=60 * SECOND)
    with monkeypatch.context() as away:
        away.setattr(nudge.current_app, "send_task", refuse)
        lost = sweeper.sweep(now=NOON)
    nudge._believe_away(until=0.0)

    assert (lost, sweeper.sweep(now=NOON + SECOND)) == (0, 2)


def test_a_backlog_fills_the_line_and_no_more(sent, line):
    sweeper.watch(many_due(7), task="x.look", id_name="row_id")

    counts = []
    for seconds, length in ((0, 0), (1, LINE), (2, LINE - 10)):
        line(length)
        counts.append(sweeper.sweep(now=NOON + seconds * SECOND))

    assert counts == [LINE, 0, 10]
    assert len({kwargs["row_id"] for _, kwargs, _ in sent}) == LINE + 10


def test_one_backlog_keeps_no_other_watch_waiting(sent):
    sweeper.watch(many_due(7), task="x.look", id_name="row_id")
    sweeper.watch(two_due, task="x.other", id_name="row_id", every=60 * SECOND)
    sweeper.watch(many_due(8), task="x.third", id_name="row_id")

    sweeper.sweep(now=NOON)

    names = [name for name, _, _ in sent]
    assert [names.count(name) for name in ("x.look", "x.other", "x.third")] == [49, 2, 49]


def test_what_found_no_room_has_its_turn_at_the_next_look(sent, line):
    sweeper.watch(two_due, task="x.look", id_name="row_id", every=60 * SECOND)
    line(LINE - 1)
    sweeper.sweep(now=NOON)
    line(0)

    assert sweeper.sweep(now=NOON + SECOND) == 1


def test_in_a_long_line_a_nudge_is_repeated_when_it_has_expired(sent, line):
    sweeper.watch(two_due, task="x.look", id_name="row_id")

    counts = []
    for seconds in (0, 5, 29, 30):
        line(SHORT)
        counts.append(sweeper.sweep(now=NOON + seconds * SECOND))

    assert counts == [2, 0, 0, 2]


def test_while_the_broker_is_away_nothing_is_looked_for(sent, settings):
    asked = []
    sweeper.watch(lambda **given: asked.append(given), task="x.look", id_name="row_id")
    settings.REDIS_URL = "unix:///nowhere.sock"

    assert sweeper.sweep(now=NOON) == 0
    assert asked == []
