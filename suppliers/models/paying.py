"""Money that the merchant has sent to a supplier, as a person noted it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from suppliers.models.contracts import Supplier
from suppliers.states import PaidBy

PROOF_BODY = Place("suppliers_paymentproof", "body")


class SupplierPayment(TenantModel):
    """Never deleted, and what it says never changes: a mistake is undone, by a counter entry in the
    ledger, and may be noted anew. `counts_on` is a day of the cycle that it pays; `ref` is what the
    bank calls it.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    amount_e4 = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    paid_on = models.DateField(_("paid on"))
    counts_on = models.DateField(_("pays the cycle of"))
    how = models.CharField(_("how"), max_length=8, choices=PaidBy)
    ref = models.CharField(_("reference"), max_length=80)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.CharField(_("who"), max_length=80)
    made_at = models.DateTimeField(_("noted at"))
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.CharField(_("undone by"), max_length=80, blank=True)
    undone_why = models.CharField(_("undone because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("payment to a supplier")
        verbose_name_plural = _("payments to suppliers")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("suppliers_supplierpayment", "supplier"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "ref"],
                name="supplier_payment_once",
                condition=Q(undone_at__isnull=True),
            ),
            RowRules(
                models.CheckConstraint(
                    condition=Q(amount_e4__gt=0), name="supplier_payment_is_positive"
                ),
                models.CheckConstraint(
                    condition=Q(how__in=PaidBy.values), name="supplier_payment_way_known"
                ),
                models.CheckConstraint(
                    condition=Q(undone_at__isnull=True) | ~Q(undone_why=""),
                    name="supplier_payment_undone_says_why",
                ),
                name="suppliers_supplierpayment_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "supplier", "counts_on"], name="payments_of_supplier")
        ]

    def __str__(self) -> str:
        return self.ref


class PaymentProof(TenantModel):
    """The bank's slip, sealed: `body` is its bytes as base64."""

    payment = TenantForeignKey(
        SupplierPayment, on_delete=models.PROTECT, related_name="proofs", db_index=False
    )
    uid = models.UUIDField(default=uuid4, editable=False)
    title = models.CharField(_("file"), max_length=120)
    kind = models.CharField(max_length=40)
    body = models.BinaryField()

    class Meta:
        constraints = [
            *tenant_rules("suppliers_paymentproof", "payment"),
            models.UniqueConstraint(fields=["tenant_id", "payment"], name="payment_has_one_proof"),
        ]

    def __str__(self) -> str:
        return self.title
