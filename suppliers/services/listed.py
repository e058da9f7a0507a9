"""What a catalogue said, kept: its lines, the prices that moved, and the offers that follow it.

Thousands of lines come every half an hour, and few of them differ from the last time: each step is
one statement, which writes what changed. What did not is written a few times a day, so that it can
be told when it was seen.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from core.outbox import emit
from core.scope import require_tenant
from core.statements import run
from suppliers.abilities import ListedProduct
from suppliers.events import CostSaid, PriceMoved
from suppliers.models import Offer, PriceChange, Supplier
from suppliers.selectors import margin_rules
from suppliers.types import clean_words

Key = tuple[str, int]
SEEN_EVERY = timedelta(hours=6)
AT_ONCE = 5_000
_MOST_STOCK = 2**31 - 1
_COLUMNS = ("product", "face_value", "name", "kind", "cost_e4", "is_on_sale", "stock")

# The statement sees the rows as they were before it: `was` has the old price.
_KEEP = """
    WITH given AS (
        SELECT * FROM unnest(
            %(product)s::text[], %(face_value)s::int[], %(name)s::text[], %(kind)s::text[],
            %(cost_e4)s::bigint[], %(is_on_sale)s::bool[], %(stock)s::int[]
        ) AS g(product, face_value, name, kind, cost_e4, is_on_sale, stock)),
    was AS (
        SELECT own.product, own.face_value, own.cost_e4 FROM suppliers_supplierproduct AS own
          JOIN given USING (product, face_value)
         WHERE own.tenant_id = %(tenant)s AND own.supplier_id = %(supplier)s),
    kept AS (
        INSERT INTO suppliers_supplierproduct AS own (
            tenant_id, supplier_id, product, face_value, name, kind, cost_e4, is_on_sale, stock,
            first_seen_at, seen_at, changed_at)
        SELECT %(tenant)s, %(supplier)s, product, face_value, name, kind, cost_e4, is_on_sale,
               stock, %(now)s::timestamptz, %(now)s::timestamptz, %(now)s::timestamptz
          FROM given
        ON CONFLICT (tenant_id, supplier_id, product, face_value) DO UPDATE SET
            name = excluded.name, kind = excluded.kind, cost_e4 = excluded.cost_e4,
            is_on_sale = excluded.is_on_sale, stock = excluded.stock, seen_at = excluded.seen_at,
            gone_at = NULL,
            changed_at = CASE WHEN own.gone_at IS NULL
                AND (own.name, own.kind, own.cost_e4, own.is_on_sale, own.stock)
                IS NOT DISTINCT FROM (excluded.name, excluded.kind, excluded.cost_e4,
                                      excluded.is_on_sale, excluded.stock)
                THEN own.changed_at ELSE excluded.changed_at END
         WHERE own.seen_at < %(stale)s OR own.gone_at IS NOT NULL
            OR (own.name, own.kind, own.cost_e4, own.is_on_sale, own.stock)
               IS DISTINCT FROM (excluded.name, excluded.kind, excluded.cost_e4,
                                 excluded.is_on_sale, excluded.stock)
        RETURNING own.id, own.product, own.face_value, own.cost_e4, own.changed_at)
    SELECT kept.id, kept.product, kept.face_value, was.cost_e4, kept.cost_e4,
           kept.changed_at = %(now)s
      FROM kept LEFT JOIN was USING (product, face_value)
"""
_GONE = """
    UPDATE suppliers_supplierproduct AS own SET gone_at = %(now)s, changed_at = %(now)s
     WHERE own.tenant_id = %(tenant)s AND own.supplier_id = %(supplier)s AND own.gone_at IS NULL
       AND (%(only)s = '' OR own.product = %(only)s)
       AND NOT EXISTS (
           SELECT FROM unnest(%(product)s::text[], %(face_value)s::int[]) AS g(product, face_value)
            WHERE g.product = own.product AND g.face_value = own.face_value)
    RETURNING own.id
