"""What a partner may buy, and of what there is any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from catalog.selectors import skus_for_sale
from catalog.states import BOUGHT, Channel
from channels.selectors.partners import skus_listed
from inventory.selectors import stock_of
from suppliers.selectors import skus_with_offers
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Sku

STOCKED = frozenset({"stock_code", "reusable"})


@dataclass(frozen=True, slots=True)
class OnHand:
    """How many there are of what is stocked, and what a supplier would deliver."""

    stock: Mapping[int, int]
    offered: frozenset[int]

    def has(self, sku: "Sku") -> bool:
        if sku.kind in STOCKED:
            return self.stock.get(sku.pk, 0) > 0
        return sku.kind not in BOUGHT or sku.pk in self.offered

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
    channel: str = Channel.API.value,
    now: datetime,
) -> OnHand:
    """Of these SKUs, at the partner's prices: what no supplier delivers for them is not there."""
    sales = {
        sku.pk: Sale(paid_e4=prices[sku.pk], channel=channel, slow_hours=sku.slow_hours)
        for sku in skus
        if sku.kind in BOUGHT
    }
    return OnHand(
        stock=stock_of([sku.pk for sku in skus if sku.kind in STOCKED]),
        offered=frozenset(skus_with_offers(sales=sales, now=now) if sales else ()),
    )
