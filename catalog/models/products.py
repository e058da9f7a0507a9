"""Products, what their buyers are told, and what became of them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.shelves import Bilingual, Brand, Category
from catalog.states import ProductState
from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known


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


class ProductMove(Move):
    product = TenantForeignKey(Product, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = tenant_rules("catalog_productmove", "product")


class ManyChange(TenantModel):
    """What was done to many products at once, and what each was before, so that it can be undone.

    `was` holds, by a product's key, the values that were changed: `{"12": {"state": "draft"}}`;
    moments as ISO text. `refused` holds why others stayed as they were: `{"13": "no_source"}`.
    """

    ref = models.CharField(max_length=16)
    verb = models.CharField(max_length=12)  # publish, unpublish, edit
    given = models.JSONField(default=dict)
    was = models.JSONField(default=dict)
    refused = models.JSONField(default=dict)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    restored = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            *tenant_rules("catalog_manychange"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="many_change_ref_once"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.count}"

    @property
    def count(self) -> int:
        return len(self.was)
