"""How long stock lasts, what to buy, and what will end unsold, at the pace that is forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from analytics.selectors.naming import Named, names_of_skus
from analytics.selectors.pace import HISTORY_DAYS, STILL, Pace, pace_of, together, trial_of
from analytics.selectors.sums import days, today_of
from analytics.types import EndingLot, EndingStock, PlannedSku, StockPlan, Trial
from core.scope import require_tenant
from core.statements import run
from inventory.selectors import stock_lots
from inventory.types import Lot
from tenants.selectors import zone_here

ROUNDING = 1e-6  # of sums of floats: a whole number is no more than it is
_DAILY = """
    SELECT sku_id, array_agg(day), array_agg(units), sum(units)::bigint, sum(cost_e4)::bigint
      FROM (SELECT sku_id, (at AT TIME ZONE %(zone)s)::date - %(first)s::date AS day,
                   sum(units)::bigint AS units, sum(cost_e4)::bigint AS cost_e4
              FROM analytics_bucket
             WHERE tenant_id = %(tenant)s AND cut = 'sku' AND at >= %(since)s AND at < %(until)s
             GROUP BY 1, 2) AS daily
     GROUP BY sku_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A SKU's units by day, up to yesterday, and what one of them cost."""

    units: tuple[int, ...]
    cost_e4: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sku:
    sku_id: int
    name: str
    lots: Sequence[Lot]
    pace: Pace
    trial: Trial
    cost_e4: int | None

    @property
    def stock(self) -> int:
        return sum(lot.codes for lot in self.lots)


def stock_plan(*, lead_days: int, cover_days: int, now: datetime) -> StockPlan:
    """Every SKU that is kept in stock and sold lately or is there, the soonest to run out first.

    `suggested` is what to buy so that it lasts `cover_days` after it came, `lead_days` from now;
    by as much more as the forecast of a week was wrong by, over the time until it comes.
    """
    today = today_of(now=now)
    known = _skus(now=now)
    rows = [_planned(one, lead_days, cover_days, today=today) for one in known]
    return StockPlan(
        rows=tuple(sorted(rows, key=_urgency)), trial=together(one.trial for one in known)
    )


def _urgency(row: PlannedSku) -> tuple[bool, float, str]:
    return (row.lasts_days is None, row.lasts_days or 0, row.name)


def _planned(one: _Sku, lead_days: int, cover_days: int, *, today: date) -> PlannedSku:
    lasts = _lasts(one, today=today)
    wanted = _wanted(one, lead_days, cover_days, today=today)
    is_soon = lasts is not None and lasts < HISTORY_DAYS * 4
    latest = today + timedelta(days=int(lasts or 0) - lead_days) if is_soon else None
    return PlannedSku(
        sku_id=one.sku_id,
        name=one.name,
        stock=one.stock,
        sold_a_day=one.pace.level,
        weekdays=one.pace.weekdays,
        lasts_days=lasts,
        trial=one.trial,
        order_by=max(today, latest) if latest else None,
        suggested=wanted,
        cost_e4=None if one.cost_e4 is None else one.cost_e4 * wanted,
    )


def _lasts(one: _Sku, *, today: date) -> float | None:
    """Until the last code is sold, or the last lot ends."""
    sold = sold_of_lots(one.lots, one.pace, today=today)
    if sold and sold[-1] < one.lots[-1].codes:
        last = one.lots[-1].expires_on
        return None if last == date.max else float((last - today).days + 1)
    return one.pace.days_for(sum(sold), today=today)


def _wanted(one: _Sku, lead_days: int, cover_days: int, *, today: date) -> int:
    end = today + timedelta(days=lead_days + cover_days - 1)
    lead = one.pace.until(today + timedelta(days=lead_days - 1), today=today)
    spare = lead * min(100.0, one.trial.week_percent or 0) / 100
    demand = one.pace.until(end, today=today) + spare
    have = sold_of_lots(one.lots, one.pace, today=today, end=end, spare=spare)
    return max(0, ceil(demand - sum(have) - ROUNDING))


