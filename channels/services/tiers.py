"""The tiers that make partners' prices."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from channels.errors import PartnerNameTaken, TierInUse
from channels.models import PriceTier, TierPrice
from channels.models.partners import MOST_RATE
from channels.services.partners import LONGEST_NAME
from channels.states import PriceWay
from channels.types import TierTerms
from core.actors import Actor
from core.errors import InvalidInput
from core.money import MOST_E4
from core.refs import new_ref
from core.scope import tenant_atomic
from tenants import audit


@tenant_atomic
def save_tier(*, ref: str = "", terms: TierTerms, by: Actor, now: datetime) -> PriceTier:
    """A new tier, or the tier `ref` on other terms."""
    name = terms.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("Write a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, param="name"
        )
    if not (0 < terms.rate <= MOST_RATE and 0 <= terms.floor_rate <= MOST_RATE):
        raise InvalidInput(_("Write a share between 0 and 10,000 %."), param="rate")
    columns = {
        "name": name,
        "way": PriceWay(terms.way),
        "rate": terms.rate,
        "floor_rate": terms.floor_rate,
    }
    try:
        with transaction.atomic():
            if ref:
                tier = PriceTier.objects.get(ref=ref)
                for column, value in columns.items():
                    setattr(tier, column, value)
                tier.save(update_fields=sorted(columns))
            else:
                tier = PriceTier.objects.create(ref=new_ref(), **columns)
    except IntegrityError:
        raise PartnerNameTaken(_("Another tier has this name."), param="name") from None
    audit.record(by=by, action="tier.saved", target=tier.ref, now=now, data={"rate": terms.rate})
    return tier


@tenant_atomic
def set_tier_price(*, tier_id: int, sku_id: int, price_e4: int, by: Actor, now: datetime) -> None:
    """A SKU's own price in the tier, instead of what its rate makes."""
    set_tier_prices(tier_id=tier_id, prices={sku_id: price_e4}, by=by, now=now)


@tenant_atomic
def set_tier_prices(*, tier_id: int, prices: Mapping[int, int], by: Actor, now: datetime) -> None:
    """Own prices in the tier, in 1/10,000 by the SKU's id: all of them, or none."""
    if not all(0 < price_e4 <= MOST_E4 for price_e4 in prices.values()):
        raise InvalidInput(_("Write an amount above zero."), param="prices")
    tier = _locked_tier(tier_id)
    TierPrice.objects.bulk_create(
        [
            TierPrice(tier=tier, sku_id=sku_id, price_e4=price_e4)
            for sku_id, price_e4 in sorted(prices.items())
        ],
        update_conflicts=True,
        unique_fields=["tenant_id", "tier", "sku"],
        update_fields=["price_e4"],
    )
    for sku_id, price_e4 in sorted(prices.items()):
        told: dict[str, str | int | None] = {"sku_id": sku_id, "price_e4": price_e4}
        audit.record(by=by, action="tier.priced", target=tier.ref, now=now, data=told)


@tenant_atomic
def drop_tier_price(*, tier_id: int, sku_id: int, by: Actor, now: datetime) -> None:
    """The tier's rate makes the SKU's price again."""
    tier = _locked_tier(tier_id)
    if TierPrice.objects.filter(tier=tier, sku_id=sku_id).delete()[0]:
        told: dict[str, str | int | None] = {"sku_id": sku_id}
        audit.record(by=by, action="tier.unpriced", target=tier.ref, now=now, data=told)


@tenant_atomic
def drop_tier(*, tier_id: int, by: Actor, now: datetime) -> None:
    """No partner buys in it any more. Raises TierInUse."""
    tier = _locked_tier(tier_id)
    if tier.partners.exists():
        raise TierInUse(_("Partners buy in this tier. Give them another one first."))
    ref = tier.ref
    tier.prices.all().delete()
    tier.delete()
    audit.record(by=by, action="tier.dropped", target=ref, now=now, data={"name": tier.name})


def _locked_tier(tier_id: int) -> PriceTier:
    return PriceTier.objects.select_for_update(of=("self",), no_key=True).get(pk=tier_id)
