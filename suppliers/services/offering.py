"""What suppliers sell that is one of our SKUs: the routes of a SKU."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from catalog.states import MOST_SLOW_HOURS, Channel
from core.actors import Actor
from core.constraints import broken_rule
from core.money import MOST_E4
from core.scope import tenant_atomic
from suppliers.errors import SupplierUnfit
from suppliers.models import Offer
from suppliers.services.following import (
    TAKEN_OVER,
    follow_now,
    take_changes,
    take_new_cost,
    take_over,
)
from tenants import audit

FIELDS = frozenset(
    {
        "product", "face_value", "cost_e4", "most_e4", "priority", "weight", "opens", "closes",
        "is_on", "floor_e4", "forbidden_channels", "path", "slow_hours", "needs_authorisation",
        "ignores_supply",
    }
)  # fmt: skip
_HIGHEST = {"cost_e4": MOST_E4, "most_e4": MOST_E4, "floor_e4": MOST_E4, "face_value": 100_000}
_LEAST, _MOST = {"weight": 1}, {"priority": 99, "weight": 100, "slow_hours": MOST_SLOW_HOURS}
_LONGEST_PATH = 200


@tenant_atomic
def offer(
    *, supplier_id: int, sku_id: int, given: Mapping[str, Any], by: Actor, now: datetime
) -> Offer:
    """A supplier can be asked for a SKU from now on; raises SupplierUnfit, which names the field.

    Its cost follows the supplier's catalogue, unless another one is given than stands there.
    Without a highest cost of its own an offer may cost what it costs, and no more.
    """
    made = Offer(supplier_id=supplier_id, sku_id=sku_id, cost_e4=0, most_e4=0)
    _fill(made, given)
    take_new_cost(made)
    _save(made)
    follow_now(made)
    audit.record(by=by, action="offer.made", target=str(made), data=_told(given), now=now)
    return made


@tenant_atomic
def change_offer(*, offer_id: int, given: Mapping[str, Any], by: Actor, now: datetime) -> Offer:
    """Other terms; what was ordered under the old ones stays as it was.

    Another cost, or a highest one, is the merchant's own from now on, and no catalogue changes it.
    """
    found = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer_id)
    was = copy(found)
    _fill(found, given)
    take_changes(found, was)
    _save(found)
    follow_now(found)
    audit.record(by=by, action="offer.changed", target=str(found), data=_told(given), now=now)
    return found


def _fill(row: Offer, given: Mapping[str, Any]) -> None:
    was = row.cost_e4
    for name, value in given.items():
        if name not in FIELDS:
            raise SupplierUnfit(_("An offer has no such field."), param=name)
        if name not in TAKEN_OVER:
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    take_over(row, given, was=was)
    _check_numbers(row)
    _check_words(row)
    if (row.opens is None) != (row.closes is None):
        raise SupplierUnfit(_("Give both hours, or none: it is open all day then."), param="closes")


def _check_words(row: Offer) -> None:
    if not 1 <= len(row.product) <= 80:
        raise SupplierUnfit(_("Fill this in, in a few words."), param="product")
    if len(row.path) > _LONGEST_PATH:
        raise SupplierUnfit(
            _("Write at most %(most)s characters.") % {"most": _LONGEST_PATH}, param="path"
        )
    if not set(row.forbidden_channels) <= set(Channel.values):
        raise SupplierUnfit(_("Choose one of the listed channels."), param="forbidden_channels")


def _check_numbers(row: Offer) -> None:
    for name, highest in (_HIGHEST | _MOST).items():
        if not _LEAST.get(name, 0) <= getattr(row, name) <= highest:
            raise SupplierUnfit(
                _("Write a number from %(least)s to %(most)s.")
                % {"least": _LEAST.get(name, 0), "most": highest // _unit(name)},
                param=name,
            )


def _unit(name: str) -> int:
    return 10_000 if name.endswith("_e4") else 1


def _save(row: Offer) -> None:
    try:
        with tenant_atomic():
            row.save()
    except IntegrityError as why:
        if broken_rule(why) != "offer_once":
            raise
        raise SupplierUnfit(
            _("This supplier offers that product for this SKU already."), param="product"
        ) from None


def _told(given: Mapping[str, Any]) -> dict[str, str | int | None]:
    return {name: value if type(value) is int else str(value) for name, value in given.items()}
