"""A broker that is away, or accepts and says nothing, holds nobody who nudges."""

import socket
import time

import pytest
from celery import Celery
from django.conf import settings as house

from core import nudge

BROKER = {
    name.removeprefix("CELERY_").lower(): getattr(house, name)
    for name in ("CELERY_TASK_PUBLISH_RETRY", "CELERY_BROKER_TRANSPORT_OPTIONS")
}


@pytest.fixture
def broker(monkeypatch, settings):
    """Makes the address of a broker the one that is nudged through."""

    def at(url, own_words):
        other = Celery("other", broker=own_words, set_as_current=False)
        other.conf.update(BROKER)
        monkeypatch.setattr(nudge, "current_app", other)
        monkeypatch.setattr(nudge, "_away_until", 0.0)  # and afterwards as it was
        settings.REDIS_URL = url

    return at


@pytest.fixture
def silent(broker):
    """A broker that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        broker(url, url)
        yield server


def took(calls):
    """Seconds that so many nudges took, none of which was heard."""
    began = time.monotonic()
    heard = [nudge.nudge("x.look", tenant_id=1, row_id=1) for _ in range(calls)]
    assert not any(heard)
    return time.monotonic() - began


def test_a_broker_that_is_away_costs_a_log_line_only(broker):
    broker("unix:///nowhere.sock", "redis+socket:///nowhere.sock")

    took(1)

    assert nudge.broker_answers() is False
    assert nudge.count_waiting("fast") is None


def test_a_silent_broker_holds_one_nudge_for_a_tenth_of_a_second_and_the_next_not_at_all(silent):
    took(1)  # Celery makes itself ready at the first
    nudge._believe_away(until=0.0)

    assert took(20) < 0.5


def test_after_a_second_the_broker_is_tried_again(silent, monkeypatch):
    took(1)
    tries = []
    monkeypatch.setattr(nudge.current_app, "send_task", lambda name, **_: tries.append(name))
    now = time.monotonic()

    monkeypatch.setattr(time, "monotonic", lambda: now + 0.5)
    assert nudge.nudge("x.look", tenant_id=1, row_id=1) is False
    monkeypatch.setattr(time, "monotonic", lambda: now + nudge.AWAY_FOR)
    assert nudge.nudge("x.look", tenant_id=1, row_id=1) is True

    assert tries == ["x.look"]
