"""Who comes when: the orders that are counted are in flight at the same time."""

import random

from chaos.crowd import plans


def test_all_orders_are_in_flight_before_the_first_is_paid():
    made = plans(orders=500, seconds=180, rng=random.Random(7))  # noqa: S311 -- repeatable

    early = [one for one in made if one.ways and one.comes_at < 45]
    last_comes = max(one.comes_at for one in early)
    first_pays = min(one.comes_at + one.pays_after for one in early)
    assert len(early) == 520
    assert last_comes < first_pays
    assert max(one.comes_at + one.pays_after for one in early) < 180


def test_some_never_pay_and_some_come_late():
    made = plans(orders=500, seconds=180, rng=random.Random(7))  # noqa: S311 -- repeatable

    assert sum(not one.ways for one in made) == 55
    assert sum(one.comes_at >= 45 for one in made) == 100
