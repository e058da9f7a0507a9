"""The same request twice is one effect and the same answer."""

from datetime import timedelta

import pytest

from core import idempotency
from core.idempotency import Given, KeyReused, StillRunning
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.usefixtures("shop"),
]


def claim(body="a body", now=NOON):
    return idempotency.claim(scope="orders", key="k1", body=body, now=now)


def answered():
    claim()
    idempotency.remember(scope="orders", key="k1", status=201, answer={"ref": "A"})


def test_the_first_request_goes_on():
    assert claim() is None


def test_a_repeat_gets_the_answer_of_the_first():
    answered()

    assert claim() == Given(status=201, answer={"ref": "A"})


def test_a_repeat_while_the_first_runs_is_told_to_wait():
    claim()

    with pytest.raises(StillRunning):
        claim(now=NOON + timedelta(seconds=59))


def test_a_request_that_died_is_taken_over_after_its_lease():
    claim()

    assert claim(now=NOON + idempotency.LEASE) is None


def test_the_key_with_another_body_is_refused():
    answered()

    with pytest.raises(KeyReused):
        claim(body="another body")
