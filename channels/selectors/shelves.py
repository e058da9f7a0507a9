"""What a partner may buy, and of what there is any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from catalog.selectors import skus_for_sale
from catalog.states import BOUGHT, Channel
from channels.selectors.partners import skus_listed
from channels.states import LossGuard
from inventory.selectors import stock_of
from suppliers.selectors import skus_with_offers
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Sku

STOCKED = frozenset({"stock_code", "reusable"})


@dataclass(frozen=True, slots=True)
class OnHand:
    """How many there are of what is stocked, and what a supplier would deliver; and what the loss
    guard does with an order of it: `refused`, or `held` until somebody has decided."""

    stock: Mapping[int, int]
    offered: frozenset[int]
    held: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()

    def has(self, sku: "Sku") -> bool:
        if sku.pk in self.refused:
            return False
        if sku.kind in STOCKED:
            return self.stock.get(sku.pk, 0) > 0
        return sku.kind not in BOUGHT or sku.pk in self.offered

    def holds(self, sku: "Sku") -> bool:
        """There is some, and an order of it is held first."""
        return sku.pk in self.held and self.has(sku)

    def count(self, sku: "Sku") -> int | None:
        """None where nobody counts."""
        return self.stock.get(sku.pk, 0) if sku.kind in STOCKED else None


def skus_of_partner(*, partner_id: int, sells_all: bool, now: datetime) -> "QuerySet[Sku]":
    """What the partner may buy now, the newest first."""
    found = skus_for_sale(now=now)
    return found if sells_all else found.filter(pk__in=skus_listed(partner_id=partner_id))


def on_hand(
    *,
    skus: Sequence["Sku"],
    prices: Mapping[int, int],
    guard: str,
    channel: str = Channel.API.value,
    now: datetime,
) -> OnHand:
    """Of these SKUs, at the partner's prices: what no supplier delivers for them is not there, but
    where an order at a loss is waited with (`guard`, a `LossGuard`)."""
    sales = {
        sku.pk: Sale(paid_e4=prices[sku.pk], channel=channel, slow_hours=sku.slow_hours)
        for sku in skus
        if sku.kind in BOUGHT
    }
    offered = skus_with_offers(sales=sales, now=now) if sales else set[int]()
    losing = {sku.pk for sku in skus if loses(sku, prices[sku.pk])}
    dearer = set[int]()
    if guard == LossGuard.WAIT and (left := sales.keys() - offered):
        at_a_loss = {pk: replace(sales[pk], may_lose=True) for pk in left}
        dearer = skus_with_offers(sales=at_a_loss, now=now)
    return OnHand(
        stock=stock_of([sku.pk for sku in skus if sku.kind in STOCKED]),
        offered=frozenset(offered | dearer),
        held=frozenset(losing | dearer if guard == LossGuard.WAIT else ()),
        refused=frozenset(losing if guard == LossGuard.REFUSE else ()),
    )


def loses(sku: "Sku", price_e4: int) -> bool:
    """At this price of one it does not bring its cost in, as far as that is known."""
    return sku.cost_hint_e4 is not None and sku.cost_hint_e4 > price_e4
