"""Margin rules: a SKU whose cost eats its price is made dearer, or taken off sale until it pays.

A rule only ever raises a price, and puts back only what it took off itself.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.selectors import get_sku
from catalog.states import BOUGHT, ProductState
from core.actors import SYSTEM, Actor
from core.errors import AppError
from core.money import E4, MINOR_DIGITS
from core.outbox import Event, emit
from core.scope import tenant_atomic
from suppliers.errors import SupplierUnfit
from suppliers.events import PriceRaised, PutBackOnSale, TakenOffSale
from suppliers.models import MarginRule
from suppliers.selectors.margins import cost_of_next
from suppliers.states import MarginAction
from tenants import audit
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from catalog.models import Sku

MOST_MARGIN = 1000  # per cent
_log = structlog.get_logger(__name__)


@tenant_atomic
def set_margin_rule(
    *, sku_id: int, action: str, margin_percent: int, by: Actor, now: datetime
) -> MarginRule:
    """What is to be done when the SKU's cost leaves less; done at once if it does now. Raises
    SupplierUnfit."""
    sku = get_sku(sku_id=sku_id)
    if sku.kind not in BOUGHT:
        raise SupplierUnfit(_("Only what is bought from suppliers has a margin rule."))
    if action not in MarginAction.values:
        raise SupplierUnfit(_("Choose one of the listed rules."), param="action")
    if not 0 <= margin_percent <= MOST_MARGIN:
        raise SupplierUnfit(
            _("Write a number from %(least)s to %(most)s.") % {"least": 0, "most": MOST_MARGIN},
            param="margin_percent",
        )
    given: dict[str, str | int | None] = {"action": action, "margin_percent": margin_percent}
    rule, _is_new = MarginRule.objects.update_or_create(sku=sku, defaults=given)
    audit.record(by=by, action="margin.rule_set", target=sku.ref, data=given, now=now)
    keep_margin(sku_id=sku_id, now=now)
    return rule


def hear_cost(*, sku_id: int, now: datetime) -> None:
    """Hold the SKU's rule against what its offers cost now.

    What it cannot do is told to the log, and tried again when a cost is said the next time.
    """
    try:
        keep_margin(sku_id=sku_id, now=now)
    except AppError as refusal:
        _log.warning("margin_not_kept", sku_id=sku_id, code=refusal.code)


@tenant_atomic
def keep_margin(*, sku_id: int, now: datetime) -> None:
    """Do what the SKU's rule says, if its cost asks for it; a second call finds nothing to do."""
    rule = MarginRule.objects.select_for_update(no_key=True, of=("self",)).get(sku_id=sku_id)
    sku = catalog.locked_sku(sku_id=sku_id)
    if rule.taken_off_at and (sku.is_on_sale or rule.action == MarginAction.NONE):
        _forget(rule)  # the merchant has put it back, or lets it be
    cost_e4 = cost_of_next(sku=sku, now=now)
    if cost_e4 is None or rule.action == MarginAction.NONE:
        return
    least_e4 = least_price(cost_e4=cost_e4, margin_percent=rule.margin_percent)
    if sku.price_e4 >= least_e4:
        _put_back(rule, sku, cost_e4, now=now)
    elif rule.action == MarginAction.REPRICE:
        _raise_price(sku, least_e4, cost_e4, now=now)
        _put_back(rule, sku, cost_e4, now=now)
    else:
        _take_off(rule, sku, cost_e4, now=now)


def least_price(*, cost_e4: int, margin_percent: int) -> int:
    """The cost and the margin on it, rounded up to what can be paid in the shop's currency."""
    step: int = E4 // 10 ** MINOR_DIGITS.get(get_shop().currency, 2)
    return -(-cost_e4 * (100 + margin_percent) // (100 * step)) * step


def _raise_price(sku: "Sku", price_e4: int, cost_e4: int, *, now: datetime) -> None:
    catalog.change_sku(sku_id=sku.pk, given={"price_e4": price_e4}, by=SYSTEM, now=now)
    _tell(sku, PriceRaised(sku_id=sku.pk), "margin.price_raised", cost_e4, now=now)


def _take_off(rule: MarginRule, sku: "Sku", cost_e4: int, *, now: datetime) -> None:
    """The last one on sale takes its product off the shelf with it."""
    if not sku.is_on_sale:
        return
    product = sku.product
    others = product.skus.filter(is_on_sale=True).exclude(pk=sku.pk)
    rule.has_unpublished = product.state == ProductState.PUBLISHED and not others.exists()
    if rule.has_unpublished:
        catalog.unpublish(product_id=product.pk, by=SYSTEM, now=now)
    catalog.change_sku(sku_id=sku.pk, given={"is_on_sale": False}, by=SYSTEM, now=now)
    rule.taken_off_at = now
    rule.save(update_fields=["taken_off_at", "has_unpublished"])
    _tell(sku, TakenOffSale(sku_id=sku.pk), "margin.taken_off", cost_e4, now=now)


def _put_back(rule: MarginRule, sku: "Sku", cost_e4: int, *, now: datetime) -> None:
    if rule.taken_off_at is None:
        return
    catalog.change_sku(sku_id=sku.pk, given={"is_on_sale": True}, by=SYSTEM, now=now)
    if rule.has_unpublished:
        catalog.publish(product_id=sku.product_id, by=SYSTEM, now=now)
    _forget(rule)
    _tell(sku, PutBackOnSale(sku_id=sku.pk), "margin.put_back", cost_e4, now=now)


def _forget(rule: MarginRule) -> None:
    rule.taken_off_at, rule.has_unpublished = None, False
    rule.save(update_fields=["taken_off_at", "has_unpublished"])


def _tell(sku: "Sku", event: Event, action: str, cost_e4: int, *, now: datetime) -> None:
    audit.record(by=SYSTEM, action=action, target=sku.ref, data={"cost_e4": cost_e4}, now=now)
    emit(event)
