"""What runs out, what expires, and what nobody buys."""

from datetime import datetime, timedelta

from analytics.selectors.naming import Named, names_of_skus
from analytics.selectors.rows import by_sku, units_a_day
from analytics.selectors.sums import today_of
from analytics.types import DeadSku, ExpiringLot, ShortSku, StockRisk
from inventory.selectors import stock_lots
from inventory.types import Lot

COVER_SHORT = 3  # days
ENDS_WITHIN = 30
UNSOLD_FOR = 30


def stock_risk(*, now: datetime) -> StockRisk:
    """Stock is valued at the mean cost of its SKU's batches, those left out that nobody said the
    cost of."""
    lots = stock_lots(now=now)
    daily = units_a_day(now=now)
    names = names_of_skus(sku_ids={lot.sku_id for lot in lots} | set(daily))
    stock: dict[int, int] = dict.fromkeys((s for s in daily if names[s].is_stocked), 0)
    for lot in lots:
        stock[lot.sku_id] = stock.get(lot.sku_id, 0) + lot.codes
    return StockRisk(
        short=_short(stock, daily, names),
        expiring=_expiring(lots, daily, names, now=now),
        dead=_dead(lots, stock, names, now=now),
    )


def _short(
    stock: dict[int, int], daily: dict[int, float], names: dict[int, Named]
) -> tuple[ShortSku, ...]:
    rows = [
        ShortSku(
            sku_id=sku_id,
            name=names[sku_id].name,
            stock=count,
            sold_a_day=daily[sku_id],
            cover_days=count / daily[sku_id],
        )
        for sku_id, count in stock.items()
        if daily.get(sku_id) and count / daily[sku_id] < COVER_SHORT
    ]
    return tuple(sorted(rows, key=lambda row: row.cover_days))


def _expiring(
    lots: list[Lot], daily: dict[int, float], names: dict[int, Named], *, now: datetime
) -> tuple[ExpiringLot, ...]:
    """First expiring first is what is sold: what an earlier lot takes is not left for a later."""
    today, rows, taken = today_of(now=now), [], dict[int, float]()
    for lot in sorted(lots, key=lambda lot: (lot.expires_on, lot.sku_id)):
        days = (lot.expires_on - today).days + 1
        if days > ENDS_WITHIN:
            continue
        will_sell = max(0.0, daily.get(lot.sku_id, 0.0) * days - taken.get(lot.sku_id, 0.0))
        sold = min(lot.codes, int(will_sell))
        taken[lot.sku_id] = taken.get(lot.sku_id, 0.0) + sold
        left = lot.codes - sold
        loss_e4, unpriced = lot.part(left)
        rows.append(
            ExpiringLot(
                sku_id=lot.sku_id,
                name=names[lot.sku_id].name,
                ends_on=lot.expires_on,
                codes=lot.codes,
                cost_e4=lot.cost_e4,
                will_be_left=left,
                loss_e4=loss_e4,
                unpriced=unpriced,
            )
        )
    return tuple(rows)


def _dead(
    lots: list[Lot], stock: dict[int, int], names: dict[int, Named], *, now: datetime
) -> tuple[DeadSku, ...]:
    today = today_of(now=now)
    sold = by_sku(since=today - timedelta(days=UNSOLD_FOR), until=today, now=now)
    own: dict[int, list[Lot]] = {}
    for lot in lots:
        own.setdefault(lot.sku_id, []).append(lot)
    rows = [
        DeadSku(
            sku_id=s,
            name=names[s].name,
            stock=stock[s],
            cost_e4=sum(lot.cost_e4 for lot in own[s]),
            unpriced=sum(lot.unpriced for lot in own[s]),
        )
        for s in own
        if s not in sold or not sold[s].units
    ]
    return tuple(sorted(rows, key=lambda row: (-row.cost_e4, -row.unpriced)))
