"""What is sold, and for how much. Every write of these tables is in catalog.services."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.states import MOST_SLOW_HOURS, Kind, ProductState, Promise
from core.constraints import tenant_rules
from core.money import payable
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known

MOST_PER_ORDER = 100


class _Shown:
    """A row's texts in the reader's language: `product.shown.name`; Chinese where English lacks."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getattr__(self, name: str) -> str:
        english = getattr(self._row, f"{name}_en") if is_english() else ""
        return str(english or getattr(self._row, name))


def is_english() -> bool:
    return (get_language() or "").startswith("en")


class Bilingual(models.Model):
    class Meta:
        abstract = True

    @property
    def shown(self) -> Any:
        return _Shown(self)


class Category(Bilingual, TenantModel):
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    icon = models.CharField(_("icon"), max_length=20, blank=True)
    position = models.IntegerField(_("position"), default=0)
    is_shown = models.BooleanField(_("shown on the home page"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules("catalog_category"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="category_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Brand(Bilingual, TenantModel):
    """A drawn tile: a gradient and one to five letters of the name, never a trademark's image."""

    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    glyph = models.CharField(_("letters on the tile"), max_length=5)
    tile_from = models.CharField(_("tile colour, top left"), max_length=7, default="#4263eb")
    tile_to = models.CharField(_("tile colour, bottom right"), max_length=7, default="#1b2a80")

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]
        constraints = [
            *tenant_rules("catalog_brand"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="brand_name_once"),
            models.CheckConstraint(
                condition=Q(tile_from__regex=r"^#[0-9a-f]{6}$", tile_to__regex=r"^#[0-9a-f]{6}$"),
                name="brand_tile_is_a_colour",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BuyerTemplate(Bilingual, TenantModel):
    """What the shopper is asked for: `fields` is a list of what `types.BuyerField` holds."""

    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    fields = models.JSONField(_("fields"), default=list)

    class Meta:
        verbose_name = _("buyer form")
        verbose_name_plural = _("buyer forms")
        ordering = ["name"]
        constraints = [
            *tenant_rules("catalog_buyertemplate"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="buyer_template_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Picture(TenantModel):
    """Re-encoded, stored once under the SHA-256 of what is stored; served from /media/<hash>."""

    hash = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    body = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            *tenant_rules("catalog_picture"),
            models.UniqueConstraint(fields=["tenant_id", "hash"], name="picture_hash_once"),
        ]

    def __str__(self) -> str:
        return self.hash[:12]


class Terms(Bilingual):
    """What a buyer is told of the deal, and may hold the shop to."""

    what_arrives = models.CharField(_("what arrives"), max_length=200, blank=True)
    what_arrives_en = models.CharField(_("what arrives, in English"), max_length=300, blank=True)
    where_works = models.CharField(_("where it works"), max_length=200, blank=True)
    where_works_en = models.CharField(_("where it works, in English"), max_length=300, blank=True)
    refund_rule = models.CharField(_("refund rule"), max_length=200, blank=True)
    refund_rule_en = models.CharField(_("refund rule in English"), max_length=300, blank=True)

    class Meta:
        abstract = True


class Product(Terms, TenantModel):
    ref = models.CharField(max_length=16)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    aliases = models.CharField(_("other names, for search"), max_length=200, blank=True)
    brand = TenantForeignKey(Brand, on_delete=models.PROTECT, verbose_name=_("brand"))
    category = TenantForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("category"))
    summary = models.CharField(_("summary"), max_length=120, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=160, blank=True)
    body = models.TextField(_("description"), blank=True)
    body_en = models.TextField(_("description in English"), blank=True)
    how_to_use = models.TextField(_("how to use, a step a line"), blank=True)
    how_to_use_en = models.TextField(_("how to use, in English"), blank=True)
    redeem_url = models.URLField(_("where to redeem"), max_length=300, blank=True)
    picture = models.CharField(_("picture"), max_length=64, blank=True)
    position = models.IntegerField(_("position"), default=0)
    state = models.CharField(
        _("state"), max_length=12, choices=ProductState, default=ProductState.DRAFT
    )
    publish_at = models.DateTimeField(_("goes on the shelf at"), null=True, blank=True)
    unpublish_at = models.DateTimeField(_("leaves the shelf at"), null=True, blank=True)
    search = models.TextField(editable=False, default="")
    made_at = models.DateTimeField(_("made at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules("catalog_product", "brand", "category"),
            state_known(ProductState, name="product_state_known"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="product_ref_once"),
            models.CheckConstraint(
                condition=Q(publish_at=None)
                | Q(unpublish_at=None)
                | Q(unpublish_at__gt=F("publish_at")),
                name="product_leaves_after_it_came",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "category", "position", "id"],
                name="product_on_shelf",
                condition=Q(state="published"),
            ),
            models.Index(fields=["publish_at"], name="product_to_publish"),
            models.Index(fields=["unpublish_at"], name="product_to_unpublish"),
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="product_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def steps(self) -> list[str]:
        """How to use it, a step at a time, in the reader's language."""
        return [line.strip() for line in self.shown.how_to_use.splitlines() if line.strip()]


class PastTerms(Terms, TenantModel):
    """A product's terms before they were changed: what who ordered until then was told.

    Written once with the change and never touched again. An order needs no key to them: the
    moment at which it was placed finds them, and a sale writes nothing for it.
    """

    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, related_name="past_terms", db_index=False
    )
    until = models.DateTimeField()

    class Meta:
        constraints = tenant_rules("catalog_pastterms", "product")
        indexes = [models.Index(fields=["tenant_id", "product", "until"], name="terms_at_a_time")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.until:%F %T}"


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


class ProductMove(Move):
    product = TenantForeignKey(Product, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = tenant_rules("catalog_productmove", "product")
