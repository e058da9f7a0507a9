"""What was sold: the headline, the day's curve, what sells best, and when."""

from dataclasses import replace
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from analytics import words
from analytics.types import Curve, Headline, HotSku, Numbers
from dashboard.cockpit.types import (
    Asked,
    Cell,
    Figure,
    Told,
    columns,
    drawn,
    number,
    percent,
)

HOURS = [f"{hour:02d}" for hour in range(24)]
HOT = 10


def told_headline(asked: Asked, found: Headline) -> Told:
    figures = _figures(asked, found)
    return Told(
        columns=columns(
            _("Figure"), _("Today"), _("Yesterday by now"), _("7-day mean by now"), numbers=3
        ),
        rows=[(Cell(one.metric.title), one.now, one.before, one.mean) for one in figures],
        figures=figures,
    )


def told_curves(asked: Asked, found: tuple[Curve, ...]) -> Told:
    named = {"today": _("Today"), "yesterday": _("Yesterday"), "last_week": _("A week ago")}
    names = [named[one.name] for one in found]
    series = [
        {"name": name, "values": [drawn(value) for value in one.revenue_e4]}
        for name, one in zip(names, found, strict=True)
    ]
    return Told(
        columns=columns(_("Hour"), *names, numbers=len(names)),
        rows=[
            (Cell(f"{hour}:00"), *(asked.money(one.revenue_e4[at]) for one in found))
            for at, hour in enumerate(HOURS)
        ],
        chart=asked.chart("lines", x=HOURS, series=series),
        metrics=[words.GMV],
    )


def told_daily(asked: Asked, found: dict[date, Numbers], before: dict[date, Numbers]) -> Told:
    """Beside each day the one that lies as many days back as there are."""
    old = list(before.values())
    names = [_("These days"), _("The days before")]
    values = [[drawn(one.revenue_e4) for one in those] for those in (found.values(), old)]
    series = [{"name": name, "values": one} for name, one in zip(names, values, strict=True)]
    return Told(
        columns=columns(
            _("Day"), words.ORDERS, words.GMV, words.REFUNDS, words.NET, _("The days before"),
            numbers=5,
        ),
        rows=[
            (Cell(f"{day}"), number(one.orders), asked.money(one.revenue_e4),
             asked.money(one.refund_e4), asked.money(one.net_e4), asked.money(past.revenue_e4))
            for (day, one), past in zip(found.items(), old, strict=True)
        ],
        chart=asked.chart("lines", x=[f"{day:%m-%d}" for day in found], series=series),
    )  # fmt: skip


def told_hot(asked: Asked, found: list[HotSku]) -> Told:
    rows = [
        (Cell(one.name), number(one.numbers.units), asked.money(one.numbers.revenue_e4),
         number(one.stock), number(one.cover_days, digits=1))
        for one in found
    ]  # fmt: skip
    best = found[:HOT]
    return Told(
        columns=columns(_("SKU"), words.SOLD, words.GMV, words.STOCK, words.COVER, numbers=4),
        rows=rows,
        chart=asked.chart(
            "bars",
            names=[one.name for one in best],
            unit="count",
            values=[one.numbers.units for one in best],
            notes=[f"{asked.money(one.numbers.revenue_e4).text}, {_left(one)}" for one in best],
        )
        if best
        else None,
    )


def _left(one: HotSku) -> str:
    if one.stock is None:
        return _("not kept in stock")
    left = _("%(left)s in stock") % {"left": f"{one.stock:,}"}
    if one.cover_days is None:
        return left
    return f"{left}, " + _("lasts %(days)s days") % {"days": f"{one.cover_days:.1f}"}


def told_heat(asked: Asked, found: tuple[tuple[int, ...], ...]) -> Told:
    """Seven rows from Monday on, of 24 hours."""
    days = [str(WEEKDAYS[day]) for day in range(7)]
    cells = [[hour, day, found[day][hour]] for day in range(7) for hour in range(24)]
    has_any = any(any(row) for row in found)
    return Told(
        columns=columns(_("Day"), *HOURS, numbers=24),
        rows=[(Cell(days[day]), *(number(count) for count in found[day])) for day in range(7)],
        chart=asked.chart("heat", unit="count", x=HOURS, y=days, cells=cells) if has_any else None,
        metrics=[words.ORDERS],
        note="" if has_any else _("No paid order in this time."),
    )


def _figures(asked: Asked, found: Headline) -> list[Figure]:
    metrics = [words.GMV, words.NET, words.ORDERS, words.BUYERS, words.PER_ORDER, words.SUCCESS,
        words.MARGIN]  # fmt: skip
    # Buyers are known of whole days only: beside a part of today they would tell nothing.
    before, mean = (replace(one, buyers=None) for one in (found.yesterday, found.week_mean))
    sides = [_cells(asked, one) for one in (found.today, before, mean)]
    changes = _changes(found.today, before)
    told = [
        Figure(metric=what, now=now, before=before, mean=mean, change=change)
        for what, now, before, mean, change in zip(metrics, *sides, changes, strict=True)
    ]
    return told if asked.may_see_cost else told[:-1]


def _cells(asked: Asked, one: Numbers) -> list[Cell]:
    return [
        asked.money(one.revenue_e4),
        asked.money(one.net_e4),
        number(one.orders),
        number(one.buyers),
        asked.money(one.average_e4),
        percent(one.success_percent),
        asked.money(one.margin_e4),
    ]


def _changes(now: Numbers, before: Numbers) -> list[int | None]:
    """By how many percent; of a rate there is none."""
    return [
        change(now.revenue_e4, before.revenue_e4),
        change(now.net_e4, before.net_e4),
        change(now.orders, before.orders),
        change(now.buyers, before.buyers),
        change(now.average_e4, before.average_e4),
        None,
        change(now.margin_e4, before.margin_e4),
    ]


def change(now: int | None, before: int | None) -> int | None:
    if now is None or not before or before < 0:
        return None
    return round((now - before) * 100 / before)
