"""What a SKU costs that is bought when it is ordered, and which rules look at that."""

from collections.abc import Iterable

from django.db.models import QuerySet

from suppliers.models import MarginRule, Offer
from suppliers.states import MarginAction, Supply


def cost_of_next(*, sku_id: int, price_e4: int) -> int | None:
    """What the next one would cost: of the offer that is asked first at this price, or the least
    that it could be had for at a higher one. None where nobody has it to sell."""
    offers = Offer.objects.filter(
        sku_id=sku_id, is_on=True, supplier__is_on=True, supply=Supply.OPEN
    ).order_by("priority", "cost_e4", "pk")
    costs = [cost for cost, most in offers.values_list("cost_e4", "most_e4") if cost <= most]
    fit = [cost for cost in costs if cost <= price_e4]
    return fit[0] if fit else min(costs, default=None)


def find_margin_rule(*, sku_id: int) -> MarginRule | None:
    return MarginRule.objects.filter(sku_id=sku_id).first()


def margin_rules(*, sku_ids: Iterable[int]) -> dict[int, MarginRule]:
    """The rules of these SKUs that do something, by SKU."""
    found = MarginRule.objects.filter(sku_id__in=list(sku_ids)).exclude(action=MarginAction.NONE)
    return {rule.sku_id: rule for rule in found}


def rules_of_supplier(*, supplier_id: int) -> "QuerySet[MarginRule]":
    """Rules that do something, of SKUs that the supplier offers."""
    offered = Offer.objects.filter(supplier_id=supplier_id).values("sku_id")
    rules = MarginRule.objects.filter(sku_id__in=offered)
    return rules.exclude(action=MarginAction.NONE).order_by("sku_id")
