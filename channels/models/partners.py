"""Partner platforms: on what terms they buy, with which keys, and what they ordered.

Every write is in channels.services.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.states import LossGuard, PartnerState, PriceWay
from core.constraints import tenant_rules
from core.money import an_amount
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known

RATE = 10_000  # a whole, in the 1/10,000 that rates are in
MOST_RATE = 100 * RATE


class PriceTier(TenantModel):
    """How the prices of its partners are made; `rate` and `floor_rate` in 1/10,000.

    With `floor_rate` a price is not below the SKU's usual cost times so much, unless that would be
    more than the list price.
    """

    ref = models.CharField(_("tier number"), max_length=12)
    name = models.CharField(_("name"), max_length=60)
    way = models.CharField(_("prices"), max_length=10, choices=PriceWay, default=PriceWay.LIST)
    rate = models.IntegerField(_("rate"), default=RATE)
    floor_rate = models.IntegerField(_("never below this share of the cost"), default=RATE)

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        ordering = ["name"]
        constraints = [
            *tenant_rules("channels_pricetier"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="tier_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="tier_name_once"),
            models.CheckConstraint(condition=Q(way__in=PriceWay.values), name="tier_way_known"),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=MOST_RATE), name="tier_rate_in_range"
            ),
            models.CheckConstraint(
                condition=Q(floor_rate__gte=0, floor_rate__lte=MOST_RATE),
                name="tier_floor_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TierPrice(TenantModel):
    """A SKU's own price in a tier, at four decimals."""

    tier = TenantForeignKey(
        PriceTier, on_delete=models.CASCADE, related_name="prices", db_index=False
    )
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    price_e4 = models.BigIntegerField(_("price"))

    class Meta:
        verbose_name = _("price in a tier")
        verbose_name_plural = _("prices in a tier")
        constraints = [
            *tenant_rules("channels_tierprice", "tier", "sku"),
            models.UniqueConstraint(fields=["tenant_id", "tier", "sku"], name="tier_price_once"),
            an_amount("price_e4", name="tier_price_in_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id}: {self.sku_id}"


class Partner(TenantModel):
    """A platform that buys here for its own users, from a balance that it pays into.

    Its orders' money is in `account`; limits of 0 are none. It begins ACTIVE at `made_at`; every
    later state has its row in `moves`. `low_at` is when its balance was found below the mark, until
    it is found above it again.
    """

    ref = models.CharField(_("partner number"), max_length=12)
    name = models.CharField(_("name"), max_length=60)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=PartnerState, default=PartnerState.ACTIVE
    )
    tier = TenantForeignKey(
        PriceTier, on_delete=models.PROTECT, related_name="partners", null=True, db_index=False,
        verbose_name=_("price tier"),
    )  # fmt: skip
    account = TenantForeignKey(
        "payments.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sells_all = models.BooleanField(_("may buy everything on sale"), default=True)
    daily_limit_e4 = models.BigIntegerField(_("most it may spend in a day"), default=0)
    low_balance_e4 = models.BigIntegerField(_("told when the balance is below"), default=0)
    low_at = models.DateTimeField(_("balance low since"), null=True)
    loss_guard = models.CharField(
        _("an order below its cost"), max_length=8, choices=LossGuard, default=LossGuard.REFUSE,
        db_default=LossGuard.REFUSE,
    )  # fmt: skip
    most_per_second = models.IntegerField(_("calls a second"), default=100)
    demands_second_factor = models.BooleanField(
        _("its people need a second factor"), default=False, db_default=False
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [
            *tenant_rules("channels_partner", "tier", "account"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="partner_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="partner_name_once"),
            state_known(PartnerState, name="partner_state_known"),
            models.CheckConstraint(
                condition=Q(loss_guard__in=LossGuard.values), name="partner_loss_guard_known"
            ),
            an_amount("daily_limit_e4", name="partner_daily_limit_in_reach"),
            an_amount("low_balance_e4", name="partner_low_balance_in_reach"),
            models.CheckConstraint(
                condition=Q(most_per_second__gte=1, most_per_second__lte=10_000),
                name="partner_pace_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerMove(Move):
    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("channels_partnermove", "partner")
        indexes = [models.Index(fields=["tenant_id", "partner"], name="partner_moves")]


class PartnerSku(TenantModel):
    """What a partner that may not buy everything may buy."""

    partner = TenantForeignKey(
        Partner, on_delete=models.CASCADE, related_name="skus", db_index=False
    )
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            *tenant_rules("channels_partnersku", "partner", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "partner", "sku"], name="partner_sku_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.sku_id}"


class ApiKey(TenantModel):
    """A key of a partner: its public part finds it, of its secret there is a digest only.

    `networks` are the addresses it may be used from (none: any). `version` is the API's date that
    its answers keep to.
    """

    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="keys", db_index=False
    )
    public = models.CharField(_("key"), max_length=12)
    secret_digest = models.BinaryField()
    name = models.CharField(_("name"), max_length=60, blank=True)
    scopes = models.JSONField(_("may"), default=list)
    networks = models.JSONField(_("from"), default=list)
    version = models.CharField(_("API version"), max_length=10)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.CharField(_("made by"), max_length=80)
    expires_at = models.DateTimeField(_("ends at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("channels_apikey", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "public"], name="api_key_once"),
        ]
        indexes = [models.Index(fields=["tenant_id", "partner"], name="api_key_of_partner")]

    def __str__(self) -> str:
        return self.public


class PartnerOrder(TenantModel):
    """Which of our orders the partner's own number names, for ever."""

    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    order = TenantForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    partner_order_no = models.CharField(_("partner's order number"), max_length=64)
    said_digest = models.BinaryField()  # of what was ordered: the same again is the same order
    made_at = models.DateTimeField(_("ordered at"))

    class Meta:
        verbose_name = _("partner's order")
        verbose_name_plural = _("partners' orders")
        constraints = [
            *tenant_rules("channels_partnerorder", "partner", "order"),
            models.UniqueConstraint(
                fields=["tenant_id", "partner", "partner_order_no"], name="partner_order_no_once"
            ),
            models.UniqueConstraint(fields=["tenant_id", "order"], name="partner_order_once"),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "partner", "-id"], name="partner_newest"),
            models.Index(fields=["tenant_id", "partner", "made_at"], name="partner_sold_at"),
        ]

    def __str__(self) -> str:
        return self.partner_order_no


class PartnerDay(TenantModel):
    """What a partner spent on one day of the merchant's zone; counted while there is a limit."""

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    spent_e4 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            *tenant_rules("channels_partnerday", "partner"),
            models.UniqueConstraint(
                fields=["tenant_id", "partner", "day"], name="partner_day_once"
            ),
            models.CheckConstraint(condition=Q(spent_e4__gte=0), name="partner_day_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.day}"
