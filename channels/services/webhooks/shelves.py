"""What changes by itself: a price, and whether there is any. A partner with endpoints has what he
may buy compared with what he knows, a few times a minute: no sale has to tell that it was the last.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels.models import Partner, PartnerShelf, ShelfItem
from channels.selectors.doors import has_door
from channels.selectors.shelves import OnHand, on_hand, skus_of_partner
from channels.services.pricing import prices_of_partner
from channels.services.webhooks.announcing import tell
from channels.states import DoorKind, EventKind
from channels.types import News
from core.money import write_e4
from core.scope import tenant_atomic
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from catalog.models import Sku

LOOK_EVERY = timedelta(seconds=20)


@tenant_atomic
def look_at_shelf(*, shelf_id: int, now: datetime) -> None:
    """Tell what is not as the partner knows it. What he has not seen yet is no news."""
    due = PartnerShelf.objects.filter(pk=shelf_id, next_at__lte=now)
    if due.update(next_at=now + LOOK_EVERY) == 0:
        return
    shelf = PartnerShelf.objects.select_related("partner__tier").get(pk=shelf_id)
    partner = shelf.partner
    sold = skus_of_partner(partner_id=partner.pk, sells_all=partner.sells_all, now=now)
    skus = {sku.pk: sku for sku in sold}
    prices = prices_of_partner(partner=partner, skus=skus.values())
    there = on_hand(skus=list(skus.values()), prices=prices, guard=partner.loss_guard, now=now)
    known = ShelfItem.objects.filter(partner_id=partner.pk).select_related("sku")
    items = {item.sku_id: item for item in known.select_for_update(of=("self",), no_key=True)}
    _see_new(partner, [sku for pk, sku in skus.items() if pk not in items], prices, there)
    currency, news = get_shop().currency, list[News]()
    for sku_id, item in sorted(items.items()):
        news += _compared(item, skus.get(sku_id), prices.get(sku_id), there, currency)
    is_asked = has_door(partner_id=partner.pk, kind=DoorKind.KASUSHOU)
    tell(partner_id=partner.pk, news=news, now=now, is_kept=is_asked)


def _see_new(partner: Partner, skus: "list[Sku]", prices: dict[int, int], there: OnHand) -> None:
    ShelfItem.objects.bulk_create(
        [
            ShelfItem(
                partner=partner, sku=sku, price_e4=prices[sku.pk], is_available=there.has(sku)
            )
            for sku in skus
        ],
        ignore_conflicts=True,
    )


def _compared(
    item: ShelfItem, sku: "Sku | None", price_e4: int | None, there: OnHand, currency: str
) -> Iterator[News]:
    """A SKU that is not on sale any more has no price, and there is none of it."""
    new_price = item.price_e4 if price_e4 is None else price_e4
    is_available = sku is not None and there.has(sku)
    old_price, was_available = item.price_e4, item.is_available
    if (new_price, is_available) == (old_price, was_available):
        return
    item.price_e4, item.is_available, item.changes = new_price, is_available, item.changes + 1
    item.save(update_fields=["price_e4", "is_available", "changes"])
    data = {
        "object": "product",
        "sku": item.sku.ref,
        "price": write_e4(new_price),
        "currency": currency,
        "available": is_available,
    }
    if new_price != old_price:
        more = {"old_price": write_e4(old_price)}
        yield _news(EventKind.PRICE_CHANGED, item, data | more)
    if is_available != was_available:
        yield _news(EventKind.STOCK_CHANGED, item, data)


def _news(kind: EventKind, item: ShelfItem, data: dict[str, Any]) -> News:
    return News(kind=kind, fact=f"{kind}:{item.sku_id}:{item.changes}", data=data)
