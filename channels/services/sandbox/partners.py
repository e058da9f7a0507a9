"""A sandbox's partners: the shop's own under the same refs, with play money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from channels.models import Partner, PartnerSku, PriceTier, TierPrice
from channels.services.partners import reopen_partner, suspend_partner
from channels.services.sandbox.magic import REFS
from channels.states import PartnerState
from core.actors import Actor
from core.money import E4
from core.scope import tenant_atomic
from payments import services as payments
from payments.selectors import floored_balance
from payments.states import AccountKind
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from catalog.models import Sku

PLAY_E4 = 10_000 * E4
LEAST_E4 = PLAY_E4 // 10  # with less it is given so much again
MOST_PER_SECOND = 25
_TIER = ("name", "way", "rate", "floor_rate")
_PARTNER = ("name", "contact", "sells_all", "daily_limit_e4", "low_balance_e4", "loss_guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class TierCopy:
    """A price tier to be had elsewhere; its own prices by the SKU's ref."""

    ref: str
    given: Mapping[str, Any]
    prices: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCopy:
    """A partner to be known elsewhere; what it may buy by the SKU's ref."""

    ref: str
    given: Mapping[str, Any]
    state: str
    floor_e4: int
    tier_ref: str
    sku_refs: frozenset[str]


@tenant_atomic
def tell_tiers() -> list[TierCopy]:
    """The bound shop's tiers."""
    return [
        TierCopy(
            ref=tier.ref,
            given={name: getattr(tier, name) for name in _TIER},
            prices=dict(tier.prices.values_list("sku__ref", "price_e4")),
        )
        for tier in PriceTier.objects.order_by("pk")
    ]


@tenant_atomic
def tell_partners() -> list[PartnerCopy]:
    """The bound shop's partners."""
    return [_told(partner) for partner in Partner.objects.select_related("tier").order_by("pk")]


def _told(partner: Partner) -> PartnerCopy:
    pace = min(partner.most_per_second, MOST_PER_SECOND)
    _balance_e4, floor_e4 = floored_balance(account_id=partner.account_id)
    return PartnerCopy(
        ref=partner.ref,
        given={name: getattr(partner, name) for name in _PARTNER} | {"most_per_second": pace},
        state=partner.state,
        floor_e4=floor_e4,
        tier_ref=partner.tier.ref if partner.tier else "",
        sku_refs=frozenset(partner.skus.values_list("sku__ref", flat=True)),
    )


def mirror_tiers(told: Sequence[TierCopy], skus: "Mapping[str, Sku]") -> dict[str, int]:
    """Have these tiers in the bound sandbox; their ids by ref."""
    _free_names(PriceTier, {tier.ref: str(tier.given["name"]) for tier in told})
    found: dict[str, int] = {}
    for tier in told:
        row, _made = PriceTier.objects.update_or_create(ref=tier.ref, defaults=dict(tier.given))
        found[tier.ref] = row.pk
        prices = {skus[ref].pk: e4 for ref, e4 in tier.prices.items() if ref in skus}
        row.prices.exclude(sku_id__in=prices).delete()
        for sku_id, price_e4 in prices.items():
            TierPrice.objects.update_or_create(
                tier=row, sku_id=sku_id, defaults={"price_e4": price_e4}
            )
    return found


def mirror_partners(
    told: Sequence[PartnerCopy],
    *,
    tiers: Mapping[str, int],
    skus: "Mapping[str, Sku]",
    by: Actor,
    now: datetime,
) -> None:
    """Have these partners in the bound sandbox, each with money to play with."""
    _free_names(Partner, {partner.ref: str(partner.given["name"]) for partner in told})
    for each in told:
        account = payments.open_account(
            kind=AccountKind.PARTNER, owner_ref=each.ref, currency=get_shop().currency
        )
        given = dict(each.given) | {"tier_id": tiers.get(each.tier_ref), "account": account}
        partner, _made = Partner.objects.update_or_create(
            ref=each.ref, defaults=given, create_defaults=given | {"made_at": now}
        )
        _follow_state(partner, each.state, by=by, now=now)
        _list_skus(partner, each, skus)
        _give_money(partner, by=by, now=now)
        payments.set_floor(account_id=partner.account_id, floor_e4=each.floor_e4)


def _follow_state(partner: Partner, state: str, *, by: Actor, now: datetime) -> None:
    if partner.state == state:
        return
    move = suspend_partner if state == PartnerState.SUSPENDED else reopen_partner
    move(partner_id=partner.pk, by=by, reason="as in the shop", now=now)


def _list_skus(partner: Partner, told: PartnerCopy, skus: "Mapping[str, Sku]") -> None:
    """Who may not buy everything may buy the magic goods as well."""
    wanted = {skus[ref].pk for ref in told.sku_refs | REFS if ref in skus}
    partner.skus.exclude(sku_id__in=wanted).delete()
    listed = set(partner.skus.values_list("sku_id", flat=True))
    PartnerSku.objects.bulk_create(
        [PartnerSku(partner=partner, sku_id=each) for each in sorted(wanted - listed)]
    )


def _give_money(partner: Partner, *, by: Actor, now: datetime) -> None:
    balance_e4, _floor_e4 = floored_balance(account_id=partner.account_id)
    if balance_e4 < LEAST_E4:
        payments.top_up_balance(
            account_id=partner.account_id,
            amount_e4=PLAY_E4 - balance_e4,
            ref=f"play:{partner.ref}:{now:%Y%m%d%H%M%S}",
            by=by,
            now=now,
        )


def _free_names(model: type[Partner | PriceTier], names: Mapping[str, str]) -> None:
    """Two may have changed names with each other: who is renamed lets go of his first."""
    for row in model.objects.filter(ref__in=list(names)):
        if row.name != names[row.ref]:
            model.objects.filter(pk=row.pk).update(name=F("ref"))
