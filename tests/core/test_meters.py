"""Levels that sink, waits that grow; in Redis, and in the process while Redis is away."""

import random
from datetime import timedelta

import pytest
from django.core.cache import cache

from core import meters
from core.meters import MOST_IN_MEMORY, Budget
from tests.times import NOON

BUDGET = Budget(free=3, every=60, first=2, longest=40)


@pytest.fixture(params=["redis", "memory"])
def kept(request, monkeypatch):
    """Where the meters are: each behaviour holds in both places."""
    if request.param == "memory":
        monkeypatch.setattr(meters, "_away_until", float("inf"))
    else:
        monkeypatch.setattr(meters, "_away_until", 0.0)
    return request.param


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_the_waits_grow_and_have_an_end(kept):
    waits, at = [], 0.0
    while len(waits) < 8:
        found = meters.take({"one": BUDGET}, now=after(at))
        if found:
            waits.append(round(found["one"]))
            at += found["one"]

    assert waits == [2, 4, 7, 14, 23, 36, 40, 40]


def test_in_the_end_one_is_heard_once_every_so_often(kept):
    heard = 0
    for second in range(3600):
        heard += meters.take({"one": Budget(free=3, every=60, first=2)}, now=after(second)) == {}

    assert 60 <= heard <= 3 + 60 + 6


def test_what_is_refused_counts_on_no_meter(kept):
    for _ in range(3):
        meters.take({"spent": BUDGET}, now=NOON)

    for _ in range(50):
        assert set(meters.take({"spent": BUDGET, "other": BUDGET}, now=NOON)) == {"spent"}

    assert [meters.take({"other": BUDGET}, now=NOON) for _ in range(4)] == [
        {},
        {},
        {},
        {"other": 2},
    ]


def test_what_is_given_back_costs_nothing(kept):
    for _ in range(50):
        assert meters.take({"one": BUDGET}, now=NOON) == {}
        meters.give_back({"one"})


def test_what_is_given_back_resets_nothing(kept):
    for second in (0, 0, 0, 2, 6):
        assert meters.take({"one": BUDGET}, now=after(second)) == {}
    assert meters.take({"one": BUDGET}, now=after(14)) == {}

    meters.give_back({"one"})

    assert meters.take({"one": BUDGET}, now=after(14)) == {}
    assert meters.take({"one": BUDGET}, now=after(14))["one"] >= 8


def test_a_meter_that_is_cleared_starts_anew(kept):
    for _ in range(3):
        meters.take({"one": BUDGET}, now=NOON)

    meters.clear({"one"})

    assert [meters.take({"one": BUDGET}, now=NOON) for _ in range(3)] == [{}] * 3


def test_the_memory_says_what_redis_says(monkeypatch):
    rng = random.Random(7)  # noqa: S311 -- repeatable, not secret
    budgets = {f"m{n}": Budget(free=n + 1, every=5 * n + 1, first=n + 0.5) for n in range(4)}
    steps, at = [], 0.0
    for _ in range(400):
        at += rng.choice([0, 0, 0.25, 1, 7])
        steps.append((at, rng.sample(sorted(budgets), 2), rng.random() < 0.2))

    def told(away_until):
        monkeypatch.setattr(meters, "_away_until", away_until)
        said = []
        for moment, names, is_right in steps:
            found = meters.take({name: budgets[name] for name in names}, now=after(moment))
            said.append({name: round(wait, 1) for name, wait in found.items()})
            if not found and is_right:
                meters.give_back(names)
        return said

    assert told(0.0) == told(float("inf"))


def test_a_meter_ends_by_itself():
    meters.take({"one": BUDGET}, now=NOON)

    (key,) = cache.client().keys(f"{meters._space}:*")
    assert 60 <= cache.client().ttl(key) <= 62


def test_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(meters, "_away_until", float("inf"))
    for number in range(MOST_IN_MEMORY + 500):
        meters.take({str(number): BUDGET}, now=NOON)

    assert len(meters._memory._meters) == MOST_IN_MEMORY
