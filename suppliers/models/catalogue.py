"""What suppliers say that they sell, how its price moved, and what follows from it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.scope import TenantForeignKey, TenantModel
from suppliers.models.contracts import Supplier
from suppliers.states import MarginAction


class Catalogue(TenantModel):
    """How a supplier's catalogue is read: when next, how it went, and what is worth telling.

    `read_at` is when all of it was read last; `failures` counts the tries since then. `lease_until`
    and `fence` are its reader's: of two, the one that claimed it last may write.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="catalogues", db_index=False
    )
    next_at = models.DateTimeField(_("read next at"))
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0, db_default=0)
    read_at = models.DateTimeField(_("read at"), null=True)
    failures = models.SmallIntegerField(default=0)
    said = models.CharField(_("what went wrong"), max_length=200, blank=True)
    every_minutes = models.SmallIntegerField(_("read every so many minutes"), default=30)
    alert_percent = models.SmallIntegerField(_("told when a price moves by more than"), default=5)

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        constraints = [
            *tenant_rules("suppliers_catalogue", "supplier"),
            models.UniqueConstraint(fields=["tenant_id", "supplier"], name="catalogue_once"),
            models.CheckConstraint(
                condition=Q(every_minutes__gte=5, alert_percent__gte=0, failures__gte=0),
                name="catalogue_pace_is_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}"


class SupplierProduct(TenantModel):
    """A line of the catalogue as the supplier told it last.

    `seen_at` is written a few times a day while nothing changes. What is not told any more stays,
    `gone_at` since then. `cost_e4` and `stock` None: it does not tell them.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="products", db_index=False
    )
    product = models.CharField(_("the supplier's product"), max_length=80)
    face_value = models.IntegerField(_("face value"), default=0)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, blank=True)
    cost_e4 = models.BigIntegerField(_("cost"), null=True)
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    stock = models.IntegerField(_("stock"), null=True)
    first_seen_at = models.DateTimeField(_("first seen at"))
    seen_at = models.DateTimeField(_("seen at"))
    changed_at = models.DateTimeField(_("changed at"))
    gone_at = models.DateTimeField(_("gone since"), null=True)

    class Meta:
        verbose_name = _("product of a supplier")
        verbose_name_plural = _("products of suppliers")
        constraints = [
            *tenant_rules("suppliers_supplierproduct", "supplier"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "product", "face_value"],
                name="supplier_product_once",
            ),
            RowRules(
                models.CheckConstraint(
                    condition=~Q(product="") & Q(face_value__gte=0),
                    name="supplier_product_has_a_name",
                ),
                models.CheckConstraint(
                    condition=(Q(cost_e4=None) | Q(cost_e4__gte=0))
                    & (Q(stock=None) | Q(stock__gte=0)),
                    name="supplier_product_not_negative",
                ),
                name="suppliers_supplierproduct_rules",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceChange(TenantModel):
    """A supplier's price moved by more than is passed over in silence. Never touched again."""

    product = TenantForeignKey(
        SupplierProduct, on_delete=models.PROTECT, related_name="price_changes", db_index=False
    )
    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="price_changes", db_index=False
    )
    old_e4 = models.BigIntegerField(_("before"))
    new_e4 = models.BigIntegerField(_("now"))
    is_offered = models.BooleanField(_("of what we sell"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["-at", "-id"]
        constraints = tenant_rules("suppliers_pricechange", "product", "supplier")
        indexes = [
            models.Index(fields=["tenant_id", "is_offered", "-at"], name="price_changes_newest")
        ]

    def __str__(self) -> str:
        return f"{self.old_e4} {self.new_e4}"


class MarginRule(TenantModel):
    """What is done with a SKU when its cost leaves less than `margin_percent` of the cost.

    `taken_off_at`: the rule took it off sale, its product with it if `has_unpublished`, and puts
    back what it took.
    """

    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="margin_rules", db_index=False
    )
    action = models.CharField(_("when the cost is too high"), max_length=8, choices=MarginAction)
    margin_percent = models.SmallIntegerField(_("least margin"), default=0)
    taken_off_at = models.DateTimeField(null=True)
    has_unpublished = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("margin rule")
        verbose_name_plural = _("margin rules")
        constraints = [
            *tenant_rules("suppliers_marginrule", "sku"),
            models.UniqueConstraint(fields=["tenant_id", "sku"], name="margin_rule_once"),
            models.CheckConstraint(
                condition=Q(action__in=MarginAction.values)
                & Q(margin_percent__gte=0, margin_percent__lte=1000),
                name="margin_rule_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.margin_percent}%"
