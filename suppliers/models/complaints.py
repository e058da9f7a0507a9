"""What we complained about to a supplier, and what it says to it."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from suppliers.models.attempts import Attempt
from suppliers.states import COMPLAINT_OPEN, ComplaintState

LOST_AFTER = timedelta(seconds=60)  # longer than the longest call: nobody sends it any more
COMPLAINT_TEXT = Place("suppliers_suppliercomplaint", "text")
COMPLAINT_SAID = Place("suppliers_suppliercomplaint", "said")


class SupplierComplaint(TenantModel):
    """One complaint about what an attempt brought: `text` is ours, `said` theirs. Both are sealed:
    either may hold a code. `key` names the form that it was sent with: one form is one complaint.

    Of one attempt at most one is on its way or with the supplier.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="complaints", db_index=False
    )
    key = models.CharField(max_length=64)
    state = models.CharField(
        _("state"), max_length=10, choices=ComplaintState, default=ComplaintState.SENDING
    )
    text = models.BinaryField()
    said = models.BinaryField(null=True)
    by = models.CharField(_("who"), max_length=80)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("complaint to a supplier")
        verbose_name_plural = _("complaints to suppliers")
        ordering = ["id"]
        constraints = [
            *tenant_rules("suppliers_suppliercomplaint", "attempt"),
            models.UniqueConstraint(fields=["tenant_id", "key"], name="complaint_form_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "attempt"],
                name="complaint_open_once",
                condition=Q(state__in=sorted(COMPLAINT_OPEN)),
            ),
            state_known(ComplaintState, name="complaint_state_known"),
        ]
        indexes = [models.Index(fields=["tenant_id", "attempt"], name="complaints_of_attempt")]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.state}"

    def is_lost(self, now: datetime) -> bool:
        """Its sender did not live to record what came of it: it is not confirmed."""
        return self.state == ComplaintState.SENDING and now - self.at >= LOST_AFTER

    def is_open(self, now: datetime) -> bool:
        return self.state in COMPLAINT_OPEN and not self.is_lost(now)


class SupplierComplaintMove(Move):
    complaint = TenantForeignKey(
        SupplierComplaint, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("suppliers_suppliercomplaintmove", "complaint")
        indexes = [models.Index(fields=["tenant_id", "complaint"], name="complaint_moves")]