"""
# One gift card comes in several values: its offer is of one of them. Of two lines that are about
# one offer, the one that is still told counts, then the one of its very value.
_FOLLOW = """
    UPDATE suppliers_offer AS own SET
           cost_e4 = said.cost_e4, most_e4 = said.most_e4, supply = said.supply
      FROM (SELECT offer.id,
                   CASE WHEN 'cost_e4' = ANY(offer.own_fields) THEN offer.cost_e4
                        ELSE coalesce(line.cost_e4, offer.cost_e4) END AS cost_e4,
                   CASE WHEN offer.own_fields && ARRAY['cost_e4', 'most_e4']::varchar[]
                        THEN offer.most_e4
                        ELSE coalesce(line.cost_e4, offer.most_e4) END AS most_e4,
                   CASE WHEN 'supply' = ANY(offer.own_fields) THEN offer.supply
                        WHEN line.gone_at IS NOT NULL OR NOT line.is_on_sale THEN 'off shelf'
                        WHEN line.stock = 0 THEN 'no stock' ELSE 'open' END AS supply
              FROM suppliers_offer AS offer
             CROSS JOIN LATERAL (
                   SELECT one.cost_e4, one.is_on_sale, one.stock, one.gone_at
                     FROM suppliers_supplierproduct AS one
                    WHERE one.tenant_id = offer.tenant_id AND one.supplier_id = offer.supplier_id
                      AND one.product = offer.product AND one.face_value IN (0, offer.face_value)
                    ORDER BY one.gone_at IS NOT NULL, one.face_value DESC LIMIT 1) AS line
             WHERE offer.tenant_id = %(tenant)s AND offer.supplier_id = %(supplier)s
               AND (%(offer)s::bigint IS NULL OR offer.id = %(offer)s)
               FOR NO KEY UPDATE OF offer) AS said
     WHERE own.tenant_id = %(tenant)s AND own.id = said.id
       AND (own.cost_e4, own.most_e4, own.supply)
           IS DISTINCT FROM (said.cost_e4, said.most_e4, said.supply)
    RETURNING own.sku_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A line's price that is another one than before."""

    product_id: int
    key: Key
    old_e4: int
    new_e4: int

    def is_beyond(self, percent: int) -> bool:
        return abs(self.new_e4 - self.old_e4) * 100 > self.old_e4 * percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    changed: int
    moved: Sequence[Moved]


def keep_lines(supplier: Supplier, lines: Iterable[ListedProduct], *, now: datetime) -> Kept:
    """Write down what is new or other than before; in the caller's transaction."""
    rows = []
    left = map(_row, lines)
    while some := list(islice(left, AT_ONCE)):
        given = {name: [row[name] for row in some] for name in _COLUMNS}
        rows += _run(_KEEP, _told(supplier, now) | given | {"stale": now - SEEN_EVERY})
    moved = [
        Moved(product_id=pk, key=(product, face_value), old_e4=old, new_e4=new)
        for pk, product, face_value, old, new, _has_changed in rows
        if old is not None and new is not None and old != new
    ]
    return Kept(changed=sum(row[-1] for row in rows), moved=moved)


def mark_gone(supplier: Supplier, seen: Collection[Key], *, only: str, now: datetime) -> int:
    """What the supplier does not tell any more, of one product or of all; how many that were."""
    given = {"product": [key[0] for key in seen], "face_value": [key[1] for key in seen]}
    return len(_run(_GONE, _told(supplier, now) | given | {"only": only}))


def follow(supplier_id: int, *, offer_id: int | None = None) -> list[int]:
    """Let offers cost what the catalogue says, and be had if it says so; the SKU of each that
    changed.

    What the merchant has taken over stays. A highest cost that nobody set is what it costs.
    """
    told = {"tenant": require_tenant(), "supplier": supplier_id, "offer": offer_id}
    return [sku_id for (sku_id,) in _run(_FOLLOW, told)]


def tell_costs(sku_ids: Iterable[int]) -> None:
    """Tell of SKUs whose offers changed, one by one, as far as a margin rule looks at them."""
    for sku_id in sorted(margin_rules(sku_ids=sku_ids)):
        emit(CostSaid(sku_id=sku_id))


def tell_moved(supplier: Supplier, moved: Sequence[Moved], *, percent: int, now: datetime) -> int:
    """Write down the prices that moved by more than so much, and tell of those that we sell."""
    far = [one for one in moved if one.is_beyond(percent)]
    if not far:
        return 0
    offers = Offer.objects.filter(supplier=supplier).values_list("product", "face_value")
    offered = {
        key for product, face_value in offers for key in ((product, 0), (product, face_value))
    }
    changes = PriceChange.objects.bulk_create(
        [
            PriceChange(
                supplier=supplier,
                product_id=one.product_id,
                old_e4=one.old_e4,
                new_e4=one.new_e4,
                is_offered=one.key in offered,
                at=now,
            )
            for one in far
        ],
        batch_size=1_000,
    )
    for change in changes:
        if change.is_offered:
            emit(PriceMoved(price_change_id=change.pk))
    return len(changes)


def _run(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return run(sql, given, comes_again=False).rows  # its plan depends on how much is given


def _told(supplier: Supplier, now: datetime) -> dict[str, Any]:
    return {"tenant": require_tenant(), "supplier": supplier.pk, "now": now}


def _row(line: ListedProduct) -> Mapping[str, Any]:
    return {
        "product": line.product,
        "face_value": line.face_value,
        "name": clean_words(line.name)[:200],
        "kind": line.kind.value if line.kind else "",
        "cost_e4": line.cost_e4,
        "is_on_sale": line.is_on_sale,
        "stock": None if line.stock is None else min(line.stock, _MOST_STOCK),
    }
