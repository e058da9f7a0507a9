"""What stock there is. Only `today_here` knows what day it is for the merchant."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, Max, Min, Q, QuerySet

from core.scope import require_tenant
from core.uploads import old_files
from inventory.models import LANES, NEVER, Batch, Code, CodeMove, Content, Hold, ImportJob, Shelf
from inventory.sealing import CodeSealer
from inventory.states import AT_WORK, CodeState, HoldState, ImportState
from inventory.types import Cover, Expiring, Keeper, Lot
from tenants.selectors import zone_here

SALES_DAYS = 14
LOW_COVER_DAYS = 3.0
EXPIRING_DAYS = 30
# A page counts up to here: the number matters when it is small.
MOST_COUNTED = 1_000
IMPORT_FILE_KEPT = timedelta(days=7)
STRAY_AFTER = timedelta(days=1)  # no upload takes so long
_NAMES_ASKED = 500
UNLIMITED = 1_000_000
_EARLIEST_ZONE = timedelta(hours=14)  # UTC+14 is the first to see a new day
_BETWEEN_PARTS = re.compile(r"-{2,}|[\s,;|，；]+")


def today_here(*, now: datetime) -> date:
    """The merchant's calendar day. A code that expires on a day is good through that day there."""
    return now.astimezone(zone_here(now=now)).date()


def batches() -> "QuerySet[Batch]":
    return Batch.objects.select_related("sku__product").order_by("-made_at", "-pk")


def holds_of_code(*, code_id: int) -> "QuerySet[Hold]":
    return Hold.objects.filter(code_id=code_id).order_by("pk")


def moves_of_code(*, code_id: int) -> "QuerySet[CodeMove]":
    return CodeMove.objects.filter(code_id=code_id).order_by("at", "pk")


def live_holds(*, item_id: int) -> "QuerySet[Hold]":
    return Hold.objects.filter(item_id=item_id).exclude(state=HoldState.RELEASED).order_by("pk")


def find_holder(*, code_id: int) -> int | None:
    """The order item that holds or bought the code."""
    live = Hold.objects.filter(code_id=code_id).exclude(state=HoldState.RELEASED)
    found: int | None = live.values_list("item_id", flat=True).first()
    return found


def find_content(*, sku_id: int) -> Content | None:
    return Content.objects.filter(sku_id=sku_id, is_current=True).first()


def find_code_by_text(*, text: str) -> list[Code]:
    """Codes whose secret is this text, or the last part of it (`card no----secret` as pasted)."""
    hashed = CodeSealer().secret_hash
    parts = [part for part in _BETWEEN_PARTS.split(text.strip()) if part]
    wanted = {hashed(text), *(hashed(part) for part in parts[-1:])}
    found = Code.objects.filter(secret_hash__in=wanted).select_related("sku", "batch")
    return list(found.order_by("pk")[:20])


