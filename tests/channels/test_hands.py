"""A dead endpoint holds nobody up: who may be called now, in one process."""

import threading
from contextvars import copy_context

import pytest
from django.db import connections

from channels import services as channels
from channels.services.webhooks import hands
from core.scope import tenant_atomic
from tests.channels.factories import make_endpoint, make_news, make_partner
from tests.channels.receivers import receiver
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def _nobody_known():
    """Keys repeat from test to test: what was quick in one is a stranger in the next."""
    hands._quick.clear()


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner()


def told(partner, url, *facts):
    endpoint = make_endpoint(partner, url)
    make_news(partner, *facts)
    return endpoint


def send(endpoint):
    channels.send_webhooks(endpoint_id=endpoint.endpoint_id, now=MORNING)


def test_one_that_hangs_holds_one_hand_and_nobody_else_s(partner):
    gate = threading.Event()
    with receiver(gate=gate) as dead, receiver() as server:
        hanging = told(partner, dead.url, "A", "B", "C")
        well = told(partner, server.url, "D")
        first = threading.Thread(target=_in_context(send), args=(hanging,))
        first.start()
        while not dead.heard:
            gate.wait(0.01)

        send(hanging)  # finds no hand, and comes back at once
        send(well)

        assert len(dead.heard) == 1
        assert [one.said["data"]["order"] for one in server.heard] == ["D"]
        gate.set()
        first.join()


def _in_context(work):
    context = copy_context()

    def run(*given):
        try:
            context.run(work, *given)
        finally:
            connections.close_all()

    return run


def test_one_that_answers_has_several_hands_and_a_slow_one_loses_them():
    with hands.hand_for(1) as first, hands.hand_for(1) as second:
        assert (first, second) == (True, False)
    hands.note_speed(1, seconds=0.2)
    with hands.hand_for(1) as first, hands.hand_for(1) as second:
        assert (first, second) == (True, True)
    hands.note_speed(1, seconds=9)
    with hands.hand_for(1) as first, hands.hand_for(1) as second:
        assert (first, second) == (True, False)


def test_strangers_leave_hands_to_those_that_answer():
    taken = [hands.hand_for(number) for number in range(hands.MOST_STRANGERS)]
    assert all(one.__enter__() for one in taken)
    try:
        with hands.hand_for(10_000) as stranger:
            assert stranger is False
        hands.note_speed(10_000, seconds=0.1)
        with hands.hand_for(10_000) as known:
            assert known is True
    finally:
        for one in taken:
            one.__exit__(None, None, None)
