"""Who comes when: the orders that are counted are in flight at the same time."""

import random

from chaos.crowd import plans


def made():
    return plans(orders=500, seconds=180, rng=random.Random(7))  # noqa: S311 -- repeatable


def test_all_orders_are_in_flight_before_the_first_of_them_is_paid():
    counted = [one for one in made()[25:] if one.ways and one.comes_at < 45]

    last_comes = max(one.comes_at for one in counted)
    first_pays = min(one.comes_at + one.pays_after for one in counted)
    assert len(counted) == 520
    assert last_comes < first_pays
    assert max(one.comes_at + one.pays_after for one in counted) < 180


def test_some_never_pay_and_some_come_late():
    assert sum(not one.ways for one in made()) == 55
    assert sum(one.comes_at >= 45 for one in made()) == 71


def test_the_first_pay_at_once_half_of_them_silently_and_want_it_back():
    first = made()[:25]

    assert max(one.comes_at + one.pays_after for one in first) < 11
    assert sum(one.ways == ("silent",) for one in first) == 12
    assert all(one.wants_refund for one in first)