def counts_of_batches(*, batch_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many codes of each batch are in which state."""
    rows = Code.objects.filter(batch_id__in=list(batch_ids)).values_list("batch_id", "state")
    counts: dict[int, dict[str, int]] = {}
    for batch_id, state, count in rows.annotate(count=Count("pk")).order_by():
        counts.setdefault(batch_id, {})[state] = count
    return counts


def days_of_batch(*, batch_id: int) -> tuple[date, date] | None:
    """The first and the last day that codes of the batch expire on; None for an empty one."""
    days = Code.objects.filter(batch_id=batch_id).aggregate(
        first=Min("expires_on"), last=Max("expires_on")
    )
    return (days["first"], days["last"]) if days["first"] else None


# Counts at most `most` entries of the claim's own index per SKU; what a content has left is added.
_STOCK = """
    SELECT wanted.sku_id,
           (SELECT count(*) FROM (
                SELECT 1 FROM inventory_code
                 WHERE tenant_id = %(tenant)s AND sku_id = wanted.sku_id AND state = 'available'
                 LIMIT %(most)s) AS counted)
         + coalesce((
                SELECT coalesce(most_uses - uses, %(unlimited)s) FROM inventory_content
                 WHERE tenant_id = %(tenant)s AND sku_id = wanted.sku_id AND is_current), 0)
      FROM unnest(%(skus)s::bigint[]) AS wanted(sku_id)
"""


def stock_of(sku_ids: Iterable[int]) -> dict[int, int]:
    """How many of each SKU can be sold, counted up to 1,000 codes: for pages."""
    return _stock(sku_ids, most=MOST_COUNTED)


def count_available(*, sku_id: int) -> int:
    """How many of a SKU can be sold, to the last one."""
    return _stock([sku_id], most=UNLIMITED * 1_000)[sku_id]


def _stock(sku_ids: Iterable[int], *, most: int) -> dict[int, int]:
    given: dict[str, Any] = {"tenant": require_tenant(), "skus": list(sku_ids), "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, given | {"unlimited": UNLIMITED})
        return dict(cursor.fetchall())


def cover_days(*, sku_ids: Iterable[int] | None = None, now: datetime) -> list[Cover]:
    """How long the stock lasts; without `sku_ids`, of every SKU that sold lately."""
    since = now - timedelta(days=SALES_DAYS)
    sold = Hold.objects.filter(state=HoldState.SOLD, ended_at__gt=since, ended_at__lte=now)
    if sku_ids is not None:
        sku_ids = list(sku_ids)
        sold = sold.filter(sku_id__in=sku_ids)
    counts = dict(sold.values_list("sku_id").annotate(Count("pk")).order_by())
    asked = counts if sku_ids is None else sku_ids
    stock = _stock(asked, most=UNLIMITED)
    return [_cover(sku_id, stock[sku_id], counts.get(sku_id, 0)) for sku_id in asked]


def _cover(sku_id: int, available: int, sold: int) -> Cover:
    daily = sold / SALES_DAYS
    days = available / daily if sold else None
    return Cover(sku_id=sku_id, available=available, sold_a_day=daily, days=days)


def low_stock(*, now: datetime, days: float = LOW_COVER_DAYS) -> list[Cover]:
    """SKUs that will run out within `days` at the pace of the last 14, the most urgent first."""
    short = [cover for cover in cover_days(now=now) if cover.days is not None and cover.days < days]
    return sorted(short, key=lambda cover: (cover.days, -cover.sold_a_day))


_EXPIRING = f"""
    SELECT shelf.sku_id, shelf.expires_on, sum(counted.n)::int
      FROM inventory_shelf AS shelf
     CROSS JOIN generate_series(0, {LANES - 1}) AS lanes(lane)
     CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM inventory_code AS code
             WHERE code.tenant_id = %(tenant)s AND code.sku_id = shelf.sku_id
               AND code.lane = lanes.lane
               AND code.state = 'available' AND code.expires_on = shelf.expires_on) AS counted
     WHERE shelf.tenant_id = %(tenant)s AND shelf.expires_on BETWEEN %(today)s AND %(last)s
     GROUP BY shelf.sku_id, shelf.expires_on HAVING sum(counted.n) > 0
     ORDER BY shelf.expires_on, shelf.sku_id
