from datetime import timedelta

import pytest

from core import limits
from core.errors import TooManyTries
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MINUTE = timedelta(minutes=1)


def test_tries_past_the_limit_are_refused_until_the_window_ends():
    for _ in range(3):
        limits.hit(what="lookup", who="1.2.3.4", most=3, window=MINUTE, now=NOON)

    with pytest.raises(TooManyTries) as refusal:
        limits.hit(what="lookup", who="1.2.3.4", most=3, window=MINUTE, now=NOON)

    assert refusal.value.data == {"wait_seconds": 60}
    limits.hit(what="lookup", who="1.2.3.4", most=3, window=MINUTE, now=NOON + MINUTE)


def test_one_visitor_does_not_use_up_anothers_tries():
    limits.hit(what="lookup", who="1.2.3.4", most=1, window=MINUTE, now=NOON)

    limits.hit(what="lookup", who="5.6.7.8", most=1, window=MINUTE, now=NOON)


def test_a_right_answer_forgives():
    limits.hit(what="login", who="a@b.c", most=1, window=MINUTE, now=NOON)

    limits.forgive(what="login", who="a@b.c")

    limits.hit(what="login", who="a@b.c", most=1, window=MINUTE, now=NOON)
