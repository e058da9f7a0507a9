"""Every try to buy, what was said to a supplier and by it, and what was bought."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from suppliers.models.contracts import Offer, Supplier
from suppliers.states import NOTHING_BOUGHT, AttemptState, CallbackOutcome, CallKind

BOUGHT_SECRET = Place("suppliers_bought", "secret")
BOUGHT_CARD_NO = Place("suppliers_bought", "card_no")


class Attempt(TenantModel):
    """One try to buy one thing. `unit_id` is the thing's key on a higher floor.

    `number` is what the supplier knows it by: committed before the call goes out, never used again.
    For one thing there is at most one attempt that may have bought something.
    """

    offer = TenantForeignKey(
        Offer, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    unit_id = models.BigIntegerField()
    number = models.CharField(_("number"), max_length=32)
    state = models.CharField(
        _("state"), max_length=10, choices=AttemptState, default=AttemptState.CREATED
    )
    choice = models.CharField(_("why this one"), max_length=120)
    supplier_ref = models.CharField(_("the supplier's number"), max_length=80, blank=True)
    reason = models.CharField(_("what the supplier says"), max_length=200, blank=True)
    cost_e4 = models.BigIntegerField(_("cost"), null=True)
    absences = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(_("times asked"), default=0)
    made_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(_("ordered at"), null=True)
    next_at = models.DateTimeField(_("asked again at"), null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]
        constraints = [
            *tenant_rules("suppliers_attempt", "offer"),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "unit_id"],
                name="bought_once",
                condition=~Q(state__in=sorted(NOTHING_BOUGHT)),
            ),
            RowRules(
                state_known(AttemptState, name="attempt_state_known"),
                models.CheckConstraint(
                    condition=Q(state=AttemptState.CREATED) | Q(sent_at__isnull=False),
                    name="attempt_was_sent",
                ),
                name="suppliers_attempt_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "unit_id"], name="attempt_of_unit"),
            models.Index(fields=["tenant_id", "offer"], name="attempt_of_offer"),
            models.Index(
                fields=["next_at"], name="attempt_due", condition=Q(next_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"

    @property
    def is_open(self) -> bool:
        """It may have bought the thing."""
        return self.state not in NOTHING_BOUGHT


class AttemptMove(Move):
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("suppliers_attemptmove", "attempt")
        indexes = [
            models.Index(fields=["tenant_id", "attempt"], name="attempt_moves"),
            # Few, and looked for on every page of the office that counts them.
            models.Index(
                fields=["tenant_id", "attempt"],
                name="attempt_said_otherwise",
                condition=Q(old=F("new")),
            ),
        ]


class Call(TenantModel):
    """One exchange with a supplier, as it ended: what its health is reckoned from.

    `is_bad`: it could not be reached, did not confirm, or took long. A plain no is a good answer.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="calls", null=True, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=CallKind)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AttemptState)
    is_bad = models.BooleanField()
    took_ms = models.IntegerField(_("milliseconds"))
    said = models.CharField(_("what the supplier says"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-id"]
        constraints = tenant_rules("suppliers_call", "supplier", "attempt")
        indexes = [
            models.Index(fields=["tenant_id", "supplier", "-at"], name="calls_of_supplier"),
            models.Index(fields=["tenant_id", "attempt"], name="calls_of_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class CallbackHeard(TenantModel):
    """What a supplier told us of itself, each under its own identity; no body is kept, only its
    digest. Nothing moves on its word: the order is asked after."""

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="callbacks", db_index=False
    )
    digest = models.BinaryField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=CallbackOutcome)
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="callbacks", null=True, db_index=False
    )
    number = models.CharField(_("number"), max_length=80, blank=True)
    times = models.IntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first told at"))
    last_at = models.DateTimeField(_("last told at"))

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["-last_at"]
        constraints = [
            *tenant_rules("suppliers_callbackheard", "supplier", "attempt"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "digest"], name="callback_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-last_at"], name="callbacks_newest"),
            models.Index(fields=["tenant_id", "attempt"], name="callbacks_of_attempt"),
        ]

    def __str__(self) -> str:
        return self.number or self.outcome


class Bought(TenantModel):
    """A code that an attempt brought, sealed. Who gets it is decided above: what comes after
    the money went back is kept here, and delivered to nobody."""

    uid = models.UUIDField(default=uuid4, editable=False)
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="bought", db_index=False
    )
    position = models.SmallIntegerField()
    secret = models.BinaryField()
    card_no = models.BinaryField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            *tenant_rules("suppliers_bought", "attempt"),
            models.UniqueConstraint(
                fields=["tenant_id", "attempt", "position"], name="bought_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"
