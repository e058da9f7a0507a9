"""Whose word counts for an offer: the supplier's catalogue, or the merchant where he spoke."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.scope import tenant_atomic
from suppliers.errors import SupplierUnfit
from suppliers.models import Offer
from suppliers.selectors import find_listed
from suppliers.services.listed import follow, tell_costs
from suppliers.states import Supply
from tenants import audit

# What the supplier's catalogue says of an offer, unless the merchant does.
FOLLOWED = frozenset({"cost_e4", "most_e4", "supply"})
# What is given to say so, and is more than a value to be set.
TAKEN_OVER = frozenset({"most_e4", "ignores_supply"})


@tenant_atomic
def follow_supplier(*, offer_id: int, fields: Collection[str], by: Actor, now: datetime) -> Offer:
    """Give these fields back to the supplier's catalogue; raises SupplierUnfit."""
    if not fields or not FOLLOWED.issuperset(fields):
        raise SupplierUnfit(_("An offer has no such field."), param="field")
    found = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer_id)
    found.own_fields = sorted(set(found.own_fields) - set(fields))
    if "most_e4" not in found.own_fields:
        found.most_e4 = found.cost_e4
    found.save(update_fields=["own_fields", "most_e4"])
    follow_now(found)
    told: dict[str, str | int | None] = {"fields": ",".join(sorted(fields))}
    audit.record(by=by, action="offer.followed", target=str(found), data=told, now=now)
    return found


def follow_now(row: Offer) -> None:
    """Have the catalogue's word, as far as the merchant leaves it to it, and tell of the cost."""
    follow(row.supplier_id, offer_id=row.pk)
    row.refresh_from_db(fields=["cost_e4", "most_e4", "supply"])
    tell_costs([row.sku_id])


def take_over(row: Offer, given: Mapping[str, Any], *, was: int) -> None:
    """What the merchant says of the highest cost, and of whether it can be had, stands.

    None for the highest cost gives it back; `ignores_supply` takes `supply` over, or gives it back.
    One that nobody set goes with the cost, which `was` so much.
    """
    own = set(row.own_fields)
    most_e4 = given.get("most_e4", row.most_e4)
    if most_e4 is None:
        own.discard("most_e4")
    elif most_e4 != row.most_e4:
        own.add("most_e4")
        row.most_e4 = most_e4
    if "most_e4" not in own and (most_e4 is None or row.most_e4 == was):
        row.most_e4 = row.cost_e4
    if given.get("ignores_supply"):
        own.add("supply")
        row.supply = Supply.OPEN
    elif "ignores_supply" in given:
        own.discard("supply")
    row.own_fields = sorted(own)


def take_new_cost(row: Offer) -> None:
    """A new offer's cost is the merchant's own if the catalogue knows it, and says another one."""
    line = find_listed(supplier_id=row.supplier_id, product=row.product, face_value=row.face_value)
    if line and line.cost_e4 not in (None, row.cost_e4):
        _own_cost(row)


def take_changes(row: Offer, was: Offer) -> None:
    """Another cost is the merchant's own; another product is had until the catalogue denies it."""
    if row.cost_e4 != was.cost_e4:
        _own_cost(row)
    if (row.product, row.face_value) != (was.product, was.face_value):
        row.supply = Supply.OPEN


def _own_cost(row: Offer) -> None:
    row.own_fields = sorted({*row.own_fields, "cost_e4"})
