"""What a SKU costs that is bought when it is ordered, and which rules look at that."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from catalog.states import Channel
from core.money import MOST_E4
from suppliers.models import MarginRule, Offer
from suppliers.selectors.routing import authorised_today, offers_in_use, why_unsold
from suppliers.states import MarginAction
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Sku


def cost_of_next(*, sku: "Sku", now: datetime) -> int | None:
    """What the next one would cost at the most: of the offers that share its first place for one
    sold on the shelf at this price, or of the one that the least higher price is enough for. None
    where nobody has it to sell."""
    found = list(offers_in_use().filter(sku=sku).order_by("priority", "cost_e4", "pk"))
    may_sell = authorised_today(offers=found, now=now)

    def fit_at(price_e4: int) -> list[Offer]:
        sale = Sale(paid_e4=price_e4, channel=Channel.WEB, slow_hours=sku.slow_hours)
        return [one for one in found if not why_unsold(offer=one, sale=sale, authorised=may_sell)]

    if fit := fit_at(sku.price_e4):
        return max(one.cost_e4 for one in fit if one.priority == fit[0].priority)
    dearer = fit_at(MOST_E4)
    if not dearer:
        return None
    return min(dearer, key=lambda one: max(one.cost_e4, one.floor_e4)).cost_e4


def find_margin_rule(*, sku_id: int) -> MarginRule | None:
    return MarginRule.objects.filter(sku_id=sku_id).first()


def margin_rules(*, sku_ids: Iterable[int]) -> dict[int, MarginRule]:
    """The rules of these SKUs that do something, by SKU."""
    found = MarginRule.objects.filter(sku_id__in=list(sku_ids)).exclude(action=MarginAction.NONE)
    return {rule.sku_id: rule for rule in found}
