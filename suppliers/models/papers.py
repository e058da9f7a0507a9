"""What allows us to sell a brand that we get from a supplier: an authorisation and its paper."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from suppliers.models.contracts import Supplier
from suppliers.states import PaperKind

PAPER_KEY = Place("suppliers_authorisation", "paper_key")


class Authorisation(TenantModel):
    """A brand may be sold as it comes from this supplier, from `since` to `until`, both days with
    it, as they are in the merchant's zone. `paper_key` opens its paper; it is sealed itself."""

    uid = models.UUIDField(default=uuid4, editable=False)
    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="authorisations", db_index=False
    )
    brand = TenantForeignKey(
        "catalog.Brand", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.CharField(_("number"), max_length=80)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=4, choices=PaperKind)
    paper_key = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("brand authorisation")
        verbose_name_plural = _("brand authorisations")
        ordering = ["-until", "-id"]
        constraints = [
            *tenant_rules("suppliers_authorisation", "supplier", "brand"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="authorisation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PaperKind.values), name="authorisation_kind_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "supplier", "brand"], name="authorisations_of_supplier"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Paper(TenantModel):
    """The file of an authorisation, sealed, in a table of its own: who reads the list of them does
    not read megabytes."""

    authorisation = TenantForeignKey(
        Authorisation, on_delete=models.PROTECT, related_name="papers", db_index=False
    )
    body = models.BinaryField()

    class Meta:
        constraints = [
            *tenant_rules("suppliers_paper", "authorisation"),
            models.UniqueConstraint(fields=["tenant_id", "authorisation"], name="paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation_id}"
