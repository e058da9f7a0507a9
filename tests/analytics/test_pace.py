"""How fast something sells, and what that makes of a stock: told from numbers alone."""

from datetime import date, timedelta

import pytest

from analytics.selectors.pace import HISTORY_DAYS, STILL, pace_of, trial_of
from analytics.selectors.planning import sold_of_lots
from inventory.types import Lot

SUNDAY = date(2026, 9, 27)
MONDAY = SUNDAY + timedelta(days=1)
WEEK = [10, 10, 10, 10, 10, 40, 50]  # Monday first
STEADY = [7] * HISTORY_DAYS


def test_each_weekday_has_its_own_share():
    pace = pace_of(WEEK * 12, last=SUNDAY)

    told = [pace.on(MONDAY + timedelta(days=past)) for past in range(7)]

    assert told == pytest.approx(WEEK, rel=0.1)
    assert pace.level == pytest.approx(20, rel=0.05)


def test_a_few_units_make_no_profile():
    pace = pace_of([0] * 82 + [0, 1], last=SUNDAY)

    assert max(pace.weekdays) < 1.2


def test_what_was_sold_lately_counts_most():
    pace = pace_of([5] * 42 + [10] * 42, last=SUNDAY)

    assert 9 < pace.level < 10


def test_a_forecast_is_tried_on_weeks_that_are_over():
    steady, weekly = trial_of(STEADY, last=SUNDAY), trial_of(WEEK * 12, last=SUNDAY)
    doubled = trial_of([10] * 77 + [20] * 7, last=SUNDAY)

    assert steady.week_percent == pytest.approx(0, abs=0.1)
    assert weekly.day_percent < 10 < weekly.flat_day_percent
    assert doubled.week_percent == pytest.approx(70 / 350 * 100 * 0.8, rel=0.3)


def test_a_forecast_of_a_new_thing_is_not_tried():
    assert trial_of([0] * 80 + [3] * 4, last=SUNDAY).week_percent is None
    assert trial_of([0] * HISTORY_DAYS, last=SUNDAY).week_percent is None


@pytest.mark.parametrize("units", [0, 5, 35, 36, 350])
def test_a_stock_lasts_until_as_much_is_sold(units):
    pace = pace_of([5] * HISTORY_DAYS, last=SUNDAY)

    assert pace.days_for(units, today=MONDAY) == pytest.approx(units / 5)
    assert pace.until(MONDAY + timedelta(days=9), today=MONDAY) == pytest.approx(50)
    assert STILL.days_for(1, today=MONDAY) is None


def lot(days, codes):
    ends = date.max if days is None else MONDAY + timedelta(days=days - 1)
    return Lot(sku_id=1, expires_on=ends, codes=codes, cost_e4=codes)


@pytest.mark.parametrize(
    ("lots", "sold"),
    [
        ([(3, 10), (10, 10)], [10, 10]),
        ([(3, 40), (10, 40)], [15, 35]),
        ([(3, 40), (None, 400)], [15, 400]),
        ([], []),
    ],
)
def test_what_ends_first_is_sold_first(lots, sold):
    pace = pace_of([5] * HISTORY_DAYS, last=SUNDAY)

    found = sold_of_lots([lot(*one) for one in lots], pace, today=MONDAY)

    assert found == pytest.approx(sold)