"""  # noqa: S608 -- only our own constant


def expiring_soon(*, now: datetime, days: int = EXPIRING_DAYS) -> list[Expiring]:
    """Stock that expires within `days`, the soonest first."""
    rows = _lots(now=now, last=today_here(now=now) + timedelta(days=days))
    return [Expiring(sku_id=sku, expires_on=day, count=count) for sku, day, count in rows]


def stock_lots(*, now: datetime) -> list[Lot]:
    """All that can be sold, by SKU and day of expiry, the soonest first."""
    rows = _lots(now=now, last=NEVER)
    found = Batch.objects.filter(sku__in={sku for sku, _day, _count in rows}).order_by()
    costs = dict(found.filter(cost_e4__gt=0).values_list("sku").annotate(Avg("cost_e4")))
    unpriced = _unpriced(found.filter(sku__in=costs, cost_e4=0))
    lots = []
    for sku, day, count in rows:
        without = min(count, unpriced.get((sku, day), 0)) if sku in costs else count
        cost_e4 = (count - without) * round(costs.get(sku, 0))
        lot = Lot(sku_id=sku, expires_on=day, codes=count, cost_e4=cost_e4, unpriced=without)
        lots.append(lot)
    return lots


def _unpriced(batches: "QuerySet[Batch]") -> dict[tuple[int, date], int]:
    """By SKU and day of expiry, what is left of batches that nobody said the cost of."""
    left = Code.objects.filter(batch__in=batches, state=CodeState.AVAILABLE).order_by()
    rows = left.values_list("sku", "expires_on").annotate(Count("pk"))
    return {(sku, day): count for sku, day, count in rows}


def _lots(*, now: datetime, last: date) -> list[tuple[int, date, int]]:
    given: dict[str, Any] = {"tenant": require_tenant(), "today": today_here(now=now), "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRING, given)
        return [(sku, day, count) for sku, day, count in cursor.fetchall()]


def due_holds(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, hold) of reservations whose time is up: one hold for each order item."""
    due = Hold.objects.using("ops").filter(state=HoldState.RESERVED, until__lte=now)
    firsts: dict[tuple[int, int], int] = {}
    for tenant_id, item_id, pk in due.order_by("until").values_list("tenant_id", "item_id", "pk")[
        :limit
    ]:
        firsts.setdefault((tenant_id, item_id), pk)
    return [(tenant_id, pk) for (tenant_id, _), pk in firsts.items()]


def due_shelves(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, shelf) whose day may be past somewhere; the service asks the merchant's calendar."""
    past = Shelf.objects.using("ops").filter(expires_on__lt=(now + _EARLIEST_ZONE).date())
    return list(past.order_by("expires_on").values_list("tenant_id", "pk")[:limit])


def due_batches(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, batch) of those to be gone through that no living worker has."""
    due = Batch.objects.using("ops").filter(state__in=AT_WORK, lease_until__lte=now)
    return list(due.order_by("lease_until").values_list("tenant_id", "pk")[:limit])


def sold_of_batch(*, batch_id: int) -> "QuerySet[Code]":
    """Codes of a recalled batch that buyers have: a person decides which to replace."""
    return Code.objects.filter(Q(batch_id=batch_id) & Q(state=CodeState.SOLD)).order_by("pk")


def imports() -> "QuerySet[ImportJob]":
    return ImportJob.objects.select_related("sku__product", "batch").order_by("-pk")


def due_imports(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, import) of checks and loads that no living worker has."""
    due = ImportJob.objects.using("ops").filter(
        state__in=[ImportState.CHECKING, ImportState.RUNNING], lease_until__lte=now
    )
    return list(due.order_by("lease_until").values_list("tenant_id", "pk")[:limit])


def due_import_files(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, import) whose sealed file nobody came back for in a week."""
    left = ImportJob.objects.using("ops").filter(made_at__lte=now - IMPORT_FILE_KEPT)
    left = left.exclude(file_name="").exclude(state__in=[ImportState.CHECKING, ImportState.RUNNING])
    return list(left.order_by("pk").values_list("tenant_id", "pk")[:limit])


def due_stray_files(*, now: datetime, limit: int, kept_too: Keeper | None = None) -> list[str]:
    """Sealed files whose key no row has: their upload was killed, or rolled back."""
    old, strays = old_files(before=now - STRAY_AFTER), list[str]()
    kept = ImportJob.objects.using("ops").exclude(file_name="")
    while len(strays) < limit and (names := list(islice(old, _NAMES_ASKED))):
        known = set(kept.filter(file_name__in=names).values_list("file_name", flat=True))
        known |= kept_too(names=names) if kept_too else set()
        strays += [name for name in names if name not in known]
    return strays[:limit]
