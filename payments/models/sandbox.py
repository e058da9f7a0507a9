"""The sandbox's own books: it plays an outside party, so it has no state machine of ours.

It is told what we are told by a real provider and forgets nothing: that makes it a judge.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel


class SandboxBank(TenantModel):
    """The merchant's account at the sandbox."""

    is_out_of_funds = models.BooleanField(_("out of funds"), default=False)

    class Meta:
        constraints = [
            *tenant_rules("payments_sandboxbank"),
            models.UniqueConstraint(fields=["tenant_id"], name="sandbox_bank_once"),
        ]

    def __str__(self) -> str:
        return "out of funds" if self.is_out_of_funds else "in funds"


class SandboxTrade(TenantModel):
    """A payment as the sandbox sees it; `token` opens its page, `ref` is the sandbox's number."""

    token = models.CharField(max_length=32)
    ref = models.CharField(max_length=32)
    payment_number = models.CharField(max_length=32)
    payable_ref = models.CharField(max_length=40)
    payable_id = models.BigIntegerField()
    title = models.CharField(max_length=120, blank=True)
    amount_e4 = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_e4 = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    payer = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            *tenant_rules("payments_sandboxtrade"),
            models.UniqueConstraint(fields=["tenant_id", "token"], name="sandbox_token_once"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="sandbox_ref_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "payment_number"], name="sandbox_payment_once"
            ),
            models.CheckConstraint(
                condition=Q(refunded_e4__gte=0, refunded_e4__lte=F("amount_e4")),
                name="sandbox_refunded_at_most_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class SandboxRefund(TenantModel):
    """A refund that the sandbox paid out, under our number: the same number pays once."""

    number = models.CharField(max_length=64)
    trade = TenantForeignKey(SandboxTrade, on_delete=models.PROTECT, related_name="+")
    amount_e4 = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *tenant_rules("payments_sandboxrefund", "trade"),
            models.UniqueConstraint(
                fields=["tenant_id", "number"], name="sandbox_refund_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SandboxNotice(TenantModel):
    """One posting of one event, tried until we answer success or it gives up.

    A repeated event is several rows with the same `event_ref`.
    """

    trade = TenantForeignKey(SandboxTrade, on_delete=models.PROTECT, related_name="+")
    event_ref = models.CharField(max_length=40)
    misbehaviour = models.CharField(max_length=16)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    last_answer = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = tenant_rules("payments_sandboxnotice", "trade")
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(answered_at=None, given_up_at=None),
                name="sandbox_notice_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_ref} {self.misbehaviour}"
