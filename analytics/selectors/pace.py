"""How fast something sells: a level that follows the last weeks, and a profile of the weekdays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.types import Trial

WEEK = 7
HISTORY_DAYS = 12 * WEEK
HALF_LIFE_DAYS = 14  # what was sold so long ago counts half
DOUBTED_UNITS = 10  # so many units of a weekday are believed to have been as on any other
TRIED_WEEKS = 4
LEAST_DAYS = 14  # known before a week that is tried
NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`level` is units on a mean day, `weekdays` what each is of it, Monday first."""

    level: float
    weekdays: tuple[float, ...]

    def on(self, day: date) -> float:
        return self.level * self.weekdays[day.weekday()]

    def until(self, last: date, *, today: date) -> float:
        """Units from the beginning of `today` to the end of `last`."""
        days = (last - today).days + 1
        rest = sum(self.on(today + timedelta(days=past)) for past in range(max(0, days) % WEEK))
        return max(0, days) // WEEK * self.level * sum(self.weekdays) + rest

    def days_for(self, units: float, *, today: date) -> float | None:
        """How many days it takes to sell so many, from the beginning of `today`; None is never."""
        a_week = self.level * sum(self.weekdays)
        if a_week < NOTHING:
            return None
        weeks = int(units // a_week)
        days, left = float(weeks * WEEK), units - weeks * a_week
        for past in range(WEEK):
            sold = self.on(today + timedelta(days=past))
            if left <= sold:
                return days + (left / sold if sold > NOTHING else 0)
            days, left = days + 1, left - sold
        return days


STILL = Pace(level=0, weekdays=(1,) * WEEK)


def pace_of(sold: Sequence[int], *, last: date) -> Pace:
    """From the units of each day up to `last`; those before the first sale say nothing."""
    known = _since_first(sold)
    if not known:
        return STILL
    days = [(last - timedelta(days=len(known) - 1 - at)).weekday() for at in range(len(known))]
    weekdays = _profile(known, days)
    ages = range(len(known) - 1, -1, -1)
    weights = [0.5 ** (age / HALF_LIFE_DAYS) for age in ages]
    units = sum(weight * count for weight, count in zip(weights, known, strict=True))
    mean_days = sum(weight * weekdays[day] for weight, day in zip(weights, days, strict=True))
    return Pace(level=units / mean_days, weekdays=weekdays)


def _profile(known: Sequence[int], days: Sequence[int]) -> tuple[float, ...]:
    mean = sum(known) / len(known)
    units, expected = [float(DOUBTED_UNITS)] * WEEK, [float(DOUBTED_UNITS)] * WEEK
    for count, day in zip(known, days, strict=True):
        units[day] += count
        expected[day] += mean
    raw = [one / other for one, other in zip(units, expected, strict=True)]
    return tuple(one * WEEK / sum(raw) for one in raw)


def _since_first(sold: Sequence[int]) -> Sequence[int]:
    first = next((at for at, count in enumerate(sold) if count > 0), len(sold))
    return sold[first:]


def trial_of(sold: Sequence[int], *, last: date) -> Trial:
    """The last four weeks, each forecast from the days before it."""
    return together(_try_week(sold, ago, last=last) for ago in range(TRIED_WEEKS, 0, -1))


def _try_week(sold: Sequence[int], weeks_ago: int, *, last: date) -> Trial:
    cut = len(sold) - weeks_ago * WEEK
    before = _since_first(sold[: max(0, cut)])
    if len(before) < LEAST_DAYS:
        return Trial()
    eve = last - timedelta(days=weeks_ago * WEEK)
    pace, mean = pace_of(before, last=eve), sum(before[-LEAST_DAYS:]) / LEAST_DAYS
    real = sold[cut : cut + WEEK]
    told = [pace.on(eve + timedelta(days=past + 1)) for past in range(WEEK)]
    return Trial(
        sold=sum(real),
        off_by_day=sum(abs(one - other) for one, other in zip(real, told, strict=True)),
        off_by_week=abs(sum(real) - sum(told)),
        flat_off_by_day=sum(abs(one - mean) for one in real),
    )


def together(several: Iterable[Trial]) -> Trial:
    found = list(several)
    return Trial(
        sold=sum(one.sold for one in found),
        off_by_day=sum(one.off_by_day for one in found),
        off_by_week=sum(one.off_by_week for one in found),
        flat_off_by_day=sum(one.flat_off_by_day for one in found),
    )
