"""What was sold in some days, by channel, by place and by SKU; and how fast it was delivered."""

from datetime import date, datetime, timedelta

from analytics.selectors.naming import names_of_skus
from analytics.selectors.sums import days, numbers_by, seconds_at, today_of, total
from analytics.states import Cut
from analytics.types import ChannelRow, Flow, HotSku, Numbers, PlaceRow
from catalog.states import Channel
from fulfillment.selectors import count_unfinished
from inventory.selectors import stock_of
from risk.facts import FACTS

COVER_DAYS = 14  # whose mean says how long a stock lasts


def channel_profit(*, since: date, until: date, now: datetime) -> list[ChannelRow]:
    """By channel, the one with the highest margin first."""
    first, after = days(since=since, until=until, now=now)
    found = numbers_by(cut=Cut.DAY, since=first, until=after, by=["channel"], now=now)
    rows = [
        ChannelRow(channel=channel, label=label_of_channel(channel), numbers=numbers)
        for (channel,), numbers in found.items()
    ]
    return sorted(rows, key=lambda row: -row.numbers.margin_e4)


def label_of_channel(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel else channel


def by_province(*, since: date, until: date, now: datetime) -> list[PlaceRow]:
    """By where the buyer's address or phone number is from; the unknown is "" and comes last."""
    first, after = days(since=since, until=until, now=now)
    found = numbers_by(cut=Cut.PLACE, since=first, until=after, by=["province"], now=now)
    rows = [
        PlaceRow(province=place, label=FACTS["ip_province"].words(place), numbers=numbers)
        for (place,), numbers in found.items()
    ]
    return sorted(rows, key=lambda row: (not row.province, -row.numbers.revenue_e4))


def by_sku(*, since: date, until: date, now: datetime) -> dict[int, Numbers]:
    first, after = days(since=since, until=until, now=now)
    found = numbers_by(cut=Cut.SKU, since=first, until=after, by=["sku_id"], now=now)
    return {sku_id: numbers for (sku_id,), numbers in found.items()}


def hot_goods(*, since: date, until: date, now: datetime, most: int = 10) -> list[HotSku]:
    """What sold most by units, with its stock (up to 1,000 are counted) and how long that lasts by
    the mean of the last 14 days."""
    found = by_sku(since=since, until=until, now=now)
    top = sorted(found, key=lambda sku_id: (-found[sku_id].units, sku_id))[:most]
    daily, stock, names = units_a_day(now=now), stock_of(top), names_of_skus(sku_ids=top)
    return [
        HotSku(
            sku_id=sku_id,
            name=names[sku_id].name,
            numbers=found[sku_id],
            stock=stock[sku_id] if names[sku_id].is_stocked else None,
            cover_days=(
                stock[sku_id] / daily[sku_id]
                if names[sku_id].is_stocked and daily.get(sku_id)
                else None
            ),
        )
        for sku_id in top
    ]


def units_a_day(*, now: datetime) -> dict[int, float]:
    """By SKU, the mean of the last 14 whole days."""
    today = today_of(now=now)
    sold = by_sku(
        since=today - timedelta(days=COVER_DAYS), until=today - timedelta(days=1), now=now
    )
    return {sku_id: numbers.units / COVER_DAYS for sku_id, numbers in sold.items()}


def flow(*, since: date, until: date, now: datetime) -> Flow:
    """From paid to delivered. What waits now is asked of the units themselves."""
    first, after = days(since=since, until=until, now=now)
    found = total(cut=Cut.DAY, since=first, until=after, now=now)
    took = numbers_by(cut=Cut.PACE, since=first, until=after, by=["took"], now=now)
    steps = {step: numbers.lines for (step,), numbers in took.items()}
    return Flow(
        paid=found.units,
        delivered=found.delivered,
        failed=found.failed,
        waiting=found.waiting,
        p50_seconds=seconds_at(0.5, steps),
        p95_seconds=seconds_at(0.95, steps),
        now_waiting=count_unfinished(),
    )
