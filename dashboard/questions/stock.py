"""How long stock lasts, what to buy, and what will end unsold."""

from collections import Counter
from datetime import date

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics import words
from analytics.selectors import ending_stock, stock_plan
from analytics.types import EndingLot, PlannedSku, Trial
from dashboard.cockpit.types import NONE, Asked, Cell, Told, columns, drawn, number, percent
from dashboard.questions.types import Answers

FOREVER = 365  # days: whatever lasts longer is not worth a number


def told_plan(asked: Asked, given: Answers) -> Told:
    found = stock_plan(lead_days=given["lead"], cover_days=given["cover"], now=asked.now)
    known = [one.cost_e4 for one in found.rows if one.cost_e4 is not None]
    totals = [
        (words.TO_BUY, number(sum(one.suggested for one in found.rows))),
        (words.WEEK_ERROR, percent(found.trial.week_percent)),
        (words.DAY_ERROR, percent(found.trial.day_percent)),
    ]
    if asked.may_see_cost:
        totals.insert(1, (words.TO_BUY_COST, asked.money(sum(known))))
    return Told(
        columns=columns(
            _("SKU"), words.STOCK, words.PACE, words.FORECAST_COVER, words.ORDER_BY,
            words.TO_BUY, words.TO_BUY_COST, words.WEEK_ERROR, words.BEST_DAY, numbers=8,
        ),
        rows=[_planned(one, asked) for one in found.rows],
        totals=totals,
        note=_trial_words(found.trial),
    )  # fmt: skip


def _planned(one: PlannedSku, asked: Asked) -> tuple[Cell, ...]:
    today = asked.range.last
    return (
        Cell(one.name),
        number(one.stock),
        number(one.sold_a_day, digits=1),
        _lasting(one.lasts_days),
        _order_by(one.order_by, today=today),
        number(one.suggested),
        asked.money(one.cost_e4 if asked.may_see_cost and one.suggested else None),
        percent(one.trial.week_percent),
        _best_day(one),
    )


def _lasting(days: float | None) -> Cell:
    if days is None or days > FOREVER:
        return Cell(f"> {FOREVER}", plain="")
    return number(days, digits=1)


def _order_by(day: date | None, *, today: date) -> Cell:
    if day is None:
        return Cell(NONE, plain="")
    if day <= today:
        return Cell(_("now"), plain=f"{day}", tone="bad")
    return Cell(date_format(day, "m-d"), plain=f"{day}")


def _best_day(one: PlannedSku) -> Cell:
    if not one.sold_a_day:
        return Cell(NONE, plain="")
    best = max(range(7), key=lambda day: one.weekdays[day])
    said = f"{WEEKDAYS_ABBR[best]} × {one.weekdays[best]:.1f}"
    return Cell(said, plain=said)


def _trial_words(trial: Trial) -> str:
    if trial.day_percent is None:
        return _("The forecast could not be tried yet: that takes five weeks of sales.")
    return _(
        "Tried on the last four weeks: a day of a SKU was off by %(day)s, where a plain mean of 14 "
        "days was off by %(flat)s; a week of it by %(week)s."
    ) % {
        "day": percent(trial.day_percent).text,
        "flat": percent(trial.flat_day_percent).text,
        "week": percent(trial.week_percent).text,
    }


def told_ending(asked: Asked, given: Answers) -> Told:
    found = ending_stock(within_days=given["days"], now=asked.now)
    totals = [
        (words.ENDING, number(sum(one.codes for one in found.rows))),
        (words.LEFT, number(sum(one.will_be_left for one in found.rows))),
    ]
    if asked.may_see_cost:
        loss_e4, unpriced = (
            sum(getattr(one, name) for one in found.rows) for name in ("loss_e4", "unpriced")
        )
        totals.append((words.LOSS, asked.cost(loss_e4, unpriced=unpriced)))
    return Told(
        columns=columns(
            _("SKU"), _("Ends on"), words.ENDING, words.PACE, words.LEFT, words.LOSS, numbers=4
        ),
        rows=[_ending(one, asked) for one in found.rows],
        totals=totals,
        chart=_by_month(asked, found.rows),
        note=_trial_words(found.trial),
    )


def _ending(one: EndingLot, asked: Asked) -> tuple[Cell, ...]:
    return (
        Cell(one.name),
        Cell(f"{one.ends_on}", tone="bad" if one.will_be_left else ""),
        number(one.codes),
        number(one.sold_a_day, digits=1),
        number(one.will_be_left),
        asked.cost(one.loss_e4, unpriced=one.unpriced),
    )


def _by_month(asked: Asked, rows: tuple[EndingLot, ...]) -> dict[str, object] | None:
    """What is lost in each month; nothing is drawn of a single one."""
    lost = Counter[str]()
    for one in rows:
        lost[f"{one.ends_on:%Y-%m}"] += one.loss_e4
    months = sorted(lost)
    if len(months) < 2 or not asked.may_see_cost or not any(lost.values()):
        return None
    return asked.chart("bars", names=months, values=[drawn(lost[month]) for month in months])
