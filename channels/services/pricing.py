"""What a partner pays. Its price is never above the list price: it is what is taken off that."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from channels.errors import CostAbovePrice, PriceAboveLimit, SkuNotAllowed
from channels.models import Partner, PartnerSku, TierPrice
from channels.models.partners import RATE
from channels.selectors import tier_of
from channels.selectors.shelves import loses
from channels.states import LossGuard, PriceWay
from channels.types import Seat, Tier
from core.money import write_e4
from orders.types import Adjustment, Pricing

if TYPE_CHECKING:
    from catalog.models import Sku
    from orders.models import Item, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartnerPricing:
    """`orders.types.Pricing` of one partner; `limit_e4` is the most that he wants to pay in all."""

    seat: Seat
    limit_e4: int | None

    def __call__(self, *, sku: "Sku", quantity: int) -> Adjustment | None:
        seat = self.seat
        if not seat.sells_all and not _is_listed(seat, sku.pk):
            raise SkuNotAllowed(_("This is not in your catalogue. Talk to the shop."), param="sku")
        price_e4 = prices_for(seat=seat, skus=[sku])[sku.pk]
        if seat.loss_guard == LossGuard.REFUSE and loses(sku, price_e4):
            raise CostAbovePrice(
                _("This cannot be sold at your price just now. Talk to the shop."), param="sku"
            )
        total_e4 = price_e4 * quantity
        if self.limit_e4 is not None and total_e4 > self.limit_e4:
            raise PriceAboveLimit(
                _("It costs more than you allow. Look up its price again."),
                param="max_amount",
                amount=write_e4(total_e4),
            )
        off_e4 = int(sku.price_e4) * quantity - total_e4
        return Adjustment(kind="tier", ref=_tier_ref(seat), amount_e4=off_e4) if off_e4 else None


def _tier_ref(seat: Seat) -> str:
    return seat.tier.ref if seat.tier is not None else ""


def is_at_loss(*, order: "Order", item: "Item") -> bool:
    """Whether what the order's one line costs its buyer does not bring the cost in."""
    return loses(item.sku, order.total_e4 // item.quantity)


def pricing_of(*, seat: Seat, limit_e4: int | None = None) -> Pricing:
    """How an order of this partner is priced. Raises, when asked, SkuNotAllowed, CostAbovePrice and
    PriceAboveLimit."""
    return _PartnerPricing(seat=seat, limit_e4=limit_e4)


def prices_for(*, seat: Seat, skus: Iterable["Sku"]) -> dict[int, int]:
    """What one of each costs the partner, in 1/10,000, by the SKU's id. At most one query."""
    return _prices(seat.tier, seat.tier_id, skus)


def _prices(tier: Tier | None, tier_id: int | None, skus: Iterable["Sku"]) -> dict[int, int]:
    found = list(skus)
    own: dict[int, int] = {}
    if tier is not None and tier.has_prices:
        rows = TierPrice.objects.filter(tier_id=tier_id, sku_id__in=[sku.pk for sku in found])
        own = dict(rows.values_list("sku_id", "price_e4"))
    return {sku.pk: price_of(tier=tier, sku=sku, own_e4=own.get(sku.pk)) for sku in found}


def prices_of_partner(*, partner: Partner, skus: Iterable["Sku"]) -> dict[int, int]:
    """`prices_for` of a partner who does not call just now. At most two queries."""
    return _prices(tier_of(partner=partner), partner.tier_id, skus)


def price_of(*, tier: Tier | None, sku: "Sku", own_e4: int | None) -> int:
    """One SKU's price in a tier, in 1/10,000: rounded up there, and there only."""
    list_e4, cost_e4 = int(sku.price_e4), sku.cost_hint_e4
    if tier is None:
        return list_e4
    price_e4 = list_e4 if own_e4 is None else own_e4
    if own_e4 is None and tier.way == PriceWay.DISCOUNT:
        price_e4 = _share(list_e4, tier.rate)
    elif own_e4 is None and tier.way == PriceWay.COST_PLUS and cost_e4 is not None:
        price_e4 = _share(cost_e4, tier.rate)
    floor_e4 = _share(cost_e4 or 0, tier.floor_rate)
    return min(max(price_e4, floor_e4), list_e4)


def _share(amount_e4: int, rate: int) -> int:
    return -(-amount_e4 * rate // RATE)


def _is_listed(seat: Seat, sku_id: int) -> bool:
    return PartnerSku.objects.filter(partner_id=seat.partner_id, sku_id=sku_id).exists()
