"""Money that staff puts on a partner's balance or takes off it: it takes two people."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from channels.models.partners import Partner
from channels.states import ClaimKind, ClaimState
from core.constraints import tenant_rules
from core.crypto import Place
from core.money import MOST_E4
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known

CLAIM_PROOF = Place("channels_claimproof", "body")


class BalanceClaim(TenantModel):
    """Somebody says that a transfer came in, or that a balance is wrong; another one confirms it.

    A transfer is FILED until it is found at the bank; a correction begins MATCHED. `amount_e4` is
    below zero for what a correction takes off. What is claimed never changes; `why` is said when it
    is refused. A reference of the bank stands in one claim that was not refused.
    """

    ref = models.CharField(_("claim number"), max_length=12)
    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ClaimKind)
    state = models.CharField(_("state"), max_length=10, choices=ClaimState)
    amount_e4 = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    paid_on = models.DateField(_("paid on"), null=True)
    bank_ref = models.CharField(_("the bank's reference"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    filed_by = models.CharField(_("filed by"), max_length=80)
    filed_user = models.BigIntegerField()
    filed_at = models.DateTimeField(_("filed at"))
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_user = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    why = models.CharField(_("refused because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("channels_balanceclaim", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="claim_ref_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "bank_ref"],
                name="claim_bank_ref_once",
                condition=~Q(bank_ref="") & ~Q(state=ClaimState.REFUSED),
            ),
            state_known(ClaimState, name="claim_state_known"),
            models.CheckConstraint(
                condition=Q(
                    Q(kind=ClaimKind.TRANSFER, amount_e4__gt=0, paid_on__isnull=False)
                    & ~Q(bank_ref="")
                )
                | Q(Q(kind=ClaimKind.CORRECTION, bank_ref="") & ~Q(amount_e4=0) & ~Q(note="")),
                name="claim_says_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(amount_e4__gte=-MOST_E4, amount_e4__lte=MOST_E4),
                name="claim_amount_in_reach",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClaimState.CONFIRMED)
                | Q(Q(decided_user__isnull=False) & ~Q(decided_user=F("filed_user"))),
                name="claim_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClaimState.REFUSED) | ~Q(why=""), name="claim_refused_says_why"
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "partner", "-id"], name="claims_of_partner")]

    def __str__(self) -> str:
        return self.ref


class BalanceClaimMove(Move):
    claim = TenantForeignKey(
        BalanceClaim, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("channels_balanceclaimmove", "claim")
        indexes = [models.Index(fields=["tenant_id", "claim"], name="claim_moves")]


class ClaimProof(TenantModel):
    """The bank's slip of a transfer, sealed: `body` is its bytes as base64."""

    claim = TenantForeignKey(
        BalanceClaim, on_delete=models.PROTECT, related_name="proofs", db_index=False
    )
    uid = models.UUIDField(default=uuid4, editable=False)
    title = models.CharField(_("file"), max_length=120)
    kind = models.CharField(max_length=40)
    body = models.BinaryField()

    class Meta:
        constraints = [
            *tenant_rules("channels_claimproof", "claim"),
            models.UniqueConstraint(fields=["tenant_id", "claim"], name="claim_has_one_proof"),
        ]

    def __str__(self) -> str:
        return self.title
