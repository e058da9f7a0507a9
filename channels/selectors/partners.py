"""Partners, their keys, prices and money."""

from django.db.models import QuerySet

from channels.models import ApiKey, Partner, PartnerSku, PriceTier, TierPrice
from core.errors import NotFound


def partners() -> "QuerySet[Partner]":
    return Partner.objects.select_related("tier", "account").order_by("name")


def find_partner(*, ref: str) -> Partner | None:
    return partners().filter(ref=ref).first()


def get_partner(*, ref: str) -> Partner:
    """Raises NotFound."""
    found = find_partner(ref=ref)
    if found is None:
        raise NotFound
    return found


def skus_listed(*, partner_id: int) -> "QuerySet[PartnerSku, int]":
    """The keys of the SKUs that a partner may buy, where it may not buy everything."""
    return PartnerSku.objects.filter(partner_id=partner_id).values_list("sku_id", flat=True)


def keys_of(*, partner_id: int) -> "QuerySet[ApiKey]":
    """The partner's keys, the newest first, revoked ones included."""
    return ApiKey.objects.filter(partner_id=partner_id).order_by("-pk")


def tiers() -> "QuerySet[PriceTier]":
    return PriceTier.objects.order_by("name")


def prices_of(*, tier_id: int) -> "QuerySet[TierPrice]":
    """The SKUs that have a price of their own in the tier."""
    found = TierPrice.objects.filter(tier_id=tier_id).select_related("sku__product")
    return found.order_by("sku__product__position", "sku__position", "pk")
