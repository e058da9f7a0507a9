"""Prices, limits and promises of one thing."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.errors import NameTaken
from catalog.models import MOST_PER_ORDER, BuyerTemplate, Product, Sku
from catalog.services._cleaning import check_row, only_known
from catalog.services.products import check_sources, locked_product
from catalog.states import MOST_SLOW_HOURS, ProductState
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.money import E4, MOST_E4
from core.refs import new_ref
from core.scope import tenant_atomic
from tenants import audit

SKU_FIELDS = (
    "name", "name_en", "kind", "face_value_e4", "duration_days", "price_e4", "list_price_e4",
    "cost_hint_e4", "promise", "buyer_template_id", "code_format", "min_days_left",
    "slow_hours",
    "most_per_order", "most_per_buyer", "hold_cap_per_buyer", "position", "is_on_sale",
)  # fmt: skip
_PAID = E4 // 100  # what a person pays is a whole number of 1/100
_PATTERN = re.compile(
    r"(?:\[\^?[^\[\]\\]+\]|\\[dwDW.\-]|[A-Za-z0-9_\- ]|\.)(?:\{\d{1,3}(?:,\d{0,3})?\}|[?*+])?"
)
MOST_LOOSE = 3
Data = dict[str, str | int | None]


@tenant_atomic
def create_sku(
    *, product_id: int, given: Mapping[str, Any], by: Actor, now: datetime, ref: str = ""
) -> Sku:
    """Add a SKU; `given` holds names from SKU_FIELDS, at least name and price_e4.

    `ref`: the number that it has elsewhere and is to have here.
    """
    product = locked_product(product_id)
    sku = Sku(ref=ref or new_ref(), product=product)
    _fill(sku, given)
    _save(sku)
    _check_shelf(product)
    data: Data = {"price_e4": sku.price_e4, "product": product.ref}
    audit.record(by=by, action="sku.created", target=sku.ref, now=now, data=data)
    return sku


@tenant_atomic
def change_sku(*, sku_id: int, given: Mapping[str, Any], by: Actor, now: datetime) -> Sku:
    """Change a SKU; an order placed before keeps the price it was placed at."""
    sku = locked_sku(sku_id=sku_id)
    product = sku.product
    before = sku.price_e4
    _fill(sku, given)
    _save(sku)
    _check_shelf(product)
    names = ",".join(sorted(given))[:200]
    data: Data = {"fields": names, "before_e4": before, "after_e4": sku.price_e4}
    audit.record(by=by, action="sku.changed", target=sku.ref, now=now, data=data)
    return sku


def locked_sku(*, sku_id: int) -> Sku:
    """It as it stands, its product locked until the caller's transaction ends; raises NotFound.

    It is read under the lock: who saved it meanwhile has not saved in vain.
    """
    product_id = Sku.objects.filter(pk=sku_id).values_list("product_id", flat=True).first()
    if product_id is None:
        raise NotFound
    product = locked_product(product_id)
    sku = Sku.objects.get(pk=sku_id)
    sku.product = product
    return sku


def _check_shelf(product: Product) -> None:
    """What is on the shelf stays deliverable."""
    if product.state == ProductState.PUBLISHED:
        check_sources(product)


def _fill(sku: Sku, given: Mapping[str, Any]) -> None:
    fields = only_known(given, SKU_FIELDS)
    if "code_format" in fields:
        fields["code_format"] = _checked_format(fields["code_format"] or {})
    for name, value in fields.items():
        setattr(sku, name, value)
    if not sku.name:
        raise InvalidInput(_("Give it a name."), param="name")
    template_id = sku.buyer_template_id
    if template_id and not BuyerTemplate.objects.filter(pk=template_id).exists():
        raise InvalidInput(_("Choose a buyer form."), param="buyer_template_id")
    _check_amounts(sku)
    if not 1 <= int(sku.most_per_order or 0) <= MOST_PER_ORDER:
        raise InvalidInput(
            _("One order may hold 1 to %(most)s.") % {"most": MOST_PER_ORDER},
            param="most_per_order",
        )
    if not 0 <= int(sku.slow_hours or 0) <= MOST_SLOW_HOURS:
        raise InvalidInput(
            _("Write a number of hours from 0 to %(most)s.") % {"most": MOST_SLOW_HOURS},
            param="slow_hours",
        )
    check_row(sku)


def _check_amounts(sku: Sku) -> None:
    price = sku.price_e4
    if price is None or not 0 < price <= MOST_E4 or price % _PAID:
        raise InvalidInput(
            _("A price is above zero and has at most two decimals."), param="price_e4"
        )
    for name in ("list_price_e4", "cost_hint_e4", "face_value_e4"):
        amount = getattr(sku, name)
        if amount is not None and not 0 <= amount <= MOST_E4:
            raise InvalidInput(_("An amount is not negative."), param=name)


def _checked_format(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Lengths and patterns that a million lines can be held against.

    A pattern has no groups and at most three open-ended repeats, so that no line, however it is
    made, can keep the importer busy with it.
    """
    if not isinstance(given, Mapping) or given.keys() - {"card_no", "secret"}:
        raise InvalidInput(_("A format is for the card number or the code."), param="code_format")
    return {part: _checked_part(rule) for part, rule in given.items() if rule}


def _checked_part(rule: Mapping[str, Any]) -> dict[str, Any]:
    try:
        least, most = int(rule.get("min") or 1), int(rule.get("max") or 200)
        pattern = str(rule.get("pattern") or "")
    except (TypeError, ValueError, AttributeError):
        raise InvalidInput(_("A length is a number."), param="code_format") from None
    if not 1 <= least <= most <= 200:
        raise InvalidInput(_("A code has 1 to 200 characters."), param="code_format")
    part: dict[str, Any] = {"min": least, "max": most}
    if pattern:
        part["pattern"] = _checked_pattern(pattern)
    return part


def _checked_pattern(pattern: str) -> str:
    whole = re.fullmatch(f"(?:{_PATTERN.pattern})+", pattern) if len(pattern) <= 100 else None
    loose = sum(len(re.findall(mark, pattern)) for mark in (r"[?*+]", r"\{\d+,\d*\}"))
    try:
        re.compile(pattern)
    except re.error:
        whole = None
    if whole is None or loose > MOST_LOOSE:
        raise InvalidInput(
            _("Write a pattern such as [A-Z0-9]{16}: characters, ranges and counts, no groups."),
            param="code_format",
        )
    return pattern


def _save(sku: Sku) -> None:
    try:
        with transaction.atomic():
            sku.save()
    except IntegrityError:
        raise NameTaken(_("The product has a SKU of this name."), param="name") from None
