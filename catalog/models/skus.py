"""Things with a price."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from catalog.models.shelves import Bilingual, BuyerTemplate
from catalog.states import MOST_SLOW_HOURS, Kind, Promise
from core.constraints import tenant_rules
from core.money import payable
from core.scope import TenantForeignKey, TenantModel

MOST_PER_ORDER = 100


class Sku(Bilingual, TenantModel):
    """One thing with one price. `code_format` says what its codes look like:
    `{"secret": {"pattern": "[A-Z0-9]{16}", "min": 8, "max": 64}, "card_no": {…}}`, each part and
    each key optional; `pattern` is a regular expression for the whole text.

    `slow_hours` is what shoppers are told that it may take: only then may a slow supplier deliver
    it, and no slower one than that. 0: no slow one.
    """

    ref = models.CharField(max_length=24)
    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, related_name="skus", verbose_name=_("product")
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.STOCK_CODE)
    face_value_e4 = models.BigIntegerField(_("face value"), null=True, blank=True)
    duration_days = models.PositiveIntegerField(_("duration in days"), null=True, blank=True)
    price_e4 = models.BigIntegerField(_("price"))
    list_price_e4 = models.BigIntegerField(_("list price"), null=True, blank=True)
    cost_hint_e4 = models.BigIntegerField(_("usual cost"), null=True, blank=True)
    promise = models.CharField(
        _("delivery promise"), max_length=8, choices=Promise, default=Promise.INSTANT
    )
    slow_hours = models.PositiveSmallIntegerField(
        _("may take up to (hours)"), default=0, db_default=0
    )
    buyer_template = TenantForeignKey(
        BuyerTemplate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("buyer form"),
    )
    code_format = models.JSONField(_("format of codes"), default=dict, blank=True)
    min_days_left = models.PositiveIntegerField(_("least days left when sold"), default=0)
    most_per_order = models.PositiveIntegerField(_("most in one order"), default=10)
    most_per_buyer = models.PositiveIntegerField(_("most for one buyer (0: any)"), default=0)
    hold_cap_per_buyer = models.PositiveIntegerField(_("most held unpaid by one buyer"), default=10)
    position = models.IntegerField(_("position"), default=0)
    is_on_sale = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules("catalog_sku", "product", "buyer_template"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="sku_ref_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "product", "name"], name="sku_name_once_in_product"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="sku_kind_known"),
            models.CheckConstraint(
                condition=Q(promise__in=Promise.values), name="sku_promise_known"
            ),
            payable("price_e4", name="sku_price_can_be_paid"),
            models.CheckConstraint(
                condition=Q(slow_hours__lte=MOST_SLOW_HOURS), name="sku_slow_hours_in_range"
            ),
            models.CheckConstraint(
                condition=Q(most_per_order__gte=1, most_per_order__lte=MOST_PER_ORDER),
                name="sku_most_per_order_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name
