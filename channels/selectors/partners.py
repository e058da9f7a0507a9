"""Partners, their keys, prices and money."""

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from channels.models import (
    ApiKey,
    Partner,
    PartnerDay,
    PartnerOrder,
    PartnerSku,
    PriceTier,
    TierPrice,
    WebhookEndpoint,
)
from channels.selectors.webhooks import GAVE_UP_ON
from channels.types import Tier
from core.errors import NotFound
from inventory.selectors import today_here
from payments.selectors import balance_column

_BELOW_MARK = Q(low_balance_e4__gt=0, balance_e4__lt=F("low_balance_e4"))


def partners() -> "QuerySet[Partner]":
    return Partner.objects.select_related("tier", "account").order_by("name")


def partners_at_a_glance(*, now: datetime) -> "QuerySet[Partner]":
    """With each its `balance_e4`, `floor_e4`, `ordered_at` (last), `live_keys`, and whether an
    endpoint of its was given up on (`has_lost_endpoint`). One query."""
    mine = {"partner_id": OuterRef("pk"), "tenant_id": OuterRef("tenant_id")}
    last = PartnerOrder.objects.filter(**mine).order_by("-pk").values("made_at")[:1]
    live = ApiKey.objects.filter(_is_live(now), **mine).order_by().values("partner_id")
    return _with_balance(partners()).annotate(
        floor_e4=balance_column(field="floor_e4", account="account_id"),
        ordered_at=Subquery(last),
        live_keys=Coalesce(Subquery(live.annotate(count=Count("pk")).values("count")), 0),
        has_lost_endpoint=Exists(WebhookEndpoint.objects.filter(GAVE_UP_ON, **mine)),
    )


def _is_live(now: datetime) -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def _with_balance(rows: "QuerySet[Partner]") -> "QuerySet[Partner]":
    return rows.annotate(balance_e4=balance_column(field="balance_e4", account="account_id"))


def low_partners() -> "QuerySet[Partner]":
    """Partners whose balance is below their mark now."""
    return _with_balance(Partner.objects.all()).filter(_BELOW_MARK)


def due_low_balances(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, partner) whose balance has gone through its mark since it was last looked at, across
    tenants: for the sweeper."""
    fell, rose = _BELOW_MARK & Q(low_at=None), ~_BELOW_MARK & Q(low_at__isnull=False)
    found = _with_balance(Partner.objects.using("ops")).filter(fell | rose)
    return list(found.order_by("pk").values_list("tenant_id", "pk")[:limit])


def spent_today(*, partner_id: int, now: datetime) -> int:
    """What the day's orders came to; counted while there is a limit."""
    today = PartnerDay.objects.filter(partner_id=partner_id, day=today_here(now=now))
    return today.values_list("spent_e4", flat=True).first() or 0


def find_partners(*, text: str) -> "QuerySet[Partner]":
    """By a part of the name, or by ref: a shop has hundreds of them at most."""
    return partners().filter(Q(ref=text) | Q(name__icontains=text))


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


def get_tier(*, ref: str) -> PriceTier:
    """Raises NotFound."""
    found = PriceTier.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def tier_of(*, partner: Partner) -> Tier | None:
    """How the prices of a partner are made who does not call with a key. At most two queries."""
    kept = partner.tier
    if kept is None:
        return None
    return Tier(
        ref=kept.ref,
        way=kept.way,
        rate=kept.rate,
        floor_rate=kept.floor_rate,
        has_prices=kept.prices.exists(),
    )


def prices_of(*, tier_id: int) -> "QuerySet[TierPrice]":
    """The SKUs that have a price of their own in the tier."""
    found = TierPrice.objects.filter(tier_id=tier_id).select_related("sku__product")
    return found.order_by("sku__product__position", "sku__position", "pk")
