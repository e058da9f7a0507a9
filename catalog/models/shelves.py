"""Categories, brands, what buyers are asked, and pictures."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantModel


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