def ending_stock(*, within_days: int, now: datetime) -> EndingStock:
    """Codes that end within so many days, by SKU and day, and how many will then be unsold."""
    today = today_of(now=now)
    last = today + timedelta(days=within_days - 1)
    known = _skus(now=now)
    rows = [lot for one in known for lot in _ending(one, last, today=today)]
    return EndingStock(
        rows=tuple(sorted(rows, key=lambda row: (-row.loss_e4, -row.will_be_left, row.ends_on))),
        trial=together(one.trial for one in known),
    )


def _ending(one: _Sku, last: date, *, today: date) -> list[EndingLot]:
    sold = [round(units) for units in sold_of_lots(one.lots, one.pace, today=today)]
    return [
        _ending_lot(one, lot, lot.codes - gone)
        for lot, gone in zip(one.lots, sold, strict=True)
        if lot.expires_on <= last
    ]


def _ending_lot(one: _Sku, lot: Lot, left: int) -> EndingLot:
    loss_e4, unpriced = lot.part(left)
    return EndingLot(
        sku_id=one.sku_id,
        name=one.name,
        ends_on=lot.expires_on,
        codes=lot.codes,
        cost_e4=lot.cost_e4,
        sold_a_day=one.pace.level,
        will_be_left=left,
        loss_e4=loss_e4,
        unpriced=unpriced,
    )


def sold_of_lots(
    lots: Sequence[Lot], pace: Pace, *, today: date, end: date = date.max, spare: float = 0
) -> list[float]:
    """How many of each lot are sold by its last day, or by `end`: what ends first is sold first.

    `spare` is wanted besides what the pace says, by the end.
    """
    sold: list[float] = []
    taken = 0.0
    for lot in lots:
        until, more = (lot.expires_on, 0.0) if lot.expires_on < end else (end, spare)
        wanted = pace.until(until, today=today) + more - taken
        sold.append(min(float(lot.codes), max(0.0, wanted)))
        taken += sold[-1]
    return sold


def _skus(*, now: datetime) -> list[_Sku]:
    lots: dict[int, list[Lot]] = {}
    for lot in sorted(stock_lots(now=now), key=lambda lot: lot.expires_on):
        lots.setdefault(lot.sku_id, []).append(lot)
    sold = units_by_day(now=now)
    yesterday = today_of(now=now) - timedelta(days=1)
    names = names_of_skus(sku_ids={*lots, *sold})
    kept = [sku_id for sku_id, named in names.items() if named.is_stocked or sku_id in lots]
    return [_sku(sku_id, names, lots, sold.get(sku_id), last=yesterday) for sku_id in kept]


def _sku(
    sku_id: int,
    names: dict[int, Named],
    lots: dict[int, list[Lot]],
    sold: Sold | None,
    *,
    last: date,
) -> _Sku:
    own = lots.get(sku_id, [])
    priced = sum(lot.codes - lot.unpriced for lot in own)
    cost = sum(lot.cost_e4 for lot in own) // priced if priced else None
    return _Sku(
        sku_id=sku_id,
        name=names[sku_id].name,
        lots=own,
        pace=pace_of(sold.units, last=last) if sold else STILL,
        trial=trial_of(sold.units, last=last) if sold else Trial(),
        cost_e4=cost if cost is not None else (sold.cost_e4 if sold else None),
    )


def units_by_day(*, now: datetime) -> dict[int, Sold]:
    """By SKU, what was sold on each of the last twelve weeks' days, the oldest first."""
    today = today_of(now=now)
    first = today - timedelta(days=HISTORY_DAYS)
    since, until = days(since=first, until=today - timedelta(days=1), now=now)
    given = {"tenant": require_tenant(), "zone": str(zone_here(now=now)), "first": first}
    given |= {"since": since, "until": until}
    found = {}
    for sku_id, on, counts, units, cost in run(_DAILY, given, comes_again=False).rows:
        by_day = [0] * HISTORY_DAYS
        for day, count in zip(on, counts, strict=True):
            by_day[day] = count
        found[sku_id] = Sold(units=tuple(by_day), cost_e4=cost // units if units else None)
    return found
